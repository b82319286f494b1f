"""What is said of a call that came in at a gateway that is not ours, and what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gatehouse.dataplane.foreign import ForeignCall
from gatehouse.domain.apis.api import base_path_of
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.applications.restriction import parsed_address
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.limit import Unit
from gatehouse.edge.wire import Wire, spelled

if TYPE_CHECKING:
    from gatehouse.dataplane.foreign import Judgement
    from gatehouse.dataplane.throttle.meter import Standing

Text = Annotated[str, Field(max_length=2000)]
_PATH = spelled("^/", "must begin with '/'")
Cost = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Resource(Wire):
    """`target` is the resource as the API's definition has it, or a path that it matches, behind version and context."""

    verb: Annotated[str, Field(min_length=1, max_length=20)]
    target: Annotated[Text, Field(min_length=1)]


class Costs(Wire):
    """What the call takes of each unit that a limit may count."""

    requests: Cost = 1
    events: Cost = 1
    bytes: Cost = 0
    promptTokens: Cost = 0
    completionTokens: Cost = 0
    totalTokens: Cost = 0


class DecisionBody(Wire):
    """A call. The API is named by its id, or by context and version."""

    apiId: Annotated[Text, Field(min_length=1)] | None = None
    context: Annotated[Text, Field(pattern=_PATH)] | None = None
    version: Annotated[Text, Field(min_length=1)] | None = None
    resource: Resource
    applicationId: Annotated[Text, Field(min_length=1)] | None = None
    user: Text = ""
    clientIp: Text
    keyType: Literal["PRODUCTION", "SANDBOX"] = "PRODUCTION"
    headers: Annotated[dict[str, str], Field(max_length=200, default_factory=dict)]
    query: Annotated[str, Field(max_length=20_000)] = ""
    claims: Annotated[dict[str, Any], Field(max_length=200, default_factory=dict)]
    costs: Costs = Costs()


def foreign_call(tenant: str, body: DecisionBody) -> ForeignCall:
    """The call that is meant, of an API of this tenant. Raises Invalid."""
    if body.apiId is None and (body.context is None or body.version is None):
        raise Invalid.field("apiId", "is required, or context and version: which API is called")
    if body.apiId is not None and (body.context is not None or body.version is not None):
        raise Invalid.field("apiId", "names the API already; leave out context and version, or the id")
    address = parsed_address(body.clientIp)
    if address is None:
        raise Invalid.field("clientIp", "must be an address (IPv4 or IPv6)")
    return ForeignCall(
        tenant=tenant,
        api_id=body.apiId or "",
        base_path=_base_path(tenant, body.context, body.version) if body.context and body.version else "",
        verb=body.resource.verb.upper(),
        target=body.resource.target,
        application_id=body.applicationId or "",
        caller=body.user,
        key_type=KeyType(body.keyType),
        address=str(address),
        query=body.query,
        headers={name.lower(): value for name, value in body.headers.items()},
        claims=body.claims,
        costs={
            Unit.REQUESTS: body.costs.requests,
            Unit.EVENTS: body.costs.events,
            Unit.BYTES: body.costs.bytes,
            Unit.PROMPT_TOKENS: body.costs.promptTokens,
            Unit.COMPLETION_TOKENS: body.costs.completionTokens,
            Unit.TOTAL_TOKENS: body.costs.totalTokens,
        },
    )


def decision(judgement: Judgement) -> dict[str, Any]:
    """A judgement as the interface shows it; what does not apply is null."""
    refusal = judgement.refusal
    return {
        "admitted": refusal is None,
        "limits": [_limit(standing) for standing in judgement.standings],
        "code": refusal.code if refusal else None,
        "message": refusal.message if refusal else None,
        "description": refusal.description if refusal else None,
        "retryAfter": judgement.retry_after or None,
        "nextAccessTime": (refusal.next_access_time or None) if refusal else None,
    }


def _base_path(tenant: str, context: str, version: str) -> str:
    """Contexts are told with the tenant before them, as the other interfaces show them, or without."""
    prefix = "" if tenant == SUPER_TENANT else f"/t/{tenant}"
    return base_path_of(context.removeprefix(prefix), version)


def _limit(standing: Standing) -> dict[str, Any]:
    return {
        "name": standing.name,
        "unit": standing.unit,
        "limit": standing.limit,
        "remaining": standing.remaining,
        "reset": standing.reset,
        "windowSeconds": standing.window,
    }
