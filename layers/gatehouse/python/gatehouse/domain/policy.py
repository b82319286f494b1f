"""A throttling policy is a named limit that others refer to: a plan of an API, a tier of an application, a cap of an API.

Windows are fixed and aligned to the epoch. A month counts 30 days and a year 365: a counter's window must be the same
number everywhere, and calendars are not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

UNLIMITED = "Unlimited"
UNAUTHENTICATED = "Unauthenticated"
SUBSCRIPTIONLESS = "DefaultSubscriptionless"
"""The plan of an API that any application of the tenant may call."""

REQUEST_COUNT = "REQUESTCOUNTLIMIT"
BANDWIDTH = "BANDWIDTHLIMIT"
EVENT_COUNT = "EVENTCOUNTLIMIT"
AI_QUOTA = "AIAPIQUOTALIMIT"

_SECONDS = {
    "sec": 1,
    "second": 1,
    "min": 60,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "month": 30 * 86_400,
    "year": 365 * 86_400,
}


class PolicyKind(StrEnum):
    """What a policy limits: an API (advanced), one subscription, or one user of an application."""

    ADVANCED = "advanced"
    APPLICATION = "application"
    SUBSCRIPTION = "subscription"


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
class Rate:
    """So many calls in so many seconds."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the gateway enforces of a policy. None is no limit. `stop` False lets calls over the quota through.

    `max_depth` and `max_complexity` are of GraphQL queries; 0 is no limit.
    """

    name: str
    quota: Rate | None = None
    burst: Rate | None = None
    stop: bool = True
    max_depth: int = 0
    max_complexity: int = 0

    def to_body(self) -> dict[str, object]:
        """The artifact's body."""
        weights = {"max_depth": self.max_depth, "max_complexity": self.max_complexity}
        return {
            "name": self.name,
            "quota": [self.quota.count, self.quota.seconds] if self.quota else None,
            "burst": [self.burst.count, self.burst.seconds] if self.burst else None,
            "stop": self.stop,
            **{name: limit for name, limit in weights.items() if limit},
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Terms:
        """Read back what `to_body` wrote."""
        return cls(
            name=body["name"],
            quota=_rate(body["quota"]),
            burst=_rate(body["burst"]),
            stop=body["stop"],
            max_depth=body.get("max_depth", 0),
            max_complexity=body.get("max_complexity", 0),
        )


def _rate(pair: list[int] | None) -> Rate | None:
    return Rate(count=pair[0], seconds=pair[1]) if pair else None


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


def window_seconds(unit: str, unit_time: int, *, path: str) -> int:
    """The length of a window. Units are WSO2's: `sec`, `min`, `hour(s)`, `day(s)`, `month(s)`, `year(s)`. Raises Invalid."""
    seconds = _SECONDS.get(unit.lower().removesuffix("s") if len(unit) > len("sec") else unit.lower())
    if seconds is None:
        raise Invalid.field(path, f"'{unit}' is no time unit; use sec, min, hour, day, month or year")
    return seconds * unit_time


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
