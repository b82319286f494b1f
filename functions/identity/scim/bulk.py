"""Bulk (RFC 7644 §3.7): many operations in one request, each of which succeeds or fails by itself.

They run in the order given; an operation may name what one before it has created as `bulkId:…`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from functions.identity.scim.discovery import PAYLOAD_BYTES_MAX
from functions.identity.scim.models import GROUPS, USERS
from functions.identity.scim.users import ACCEPTED, SCOPES
from functions.identity.scim.wire_bulk import BulkOperation, BulkRequest
from gatehouse.domain.errors import GatehouseError, Invalid, NotFound
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.scim import SCIM_MEDIA_TYPE, scim_error
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.identity.scim.groups import Groups
    from functions.identity.scim.users import Users
    from gatehouse.edge.http import Request

BULK = "/Bulk"
_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
_PATH = re.compile(r"/?(Users|Groups)(?:/([^/?]+))?")
_REFERENCE = re.compile(r"bulkId:(.+)")
_FAILURES_FROM = 400


@dataclass(frozen=True, slots=True)
class _Run:
    """What has been created so far, by bulk id: the resource's id."""

    request: Request
    created: dict[str, str] = field(default_factory=dict)


class Bulk:
    """The route of bulk requests."""

    def __init__(self, users: Users, groups: Groups) -> None:
        self._routes: Mapping[tuple[str, str], Callable[[Request], Answer]] = {
            (method, place): getattr(routes, name)
            for place, routes in ((USERS, users), (GROUPS, groups))
            for method, name in (("POST", "create"), ("PUT", "replace"), ("PATCH", "patch"), ("DELETE", "delete"))
        }

    def run(self, request: Request) -> Answer:
        """200 with the outcome of each operation that was tried."""
        if len(request.body) > PAYLOAD_BYTES_MAX:
            raise Invalid.field("", f"a bulk request may be at most {PAYLOAD_BYTES_MAX} bytes long")
        wanted = parse(BulkRequest, request.json())
        run, outcomes, failures = _Run(request), [], 0
        for operation in wanted.Operations:
            outcome = self._tried(run, operation)
            outcomes.append(outcome)
            failures += int(outcome["status"]) >= _FAILURES_FROM
            if wanted.failOnErrors is not None and failures >= wanted.failOnErrors:
                break
        return Answer(body={"schemas": [_RESPONSE], "Operations": outcomes}, media_type=SCIM_MEDIA_TYPE)

    def _tried(self, run: _Run, operation: BulkOperation) -> dict[str, Any]:
        outcome: dict[str, Any] = {"method": operation.method}
        if operation.bulkId is not None:
            outcome["bulkId"] = operation.bulkId
        # One that fails is an answer among others here, and must not end the request.
        try:
            answer = self._done(run, operation)
        except GatehouseError as error:
            answer = scim_error(error)
            outcome["response"] = answer.body
        else:
            if operation.bulkId is not None and isinstance(answer.body, dict):
                run.created[operation.bulkId] = str(answer.body["id"])
        if location := answer.headers.get("Location"):
            outcome |= {"location": location, "version": answer.headers.get("ETag", "")}
        return {**outcome, "status": str(answer.status)}

    def _done(self, run: _Run, operation: BulkOperation) -> Answer:
        path = _PATH.fullmatch(operation.path)
        if path is None or (path[2] is None) != (operation.method == "POST"):
            raise NotFound(f"There is nothing to {operation.method} at this path: {operation.path[:200]}")
        if operation.method == "POST" and not operation.bulkId:
            raise Invalid.field("bulkId", "is required of an operation that creates something")
        if operation.data is None and operation.method != "DELETE":
            raise Invalid.field("data", "is required")
        data = _resolved(operation.data, run.created)
        headers = {"if-match": operation.version} if operation.version else {}
        inner = replace(
            run.request,
            method=operation.method,
            path={"id": _resolved(path[2] or "", run.created)},
            query={},
            headers=headers,
            body=json.dumps(data).encode(),
        )
        return self._routes[operation.method, f"/{path[1]}"](inner)

    def operations(self) -> tuple[Operation, ...]:
        """The operation."""
        return (
            Operation(
                method="POST",
                path=BULK,
                id="bulk",
                route=self.run,
                summary="Many operations in one request.",
                tag="Bulk",
                scopes=SCOPES,
                accepts=ACCEPTED,
            ),
        )


def _resolved(value: Any, created: Mapping[str, str]) -> Any:
    """The value, with what operations before have created in place of references to it. Raises Invalid."""
    if isinstance(value, dict):
        return {name: _resolved(one, created) for name, one in value.items()}
    if isinstance(value, list):
        return [_resolved(one, created) for one in value]
    reference = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if reference is None:
        return value
    if reference[1] not in created:
        raise Invalid.field("bulkId", f"no operation before this one has created '{reference[1]}'")
    return created[reference[1]]
