"""What the documents of policies look like.

Read-only properties (`policyId`, `isDeployed`) may be sent, because clients send back what they got; they have no effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gatehouse.controlplane.throttling.custom_rules import QUERY_CHARACTERS_MAX, TEMPLATE_CHARACTERS_MAX
from gatehouse.controlplane.throttling.limits import MEMBERS
from gatehouse.domain.throttling.policy import PolicyKind
from gatehouse.edge.wire import FIELD_NAME, Wire, spelled

if TYPE_CHECKING:
    from gatehouse.domain.throttling.policy import Policy

# The largest whole number that every JSON reader gets right.
Count = Annotated[int, Field(ge=1, le=2**53 - 1)]
TokenCount = Annotated[int, Field(ge=0, le=2**53 - 1)]
ShortText = Annotated[str, Field(min_length=1, max_length=4000)]
HeaderName = Annotated[str, Field(min_length=1, max_length=256, pattern=FIELD_NAME)]
_POLICY_NAME = spelled(r"^[\w.-]+$", "takes letters, digits, '.', '-' and '_'")
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
    """So much data in the bodies of requests."""

    dataAmount: Annotated[int, Field(ge=1, le=2**33)]
    dataUnit: Literal["KB", "MB", "GB"]


class AiQuota(Timing):
    """So many requests to an AI API, and so many tokens; 0 tokens are no limit."""

    requestCount: Count
    totalTokenCount: TokenCount | None = None
    promptTokenCount: TokenCount | None = None
    completionTokenCount: TokenCount | None = None


class Limit(Wire):
    """A limit: its type, and the one member that belongs to the type."""

    type: Literal["REQUESTCOUNTLIMIT", "BANDWIDTHLIMIT", "EVENTCOUNTLIMIT", "AIAPIQUOTALIMIT"]
    requestCount: RequestCount | None = None
    bandwidth: Bandwidth | None = None
    eventCount: EventCount | None = None
    aiApiQuota: AiQuota | None = None


class NamedBody(Wire):
    """What all policies have. A name stands in addresses and keys: letters, digits, `_`, `-` and `.` only."""

    policyId: str | None = None
    policyName: Annotated[str, Field(min_length=1, max_length=60, pattern=_POLICY_NAME)]
    displayName: Annotated[str, Field(max_length=512)] | None = None
    description: Annotated[str, Field(max_length=1024)] | None = None
    isDeployed: bool | None = None
    type: str | None = None


class PolicyBody(NamedBody):
    """What all policies but custom rules have."""

    defaultLimit: Limit


class HeaderCondition(Wire):
    """A header, and a regular expression of which a part of its value must be one."""

    headerName: HeaderName
    headerValue: ShortText


class IpCondition(Wire):
    """One address, or all from one to another."""

    ipConditionType: Literal["IPSPECIFIC", "IPRANGE"]
    specificIP: str | None = None
    startingIP: str | None = None
    endingIP: str | None = None


class JwtClaimsCondition(Wire):
    """A claim of the caller's token, and a regular expression."""

    claimUrl: ShortText
    attribute: ShortText


class QueryParameterCondition(Wire):
    """A parameter of the query, and a regular expression."""

    parameterName: ShortText
    parameterValue: ShortText


class ConditionBody(Wire):
    """A condition: its type, and the one member that belongs to the type."""

    type: Literal["HEADERCONDITION", "IPCONDITION", "JWTCLAIMSCONDITION", "QUERYPARAMETERCONDITION"]
    invertCondition: bool = False
    headerCondition: HeaderCondition | None = None
    ipCondition: IpCondition | None = None
    jwtClaimsCondition: JwtClaimsCondition | None = None
    queryParameterCondition: QueryParameterCondition | None = None


class ConditionalGroupBody(Wire):
    """A limit for the calls that meet all of these conditions."""

    description: Annotated[str, Field(max_length=1024)] | None = None
    conditions: list[ConditionBody]
    limit: Limit


class AdvancedPolicyBody(PolicyBody):
    """An advanced policy. `userLevel` counts each user by itself."""

    conditionalGroups: list[ConditionalGroupBody] | None = None
    userLevel: bool | None = None


class CustomRuleBody(NamedBody):
    """A custom rule. `siddhiQuery` holds a line of our language, or the documented form of Siddhi query."""

    keyTemplate: Annotated[str, Field(min_length=1, max_length=TEMPLATE_CHARACTERS_MAX)]
    siddhiQuery: Annotated[str, Field(min_length=1, max_length=QUERY_CHARACTERS_MAX)]


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
    """How a commercial plan is billed."""

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
    subscriberCount: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    graphQLMaxComplexity: int | None = None
    graphQLMaxDepth: int | None = None
    permissions: Permission | None = None


def document_of(body: NamedBody) -> dict[str, Any]:
    """The document a client sent; what is null was not sent."""
    return body.model_dump(exclude_none=True)


def policy(found: Policy) -> dict[str, Any]:
    """A policy as the interface shows it."""
    shown = {"policyId": found.id, **found.document}
    if found.kind is PolicyKind.CUSTOM:
        return shown
    shown["defaultLimit"] = _limit(found.document["defaultLimit"])
    if found.kind is PolicyKind.ADVANCED:
        groups = found.document.get("conditionalGroups", [])
        shown["conditionalGroups"] = [{**group, "limit": _limit(group["limit"])} for group in groups]
    return shown


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
    return {**dict.fromkeys(MEMBERS.values()), **limit}
