"""Shared scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from functions.publisher.wire import Scope
from gatehouse.controlplane.publishing.particulars.shared_scopes import BINDINGS
from gatehouse.domain.page import page_of
from gatehouse.edge.encoded import decoded
from gatehouse.edge.http import Answer, created
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.particulars.shared_scopes import SharedScopes
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

ALL = "/scopes"
ONE = f"{ALL}/{{scopeId}}"
_READ = (s.VIEW, s.MCP_VIEW, s.SHARED_SCOPES)
_WRITE = (s.SHARED_SCOPES,)
_ASK = (s.CREATE, s.MANAGE, s.PUBLISH, s.MCP_CREATE, s.MCP_MANAGE, s.MCP_PUBLISH, s.SHARED_SCOPES)


def routes(scopes: SharedScopes) -> tuple[Operation, ...]:
    """List, add, read, change, delete; ask for a name; see who uses one."""
    routed, line = _Scopes(scopes), Lines("Scopes")
    return (
        line(
            "GET", ALL, "getSharedScopes", "The tenant's shared scopes", routed.list, _READ, query=("limit", "offset")
        ),
        line("POST", ALL, "addSharedScope", "Add a shared scope", routed.add, _WRITE, body=Scope, answers=(201,)),
        line("GET", ONE, "getSharedScope", "A shared scope", routed.get, _READ),
        line("PUT", ONE, "updateSharedScope", "Change a shared scope", routed.update, _WRITE, body=Scope),
        line("DELETE", ONE, "deleteSharedScope", "Delete a shared scope that no API uses", routed.delete, _WRITE),
        line(
            "HEAD", ONE, "validateScope", "Whether a scope has this name, which is sent in base64url", routed.ask, _ASK
        ),
        line(
            "GET",
            f"{ONE}/usage",
            "getSharedScopeUsages",
            "The APIs and operations that ask for a shared scope",
            routed.usage,
            (s.MANAGE, s.VIEW, s.SHARED_SCOPES),
        ),
    )


class _Scopes:
    def __init__(self, scopes: SharedScopes) -> None:
        self._scopes = scopes

    def list(self, request: Request) -> Answer:
        page = page_of(self._scopes.all(request.principal), request.slice())
        counts = self._scopes.counts(request.principal)
        return Answer(body=envelope(page, lambda one: view(one, counts.get(one.name, 0)), resource=ALL))

    def add(self, request: Request, body: Scope) -> Answer:
        made = self._scopes.add(request.principal, body.name, _body(body))
        return created(f"{ROOT}{ALL}/{made.id}", view(made, 0))

    def get(self, request: Request) -> Answer:
        scope = self._scopes.get(request.principal, request.path["scopeId"])
        return Answer(body=view(scope, self._scopes.count(scope)))

    def update(self, request: Request, body: Scope) -> Answer:
        scope = self._scopes.update(request.principal, request.path["scopeId"], body.name, _body(body))
        return Answer(body=view(scope, self._scopes.count(scope)))

    def delete(self, request: Request) -> Answer:
        self._scopes.remove(request.principal, request.path["scopeId"])
        return Answer()

    def ask(self, request: Request) -> Answer:
        self._scopes.require_known(request.principal, decoded(request.path["scopeId"], "scopeId"))
        return Answer()

    def usage(self, request: Request) -> Answer:
        scope = self._scopes.get(request.principal, request.path["scopeId"])
        used = [_use(api, scope.name) for api in self._scopes.users(request.principal, scope)]
        apis = [{name: value for name, value in one.items() if name not in {"revisionId", "type"}} for one in used]
        return Answer(body={"id": scope.id, "name": scope.name, "usedApiList": apis, "usages": used})


def view(scope: Record, count: int) -> dict[str, Any]:
    """A shared scope; `count` is of the APIs that use it."""
    return {
        "id": scope.id,
        "name": scope.name,
        "displayName": scope.body.get("displayName") or scope.name,
        "description": scope.body.get("description") or "",
        "bindings": list(scope.body.get(BINDINGS) or ()),
        "usageCount": count,
    }


def _body(scope: Scope) -> dict[str, Any]:
    return {"displayName": scope.displayName, "description": scope.description, BINDINGS: scope.bindings or []}


def _use(api: Api, scope: str) -> dict[str, Any]:
    operations = [one for one in api.document["operations"] if scope in (one.get("scopes") or ())]
    return {
        "name": api.name,
        "context": api.context,
        "version": api.version,
        "provider": api.provider,
        "revisionId": None,
        "type": "API",
        "usedResourceList": [{"target": one["target"], "verb": one["verb"]} for one in operations],
    }
