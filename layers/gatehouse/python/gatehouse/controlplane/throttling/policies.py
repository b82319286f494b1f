"""Throttling policies, as an admin keeps them: the interface's document in, the terms that the gateway enforces out.

A document may ask only for what is enforced, and what is not is refused by name: a limit that is accepted and ignored is
worse than none.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.throttling.conditions import canonical_groups, group_of
from gatehouse.controlplane.throttling.custom_rules import canonical_rule, check_tenant, rule_of
from gatehouse.controlplane.throttling.limits import canonical_limit, rates_of
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.limit import Rate, window_seconds
from gatehouse.domain.throttling.policy import (
    DEFAULT_TIERS,
    UNAUTHENTICATED,
    UNLIMITED,
    AdvancedPolicyInUse,
    BuiltInPolicy,
    Policy,
    PolicyExists,
    PolicyInUse,
    PolicyKind,
    PolicyNotFound,
    Terms,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatehouse.controlplane.throttling.switches import Switches
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.throttling.condition import ConditionKind
    from gatehouse.domain.throttling.custom_rule import CustomRule
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.throttling.expressions import Expressions
    from gatehouse.ports.throttling.policies import Attachments, Policies

Document = dict[str, Any]

USER_LEVEL = "userLevel"
"""A property of advanced policies that is our own: the limit is for each user, not for all together."""

WEIGHT_MAX = 100_000_000


@dataclass(frozen=True, slots=True)
class Throttling:
    """The throttling policies of tenants. `attachments` are asked before one is deleted.

    `switches` say which kinds of conditions a tenant may use. Custom rules are policies too, of the super tenant only.
    """

    policies: Policies
    attachments: Sequence[Attachments]
    switches: Switches
    expressions: Expressions

    def all(self, tenant: str, kind: PolicyKind) -> list[Policy]:
        """Every policy of this kind, by name. Raises OnlyTheSuperTenant."""
        if kind is PolicyKind.CUSTOM:
            check_tenant(tenant)
        return self.policies.all(tenant, kind)

    def get(self, tenant: str, kind: PolicyKind, policy_id: str) -> Policy:
        """Raises PolicyNotFound, also when the id is a policy's of another kind; OnlyTheSuperTenant."""
        if kind is PolicyKind.CUSTOM:
            check_tenant(tenant)
        policy = self.policies.get(tenant, policy_id)
        if policy is None or policy.kind is not kind:
            raise PolicyNotFound(kind=kind, id=policy_id)
        return policy

    def identified(self, tenant: str, policy_id: str) -> Policy | None:
        """The policy with this id, of whatever kind, or None."""
        return self.policies.get(tenant, policy_id)

    def kinds(self, tenant: str) -> list[PolicyKind]:
        """The kinds of policies that the tenant may have."""
        return [kind for kind in PolicyKind if kind is not PolicyKind.CUSTOM or tenant == SUPER_TENANT]

    def named(self, tenant: str, kind: PolicyKind, name: str) -> Policy | None:
        """The policy of this kind and exactly this name, or None."""
        return self.policies.named(tenant, kind, name)

    def create(self, tenant: str, kind: PolicyKind, document: Document) -> Policy:
        """Raises Invalid, PolicyExists, OnlyTheSuperTenant."""
        policy = _new(tenant, kind, self._canonical(tenant, kind, document))
        if kind is not PolicyKind.CUSTOM and policy.name == UNLIMITED:
            raise PolicyExists(kind=kind, policy=UNLIMITED)
        return self.policies.add(policy, self._enforced(policy))

    def update(self, tenant: str, kind: PolicyKind, policy_id: str, document: Document) -> Policy:
        """Replace the document. Raises PolicyNotFound, Invalid, BuiltInPolicy, Changed, OnlyTheSuperTenant."""
        policy = self.get(tenant, kind, policy_id)
        if document["policyName"] != policy.name:
            raise Invalid.field("policyName", f"is '{policy.name}' and cannot be changed: others refer to it by name")
        if policy.name == UNLIMITED:
            raise BuiltInPolicy(f"'{UNLIMITED}' means that there is no limit, and cannot be changed.")
        renewed = replace(policy, document=self._canonical(tenant, kind, document))
        return self.policies.save(renewed, self._enforced(renewed))

    def _canonical(self, tenant: str, kind: PolicyKind, document: Document) -> Document:
        if kind is PolicyKind.CUSTOM:
            check_tenant(tenant)
            return canonical_rule(document)
        return _canonical(kind, document, partial(self.switches.refusal, tenant))

    def _enforced(self, policy: Policy) -> Terms | CustomRule:
        if policy.kind is PolicyKind.CUSTOM:
            return rule_of(policy.id, policy.document, self.expressions)
        return terms_of(policy.kind, policy.document)

    def delete(self, tenant: str, kind: PolicyKind, policy_id: str) -> None:
        """Raises PolicyNotFound, BuiltInPolicy, PolicyInUse, AdvancedPolicyInUse, Changed.

        Something may be attached between the question and the deletion; its calls are then refused, not unlimited.
        """
        policy = self.get(tenant, kind, policy_id)
        if policy.name == UNLIMITED or (kind, policy.name) == (PolicyKind.SUBSCRIPTION, UNAUTHENTICATED):
            raise BuiltInPolicy(f"'{policy.name}' is built in and cannot be deleted.")
        if any(attached.refers_to(tenant, kind, policy.name) for attached in self.attachments):
            raise AdvancedPolicyInUse if kind is PolicyKind.ADVANCED else PolicyInUse
        self.policies.remove(policy)


