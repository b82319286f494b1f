"""What the admin interface's documents look like.

Read-only properties (`policyId`, `isDeployed`) may be sent, because clients send back what they got; they have no effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gatehouse.domain.policy import AI_QUOTA, BANDWIDTH, EVENT_COUNT, REQUEST_COUNT
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from gatehouse.domain.policy import Policy

# The largest whole number that every JSON reader gets right.
Count = Annotated[int, Field(ge=1, le=2**53 - 1)]
UnitTime = Annotated[int, Field(ge=1, le=2**31 - 1)]
BurstCount = Annotated[int, Field(ge=-1, le=2**31 - 1)]


class Timing(Wire):
    """The window of a limit: so many units."""

    timeUnit: Annotated[str, Field(min_length=1, max_length=10)]
    unitTime: UnitTime


class RequestCount(Timing):
    """So many requests."""

    requestCount: Count


class EventCount(Timing):
    """So many events."""

    eventCount: Count


class Bandwidth(Timing):
    """So many bytes; refused, because bytes are not counted."""

    dataAmount: int
    dataUnit: str


class AiQuota(Timing):
    """So many requests to an AI API; token counts are refused, because tokens are not counted."""

    requestCount: Count
    totalTokenCount: int | None = None
    promptTokenCount: int | None = None
    completionTokenCount: int | None = None


class Limit(Wire):
    """A limit: its type, and the one member that belongs to the type."""

    type: Literal["REQUESTCOUNTLIMIT", "BANDWIDTHLIMIT", "EVENTCOUNTLIMIT", "AIAPIQUOTALIMIT"]
    requestCount: RequestCount | None = None
    bandwidth: Bandwidth | None = None
    eventCount: EventCount | None = None
    aiApiQuota: AiQuota | None = None


class PolicyBody(Wire):
    """What all policies have. A name stands in addresses and keys: letters, digits, `_`, `-` and `.` only."""

    policyId: str | None = None
    policyName: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w.-]+$")]
    displayName: Annotated[str, Field(max_length=512)] | None = None
    description: Annotated[str, Field(max_length=1024)] | None = None
    isDeployed: bool | None = None
    type: str | None = None
    defaultLimit: Limit


class AdvancedPolicyBody(PolicyBody):
    """An advanced policy."""

    conditionalGroups: list[dict[str, Any]] | None = None


class BurstLimit(Wire):
    """A limit on short bursts: so many requests in one unit. 0, and -1 in older exports, is none."""

    rateLimitCount: BurstCount | None = None
    rateLimitTimeUnit: Annotated[str, Field(max_length=10)] | None = None


class ApplicationPolicyBody(PolicyBody):
    """An application policy."""

    burstLimit: BurstLimit | None = None


class CustomAttribute(Wire):
    """A name and a value that are shown to subscribers."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    value: Annotated[str, Field(max_length=1024)]


class Permission(Wire):
    """Who may choose a plan."""

    permissionType: Literal["ALLOW", "DENY"]
    roles: list[str]


class Monetization(Wire):
    """How a commercial plan is billed; without effect while plans are free."""

    monetizationPlan: Literal["FIXEDRATE", "DYNAMICRATE"] | None = None
    properties: dict[str, str] | None = None


class SubscriptionPolicyBody(PolicyBody):
    """A subscription policy: a business plan."""

    rateLimitCount: BurstCount | None = None
    rateLimitTimeUnit: Annotated[str, Field(max_length=10)] | None = None
    stopOnQuotaReach: bool | None = None
    billingPlan: Literal["FREE", "COMMERCIAL"] | None = None
    monetization: Monetization | None = None
    customAttributes: Annotated[list[CustomAttribute], Field(max_length=50)] | None = None
    subscriberCount: int | None = None
    graphQLMaxComplexity: int | None = None
    graphQLMaxDepth: int | None = None
    permissions: Permission | None = None


def document_of(body: PolicyBody) -> dict[str, Any]:
    """The document a client sent; what is null was not sent."""
    return body.model_dump(exclude_none=True)


def policy(found: Policy) -> dict[str, Any]:
    """A policy as the interface shows it."""
    return {"policyId": found.id, **found.document, "defaultLimit": _limit(found.document["defaultLimit"])}


def search_result(found: Policy, kind: str) -> dict[str, Any]:
    """A policy as the search over all kinds shows it; `kind` is what `type:` of the query calls it."""
    document = found.document
    return {
        "uuid": found.id,
        "policyName": found.name,
        "displayName": document["displayName"],
        "description": document["description"],
        "isDeployed": document["isDeployed"],
        "type": kind,
    }


def _limit(limit: dict[str, Any]) -> dict[str, Any]:
    empty = {_MEMBERS[kind]: None for kind in _MEMBERS}
    return {**empty, **limit}


_MEMBERS = {
    REQUEST_COUNT: "requestCount",
    BANDWIDTH: "bandwidth",
    EVENT_COUNT: "eventCount",
    AI_QUOTA: "aiApiQuota",
}
