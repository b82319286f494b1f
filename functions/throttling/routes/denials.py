"""Deny policies: whom the gateway shuts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.throttling.wire_denials import DenialBody, DenialStatus, asked_for, denial, matches, until_of
from gatehouse.domain.throttling.denial import DenialKind
from gatehouse.edge.effect import HEADERS
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.throttling.denials import DenyPolicies
    from gatehouse.edge.effect import Effect
    from gatehouse.edge.http import Request

ALL = "/throttling/deny-policies"
ONE = "/throttling/deny-policy/{conditionId}"

_VIEW = ("apim:admin", "apim:bl_view")
_MANAGE = ("apim:admin", "apim:bl_manage")
_COLLECTION, _INDIVIDUAL = "Deny Policies (Collection)", "Deny Policy (Individual)"


def denial_routes(denials: DenyPolicies, effect: Effect, root: str) -> tuple[Operation, ...]:
    """List, add, get, turn on or off, delete. `root` is where the interface stands."""
    routes = _Denials(denials, effect, root)
    return (
        Operation(
            method="GET",
            path=ALL,
            id="listDenyPolicies",
            route=routes.list,
            summary="Every deny policy of the tenant, or those that a query asks for",
            tag=_COLLECTION,
            scopes=_VIEW,
            query=("query",),
        ),
        Operation(
            method="POST",
            path=ALL,
            id="addDenyPolicy",
            route=routes.add,
            summary="Shut out an API, application, user, address or subscription",
            tag=_COLLECTION,
            scopes=_MANAGE,
            body=DenialBody,
            answers=(201,),
            headers=HEADERS,
        ),
        Operation(
            method="GET",
            path=ONE,
            id="getDenyPolicy",
            route=routes.get,
            summary="One deny policy",
            tag=_INDIVIDUAL,
            scopes=_VIEW,
        ),
        Operation(
            method="PATCH",
            path=ONE,
            id="turnDenyPolicy",
            route=routes.turn,
            summary="Turn a deny policy on or off",
            tag=_INDIVIDUAL,
            scopes=_MANAGE,
            body=DenialStatus,
            headers=HEADERS,
        ),
        Operation(
            method="DELETE",
            path=ONE,
            id="removeDenyPolicy",
            route=routes.remove,
            summary="Let in again what a deny policy shuts out",
            tag=_INDIVIDUAL,
            scopes=_MANAGE,
            headers=HEADERS,
        ),
    )


class _Denials:
    def __init__(self, denials: DenyPolicies, effect: Effect, root: str) -> None:
        self._denials = denials
        self._effect = effect
        self._root = root

    def list(self, request: Request) -> Answer:
        """`{count, list}`; not paged."""
        wanted = asked_for(request.query.get("query", ""))
        shown = [denial(one) for one in self._denials.all(request.principal.tenant)]
        found = [one for one in shown if matches(one, wanted)]
        return Answer(body={"count": len(found), "list": found})

    def add(self, request: Request, body: DenialBody) -> Answer:
        """201 with its address."""
        made = self._denials.add(
            request.principal.tenant,
            DenialKind(body.conditionType),
            body.conditionValue,
            enabled=body.conditionStatus,
            until=until_of(body),
        )
        return self._effect.of(created(f"{self._root}/throttling/deny-policy/{made.id}", denial(made)))

    def get(self, request: Request) -> Answer:
        """The whole document."""
        return Answer(body=denial(self._denials.get(request.principal.tenant, request.path["conditionId"])))

    def turn(self, request: Request, body: DenialStatus) -> Answer:
        """The document as it is now."""
        tenant, denial_id = request.principal.tenant, request.path["conditionId"]
        return self._effect.of(Answer(body=denial(self._denials.turn(tenant, denial_id, enabled=body.conditionStatus))))

    def remove(self, request: Request) -> Answer:
        """An empty 200."""
        self._denials.remove(request.principal.tenant, request.path["conditionId"])
        return self._effect.of(Answer())