@dataclass(frozen=True, slots=True)
class ApiAttachments:
    """The policies that APIs refer to: plans, offered or given to client certificates, and caps of the whole or one operation.

    It looks at the tenant's list, which is acceptable because only the deletion of a policy asks.
    """

    apis: ApiLookup

    def refers_to(self, tenant: str, kind: PolicyKind, name: str) -> bool:
        """Implements `ports.throttling.policies.Attachments`."""
        return any(name in _policies_of(summary, kind) for summary in self.apis.summaries(tenant))


def _policies_of(summary: ApiSummary, kind: PolicyKind) -> set[str]:
    info = summary.info
    match kind:
        case PolicyKind.SUBSCRIPTION:
            return {*info.get("policies", ()), *info.get("certificateTiers", ())}
        case PolicyKind.ADVANCED:
            return {str(info.get("apiThrottlingPolicy", "")), *info.get("operationPolicies", ())}
        case PolicyKind.APPLICATION | PolicyKind.CUSTOM:
            return set()


def seed(policies: Policies, tenant: str) -> None:
    """Give the tenant the default tiers that it lacks. Repeating it changes nothing."""
    for kind, tiers in DEFAULT_TIERS.items():
        known = {policy.name for policy in policies.all(tenant, kind)}
        for tier in tiers:
            if tier.name not in known:
                document = _kept(kind, {"policyName": tier.name, "description": tier.description}, tier.limit())
                if kind is PolicyKind.SUBSCRIPTION:
                    document["stopOnQuotaReach"] = True
                with suppress(PolicyExists):  # somebody else is seeding it at the same time
                    policies.add(_new(tenant, kind, document), terms_of(kind, document))


def _new(tenant: str, kind: PolicyKind, document: Document) -> Policy:
    return Policy(tenant=tenant, kind=kind, id=str(uuid.uuid4()), name=document["policyName"], document=document)


def terms_of(kind: PolicyKind, document: Mapping[str, Any]) -> Terms:
    """What the gateway enforces of a canonical document.

    A call is one request, and one event: on a plan that counts events, an HTTP API's calls are not free.
    """
    name = document["policyName"]
    if name == UNLIMITED:
        return Terms(name=name)
    return Terms(
        name=name,
        limits=tuple(rates_of(document["defaultLimit"], "defaultLimit")),
        burst=_burst(kind, document),
        stop=document.get("stopOnQuotaReach", True),
        per_user=document.get(USER_LEVEL, False),
        groups=tuple(map(group_of, document.get("conditionalGroups", ()))),
        max_depth=document.get("graphQLMaxDepth", 0),
        max_complexity=document.get("graphQLMaxComplexity", 0),
        webhooks=document.get("subscriberCount") or 0,
    )


