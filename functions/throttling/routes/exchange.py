"""Export and import of policies, in the form that `apictl` keeps them in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from functions.throttling import wire
from functions.throttling.routes.policies import BODIES, IMPORT_EXPORT, MANAGE, SHORT_NAMES
from gatehouse.adapters.definitions.parsing import parsed
from gatehouse.domain.errors import Invalid
from gatehouse.domain.throttling.policy import PolicyExists, PolicyNotFound
from gatehouse.edge.effect import HEADERS
from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.operation import Operation
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.throttling.policies import Throttling
    from gatehouse.domain.throttling.policy import Policy, PolicyKind
    from gatehouse.edge.effect import Effect
    from gatehouse.edge.http import Request

TYPE = "throttling policy"
VERSION = "v4.7.0"
"""Of the format of archives."""

SUBTYPES = {
    "application policy": "app",
    "subscription policy": "sub",
    "advanced policy": "api",
    "custom rule": "global",
}
_TYPES = {TYPE, "rate-limiting policy"}
"""What files are of, by their own word; the second is that of the interface's description."""

_TAG = "Import Export"
_FILE = "file"
_JSON, _YAML = "JSON", "YAML"


def exchange_routes(throttling: Throttling, effect: Effect) -> tuple[Operation, ...]:
    """Export one policy by its name, and import one."""
    routes = _Exchange(throttling, effect)
    return (
        Operation(
            method="GET",
            path="/throttling/policies/export",
            id="exportThrottlingPolicy",
            route=routes.export,
            summary="One policy as a file",
            tag=_TAG,
            scopes=(*MANAGE, *IMPORT_EXPORT),
            query=("policyId", "name", "type", "format"),
        ),
        Operation(
            method="POST",
            path="/throttling/policies/import",
            id="importThrottlingPolicy",
            route=routes.take,
            summary="Add a policy from a file, or replace the one of its name",
            tag=_TAG,
            scopes=(*MANAGE, *IMPORT_EXPORT),
            query=("overwrite",),
            accepts=(MULTIPART,),
            headers=HEADERS,
        ),
    )


class _Exchange:
    def __init__(self, throttling: Throttling, effect: Effect) -> None:
        self._throttling = throttling
        self._effect = effect

    def export(self, request: Request) -> Answer:
        """`{type, subtype, version, data}`; without a type, the first kind that has a policy of this name or id."""
        policy_id = request.query.get("policyId", "")
        name = request.query.get("name", "") if policy_id else request.required("name")
        wanted = request.query.get("type", "")
        if wanted and wanted not in SHORT_NAMES:
            raise Invalid.field("type", f"must be one of {', '.join(SHORT_NAMES)}")
        form = request.query.get("format", _JSON).upper()
        if form not in {_JSON, _YAML}:
            raise Invalid.field("format", f"must be {_JSON} or {_YAML}")
        kinds = [SHORT_NAMES[short] for short in SUBTYPES.values() if wanted in {"", short}]
        found = self._find(request.principal.tenant, kinds, name, policy_id)
        if found is None:
            raise PolicyNotFound(name=name, id=policy_id, kind=wanted)
        subtype = next(subtype for subtype, short in SUBTYPES.items() if SHORT_NAMES[short] is found.kind)
        body = {"type": TYPE, "subtype": subtype, "version": VERSION, "data": wire.policy(found)}
        if form == _YAML:
            return Answer(body=yaml.safe_dump(body, sort_keys=False), media_type="application/yaml")
        return Answer(body=body)

    def _find(self, tenant: str, kinds: list[PolicyKind], name: str, policy_id: str) -> Policy | None:
        if name:
            named = (self._throttling.named(tenant, kind, name) for kind in kinds)
            return next((policy for policy in named if policy is not None), None)
        policy = self._throttling.identified(tenant, policy_id)
        return policy if policy is not None and policy.kind in kinds else None

    def take(self, request: Request) -> Answer:
        """The policy's document. 409 when one of its name is there, unless `overwrite` is true."""
        content = parts(request).get(_FILE)
        if content is None:
            raise Invalid.field(_FILE, "is required: the file with the policy")
        kind, data = _read(parsed(content))
        tenant = request.principal.tenant
        body = parse(BODIES[kind], {name: value for name, value in data.items() if name != "policyId"}, path="data")
        document = wire.document_of(body)
        known = self._throttling.named(tenant, kind, document["policyName"])
        if known is None:
            made = self._throttling.create(tenant, kind, document)
        elif request.query.get("overwrite", "").lower() == "true":
            made = self._throttling.update(tenant, kind, known.id, document)
        else:
            raise PolicyExists(kind=kind, policy=known.name)
        return self._effect.of(Answer(body=wire.policy(made)))


def _read(exported: Mapping[str, Any]) -> tuple[PolicyKind, dict[str, Any]]:
    if exported.get("type") not in _TYPES:
        raise Invalid.field("type", f"must be '{TYPE}'")
    subtype = str(exported.get("subtype"))
    short = next((short for name, short in SUBTYPES.items() if subtype in {name, name.partition(" ")[0]}), None)
    if short is None:
        raise Invalid.field("subtype", f"must be one of {', '.join(SUBTYPES)}")
    data = exported.get("data")
    if not isinstance(data, dict):
        raise Invalid.field("data", "must be the policy's document")
    return SHORT_NAMES[short], data
