"""Routes of system scopes: which roles may do what on the management interfaces."""

from __future__ import annotations

import base64
import binascii
from functools import partial
from typing import TYPE_CHECKING

from functions.admin.wire.system_scopes import AliasListBody, ScopeListBody, aliases_shown, scopes_shown
from gatehouse.controlplane.system_scopes import ScopeNotGranted
from gatehouse.domain.people.identity import name_within
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.system_scopes import SystemScopes
    from gatehouse.edge.http import Request

ALL = "/system-scopes"
ALIASES = f"{ALL}/role-aliases"
_SCOPES = ("apim:admin", "apim:scope_manage")


def system_scope_routes(scopes: SystemScopes) -> tuple[Operation, ...]:
    """Get and bind scopes, get and set aliases, and ask whether a user has a scope."""
    routes = _SystemScopes(scopes)
    operation = partial(Operation, tag="System Scopes", scopes=_SCOPES)
    return (
        operation(
            method="GET", path=ALL, id="systemScopesGet", route=routes.list, summary="Every scope with its roles"
        ),
        operation(
            method="PUT",
            path=ALL,
            id="updateRolesForScope",
            route=routes.bind,
            summary="Bind scopes to other roles",
            body=ScopeListBody,
        ),
        operation(
            method="GET", path=ALIASES, id="getRoleAliases", route=routes.aliases, summary="What roles are called too"
        ),
        operation(
            method="PUT",
            path=ALIASES,
            id="updateRoleAliases",
            route=routes.alias,
            summary="Call roles otherwise too",
            body=AliasListBody,
        ),
        operation(
            method="GET",
            path=f"{ALL}/{{scopeName}}",
            id="systemScopesScopeNameGet",
            route=routes.granted,
            summary="Whether a user has a scope; its name is base64-encoded",
            query=("username",),
        ),
    )


class _SystemScopes:
    def __init__(self, scopes: SystemScopes) -> None:
        self._scopes = scopes

    def list(self, request: Request) -> Answer:
        return Answer(body=scopes_shown(self._scopes.of(request.principal.tenant)))

    def bind(self, request: Request, body: ScopeListBody) -> Answer:
        return Answer(
            body=scopes_shown(self._scopes.bind(request.principal, {one.name: one.roles for one in body.list}))
        )

    def aliases(self, request: Request) -> Answer:
        return Answer(body=aliases_shown(self._scopes.of(request.principal.tenant)))

    def alias(self, request: Request, body: AliasListBody) -> Answer:
        aliases = {one.role: one.aliases for one in body.list}
        return Answer(body=aliases_shown(self._scopes.alias(request.principal, aliases)))

    def granted(self, request: Request) -> Answer:
        tenant = request.principal.tenant
        name = name_within(tenant, request.required("username"))
        if name is None:
            raise ScopeNotGranted
        return Answer(body={"name": self._scopes.granted(tenant, name, _decoded(request.path["scopeName"]))})


def _decoded(name: str) -> str:
    try:
        return base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise ScopeNotGranted from error