def _burst(kind: PolicyKind, document: Mapping[str, Any]) -> Rate | None:
    """Subscription policies carry it at the top, application policies in `burstLimit`; advanced ones have none."""
    prefix = "burstLimit." if kind is PolicyKind.APPLICATION else ""
    fields = document.get("burstLimit") or {} if prefix else document
    count, unit = fields.get("rateLimitCount"), fields.get("rateLimitTimeUnit")
    if not count:
        return None
    if not unit:
        raise Invalid.field(f"{prefix}rateLimitTimeUnit", "is required when there is a rateLimitCount")
    return Rate(count=count, seconds=window_seconds(unit, 1, path=f"{prefix}rateLimitTimeUnit"))


def _canonical(kind: PolicyKind, document: Document, allowed: Callable[[ConditionKind], str]) -> Document:
    """The document as it is kept. Raises Invalid for what the gateway would not hold to."""
    expected = _type(kind)
    if document.get("type", expected) not in {expected, f"{expected}Info"}:
        raise Invalid.field("type", f"must be '{expected}'")
    limit = canonical_limit(kind, document["defaultLimit"], "defaultLimit")
    groups = canonical_groups(document.get("conditionalGroups") or [], allowed)
    return _kept(kind, {**document, "conditionalGroups": groups}, limit)


def _kept(kind: PolicyKind, document: Document, limit: Document) -> Document:
    name = document["policyName"]
    kept: Document = {
        "policyName": name,
        "displayName": document.get("displayName") or name,
        "description": document.get("description", ""),
        "isDeployed": True,
        "type": _type(kind),
        "defaultLimit": limit,
    }
    match kind:
        case PolicyKind.ADVANCED:
            groups = document.get("conditionalGroups", [])
            return kept | {"conditionalGroups": groups, USER_LEVEL: document.get(USER_LEVEL, False)}
        case PolicyKind.APPLICATION:
            return kept | {"burstLimit": _canonical_burst(document.get("burstLimit", {}))}
        case PolicyKind.SUBSCRIPTION:
            return kept | _canonical_plan(document)
    message = f"{kind} policies have no default limit"
    raise ValueError(message)


def _canonical_plan(document: Mapping[str, Any]) -> Document:
    """What only subscription policies have."""
    billing = document.get("billingPlan", "FREE")
    monetization = document.get("monetization")
    if billing != "FREE" and not monetization:
        raise Invalid.field("monetization", "a commercial plan says how it is billed")
    return {
        **_canonical_burst(document),
        "stopOnQuotaReach": document.get("stopOnQuotaReach", False),
        "billingPlan": billing,
        "customAttributes": list(document.get("customAttributes", [])),
        "subscriberCount": document.get("subscriberCount", 0),
        "graphQLMaxComplexity": _weight(document, "graphQLMaxComplexity"),
        "graphQLMaxDepth": _weight(document, "graphQLMaxDepth"),
        "monetization": monetization if billing != "FREE" else None,
        "permissions": _permissions(document.get("permissions")),
    }


def _permissions(permissions: Mapping[str, Any] | None) -> Document | None:
    """Who may choose the plan. Raises Invalid."""
    if permissions is None:
        return None
    if not permissions["roles"]:
        raise Invalid.field("permissions.roles", "must name at least one role")
    return {"permissionType": permissions["permissionType"], "roles": list(permissions["roles"])}


def _weight(document: Mapping[str, Any], name: str) -> int:
    """A limit of GraphQL queries; 0 is none."""
    limit: int = document.get(name) or 0
    if not 0 <= limit <= WEIGHT_MAX:
        raise Invalid.field(name, f"must be from 0, which is no limit, to {WEIGHT_MAX}")
    return limit


def _canonical_burst(fields: Mapping[str, Any]) -> Document:
    # WSO2 writes "no burst limit" as 0, and as -1 in its older exports.
    count = max(0, fields.get("rateLimitCount", 0))
    return {"rateLimitCount": count, "rateLimitTimeUnit": fields.get("rateLimitTimeUnit") if count else None}


def _type(kind: PolicyKind) -> str:
    """The interface's name of this kind of document."""
    return f"{kind.capitalize()}ThrottlePolicy"
