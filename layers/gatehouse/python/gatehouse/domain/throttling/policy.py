"""A throttling policy is a named limit that others refer to: a plan of an API, a tier of an application, a cap of an API."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain import body as bodies
from gatehouse.domain.artifact import policy_key, rule_key
from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gatehouse.domain.throttling.condition import ConditionalGroup  # noqa: TC001 -- bodies read annotations
from gatehouse.domain.throttling.limit import Rate  # noqa: TC001 -- bodies read annotations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.artifact import ArtifactKey

UNLIMITED = "Unlimited"
UNAUTHENTICATED = "Unauthenticated"
SUBSCRIPTIONLESS = "DefaultSubscriptionless"
"""The plan of an API that any application of the tenant may call."""

REQUEST_COUNT = "REQUESTCOUNTLIMIT"
BANDWIDTH = "BANDWIDTHLIMIT"
EVENT_COUNT = "EVENTCOUNTLIMIT"
AI_QUOTA = "AIAPIQUOTALIMIT"


class PolicyKind(StrEnum):
    """What a policy limits: an API (advanced), one subscription, one user of an application, or what a custom rule says."""

    ADVANCED = "advanced"
    APPLICATION = "application"
    SUBSCRIPTION = "subscription"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy as its tenant keeps it. `document` is the admin interface's document without `policyId`."""

    tenant: str
    kind: PolicyKind
    id: str
    name: str
    document: Mapping[str, Any] = field(hash=False)
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the gateway enforces of a policy.

    `limits` are the default ones; the first of `groups` whose conditions a call meets takes their place (advanced policies).
    `per_user` counts each user by itself. `stop` False lets calls over the quota through, flagged. `max_depth` and
    `max_complexity` are of GraphQL queries; 0 is no limit. `webhooks` is how many an application may have at an API of WebSub; 0
    is as many as the product allows.
    """

    name: str
    limits: tuple[Rate, ...] = ()
    burst: Rate | None = None
    stop: bool = True
    per_user: bool = False
    groups: tuple[ConditionalGroup, ...] = ()
    max_depth: int = 0
    max_complexity: int = 0
    webhooks: int = 0

    def to_body(self) -> dict[str, Any]:
        """The artifact's body."""
        body: dict[str, Any] = bodies.to_body(self)
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Terms:
        """Read back what `to_body` wrote, or what it wrote before there were several limits: those must not be lost."""
        if "quota" in body:
            quota, burst = body["quota"], body["burst"]
            limits = {"limits": [_written(quota)] if quota else [], "burst": _written(burst) if burst else None}
            body = {**body, **limits}
        return bodies.from_body(cls, body)


def _written(pair: Sequence[int]) -> dict[str, int]:
    return {"count": pair[0], "seconds": pair[1]}


def artifact_key(policy: Policy) -> ArtifactKey:
    """Where calls find what is enforced: a policy by its name, custom rules all together."""
    if policy.kind is PolicyKind.CUSTOM:
        return rule_key(policy.tenant, policy.id)
    return policy_key(policy.tenant, policy.kind, policy.name)


class PolicyExists(Conflict):
    """The tenant has a policy of this kind and name."""

    message = "Policy already exists"
    default_description = "A throttling policy of this kind and name exists already."


class PolicyNotFound(NotFound):
    """The tenant has no such policy."""

    code = 903005
    message = "Policy not found"
    default_description = "There is no such throttling policy."


class PolicyInUse(Conflict):
    """An API, a subscription or an application refers to the policy."""

    message = "Policy in use"
    default_description = "The policy is attached to an API, a subscription or an application. Detach it first."


class AdvancedPolicyInUse(Forbidden):
    """An API or an operation refers to the advanced policy; WSO2 answers 403 to this kind alone."""

    code = 900971
    message = "Policy in use"
    default_description = "The policy is attached to an API or to an operation of one. Detach it first."


class BuiltInPolicy(Forbidden):
    """The gateway relies on this policy, whatever an admin thinks of it."""

    message = "Built-in policy"
    default_description = "This policy is built in."


class UnsupportedLimit(Invalid):
    """A limit of a type that this kind of policy cannot have."""

    code = 900960
    message = "Unsupported throttle limit type"


class UnsupportedCondition(Invalid):
    """A condition of a kind that the tenant has not switched on."""

    code = 900975
    message = "Unsupported throttle condition type"


@dataclass(frozen=True, slots=True)
class _Tier:
    name: str
    description: str
    count: int = 0
    unit: str = "min"
    type: str = REQUEST_COUNT
    tokens: int = 0

    def limit(self) -> dict[str, Any]:
        timing = {"timeUnit": self.unit, "unitTime": 1}
        match self.type:
            case "EVENTCOUNTLIMIT":
                return {"type": EVENT_COUNT, "eventCount": {**timing, "eventCount": self.count}}
            case "AIAPIQUOTALIMIT":
                quota = {**timing, "requestCount": self.count, "totalTokenCount": self.tokens}
                return {"type": AI_QUOTA, "aiApiQuota": quota}
            case _:
                return {"type": REQUEST_COUNT, "requestCount": {**timing, "requestCount": self.count}}


UNLIMITED_COUNT = 2_147_483_647


def _per_minute(name: str, count: int) -> _Tier:
    return _Tier(name, f"Allows {count:,} requests per minute", count)


def _events(name: str, count: int, unit: str) -> _Tier:
    return _Tier(name, f"Allows {count:,} events per {unit}", count, f"{unit}s", EVENT_COUNT)


def _ai(name: str, tokens: int, count: int) -> _Tier:
    return _Tier(name, f"Allows {tokens:,} tokens and {count:,} requests per minute", count, "min", AI_QUOTA, tokens)


_NO_LIMIT = _Tier(UNLIMITED, "Allows any number of requests", UNLIMITED_COUNT)

DEFAULT_TIERS: dict[PolicyKind, tuple[_Tier, ...]] = {
    PolicyKind.ADVANCED: (*(_per_minute(f"{n // 1000}KPerMin", n) for n in (50_000, 20_000, 10_000)), _NO_LIMIT),
    PolicyKind.APPLICATION: (*(_per_minute(f"{n}PerMin", n) for n in (50, 20, 10)), _NO_LIMIT),
    PolicyKind.SUBSCRIPTION: (
        _per_minute("Gold", 5000),
        _per_minute("Silver", 2000),
        _per_minute("Bronze", 1000),
        _per_minute(UNAUTHENTICATED, 500),
        _per_minute(SUBSCRIPTIONLESS, 100_000),
        _NO_LIMIT,
        _events("AsyncGold", 50_000, "day"),
        _events("AsyncSilver", 25_000, "day"),
        _events("AsyncBronze", 5000, "day"),
        _events("AsyncUnlimited", UNLIMITED_COUNT, "day"),
        _events("AsyncDefaultSubscriptionless", 10_000, "day"),
        _events("AsyncWHGold", 10_000, "month"),
        _events("AsyncWHSilver", 5000, "month"),
        _events("AsyncWHBronze", 1000, "month"),
        _ai("AIGold", 50_000, 500),
        _ai("AISilver", 10_000, 100),
        _ai("AIBronze", 1000, 10),
    ),
}
