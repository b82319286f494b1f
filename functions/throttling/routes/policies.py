"""Throttling policies of four kinds, each with the same five operations, and the search over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.throttling import wire
from gatehouse.domain.errors import Invalid
from gatehouse.domain.throttling.policy import PolicyKind
from gatehouse.edge.effect import HEADERS
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.throttling.policies import Throttling
    from gatehouse.domain.throttling.policy import Policy
    from gatehouse.edge.effect import Effect
    from gatehouse.edge.http import Request

ROOT = "/api/am/admin/v4"
"""Where the interface stands."""

VIEW = ("apim:admin", "apim:admin_tier_view", "apim:tier_view")
MANAGE = ("apim:admin", "apim:admin_tier_manage", "apim:tier_manage")
IMPORT_EXPORT = ("apim:policies_import_export",)
BODIES: dict[PolicyKind, type[wire.NamedBody]] = {
    PolicyKind.APPLICATION: wire.ApplicationPolicyBody,
    PolicyKind.SUBSCRIPTION: wire.SubscriptionPolicyBody,
    PolicyKind.ADVANCED: wire.AdvancedPolicyBody,
    PolicyKind.CUSTOM: wire.CustomRuleBody,
}
SHORT_NAMES = {
    "sub": PolicyKind.SUBSCRIPTION,
    "app": PolicyKind.APPLICATION,
    "api": PolicyKind.ADVANCED,
    "global": PolicyKind.CUSTOM,
}
"""What searches and exports call the kinds."""

_SEARCHABLE = (*SHORT_NAMES, "all")
_PART = "part of the name"


def policy_routes(throttling: Throttling, effect: Effect) -> tuple[Operation, ...]:
    """The operations on policies of every kind, and the search over all of them."""
    policies = tuple(operation for kind in BODIES for operation in _PoliciesOf(kind, throttling, effect).operations())
    return (*policies, _Search(throttling).operation())


class _PoliciesOf:
    """The operations on policies of one kind."""

    def __init__(self, kind: PolicyKind, throttling: Throttling, effect: Effect) -> None:
        self._kind = kind
        self._throttling = throttling
        self._effect = effect
        self._path = f"/throttling/policies/{kind}"

    def operations(self) -> tuple[Operation, ...]:
        """List, create, get, update, delete."""
        is_rule = self._kind is PolicyKind.CUSTOM
        noun, one = self._kind.capitalize(), f"{self._path}/{{{'ruleId' if is_rule else 'policyId'}}}"
        tag = "Custom Rules" if is_rule else f"{noun} Policy"
        collection, individual = f"{tag} (Collection)", f"{tag} (Individual)"
        body = BODIES[self._kind]
        return (
            Operation(
                method="GET",
                path=self._path,
                id=f"list{noun}Policies",
                route=self.list,
                summary=f"Every {self._kind} policy of the tenant",
                tag=collection,
                scopes=VIEW,
            ),
            Operation(
                method="POST",
                path=self._path,
                id=f"create{noun}Policy",
                route=self.create,
                summary=f"Add {self._kind} policy",
                tag=collection,
                scopes=MANAGE,
                body=body,
                answers=(201,),
                headers=HEADERS,
            ),
            Operation(
                method="GET",
                path=one,
                id=f"get{noun}Policy",
                route=self.get,
                summary=f"One {self._kind} policy",
                tag=individual,
                scopes=VIEW,
            ),
            Operation(
                method="PUT",
                path=one,
                id=f"update{noun}Policy",
                route=self.update,
                summary=f"Replace an {self._kind} policy, save its name",
                tag=individual,
                scopes=MANAGE,
                body=body,
                headers=HEADERS,
            ),
            Operation(
                method="DELETE",
                path=one,
                id=f"delete{noun}Policy",
                route=self.delete,
                summary=f"Delete {self._kind} policy that nothing refers to",
                tag=individual,
                scopes=(*MANAGE, *IMPORT_EXPORT),
                headers=HEADERS,
            ),
        )

    def list(self, request: Request) -> Answer:
        """`{count, list}`; policies are not paged."""
        found = self._throttling.all(request.principal.tenant, self._kind)
        return Answer(body={"count": len(found), "list": [wire.policy(policy) for policy in found]})

    def create(self, request: Request, body: wire.NamedBody) -> Answer:
        """201 with its address."""
        policy = self._throttling.create(request.principal.tenant, self._kind, wire.document_of(body))
        return self._effect.of(created(f"{ROOT}{self._path}/{policy.id}", wire.policy(policy)))

    def get(self, request: Request) -> Answer:
        """The whole document."""
        found = self._throttling.get(request.principal.tenant, self._kind, self._id(request))
        return Answer(body=wire.policy(found))

    def update(self, request: Request, body: wire.NamedBody) -> Answer:
        """The document as it is now."""
        tenant = request.principal.tenant
        changed = self._throttling.update(tenant, self._kind, self._id(request), wire.document_of(body))
        return self._effect.of(Answer(body=wire.policy(changed)))

    def delete(self, request: Request) -> Answer:
        """An empty 200."""
        self._throttling.delete(request.principal.tenant, self._kind, self._id(request))
        return self._effect.of(Answer())

    def _id(self, request: Request) -> str:
        return request.path["ruleId" if self._kind is PolicyKind.CUSTOM else "policyId"]


class _Search:
    """Search over all kinds: `type:sub name:Gold`."""

    def __init__(self, throttling: Throttling) -> None:
        self._throttling = throttling

    def operation(self) -> Operation:
        """The one operation."""
        return Operation(
            method="GET",
            path="/throttling/policies/search",
            id="throttlingPolicySearch",
            route=self.search,
            summary="Policies of all kinds, by kind and name",
            tag="Unified Search",
            scopes=(*VIEW, *IMPORT_EXPORT),
            query=("query",),
        )

    def search(self, request: Request) -> Answer:
        """`{count, list}` of what `query` asks for, everything without it."""
        wanted = _query(request.query.get("query", ""))
        tenant = request.principal.tenant
        kinds = self._throttling.kinds(tenant)
        found = [
            wire.search_result(policy, short)
            for short, kind in SHORT_NAMES.items()
            if kind in kinds and wanted.get("type", "all") in {"all", short}
            for policy in self._throttling.all(tenant, kind)
            if _matches(policy, wanted)
        ]
        return Answer(body={"count": len(found), "list": found})


def _query(text: str) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for word in text.split():
        attribute, colon, value = word.partition(":")
        if colon and attribute not in {"type", "name"}:
            raise Invalid.field("query", f"policies are found by type and name, not by '{attribute}'")
        if not colon:
            attribute, value = "name" if _quoted(word) else _PART, word
        wanted[attribute] = value[1:-1] if _quoted(value) else value
    if wanted.get("type", "all") not in _SEARCHABLE:
        raise Invalid.field("query", f"type must be one of {', '.join(_SEARCHABLE)}")
    return wanted


def _quoted(word: str) -> bool:
    return len(word) > 1 and word[0] == word[-1] == '"'


def _matches(policy: Policy, wanted: dict[str, str]) -> bool:
    """`name:` is the whole name, as in WSO2: `apictl` deletes what is found first. A word alone is a part, in any case."""
    return wanted.get("name", policy.name) == policy.name and wanted.get(_PART, "").lower() in policy.name.lower()
