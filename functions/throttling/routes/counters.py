"""Counters at this moment, an operation of our own: what is left, how many environments lease, when the window ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import qualified
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.throttling.live import Live, LiveCounters, LiveLimit
    from gatehouse.edge.http import Request

LEVELS = ("application", "subscription", "unauthenticated", "api", "operation", "custom", "backend")

_QUERY = (
    "level",
    "applicationId",
    "apiId",
    "userName",
    "consumerKey",
    "operation",
    "address",
    "ruleId",
    "value",
    "keyType",
)


def counter_routes(counters: LiveCounters, scopes: tuple[str, ...]) -> tuple[Operation, ...]:
    """The one operation. `scopes` are those of who may look at policies."""
    return (
        Operation(
            method="GET",
            path="/throttling/counters",
            id="getThrottlingCounters",
            route=_Counters(counters).show,
            summary="What is left of the limits of an application, a subscription, an API, an operation, a rule or a backend",
            tag="Counters",
            scopes=scopes,
            query=_QUERY,
        ),
    )


class _Counters:
    def __init__(self, counters: LiveCounters) -> None:
        self._counters = counters

    def show(self, request: Request) -> Answer:
        """`{level, policy, stopOnQuotaReach, count, limits}`."""
        level = request.required("level")
        live = self._live(level, request)
        limits = [_limit(one) for one in live.limits]
        return Answer(
            body={
                "level": level,
                "policy": live.policy or None,
                "stopOnQuotaReach": live.stops,
                "count": len(limits),
                "limits": limits,
            }
        )

    def _live(self, level: str, request: Request) -> Live:
        tenant = request.principal.tenant
        match level:
            case "application":
                caller = _caller(request)
                if not caller:
                    raise Invalid.field("userName", "or consumerKey is required: whose calls")
                return self._counters.of_application(tenant, request.required("applicationId"), caller)
            case "subscription":
                application_id, api_id = request.required("applicationId"), request.required("apiId")
                return self._counters.of_subscription(tenant, application_id, api_id)
            case "custom":
                rule_id, value = request.required("ruleId"), request.required("value")
                return self._counters.of_rule(tenant, rule_id, value)
            case "unauthenticated" | "api" | "operation" | "backend":
                return self._of_api(level, request, tenant, request.required("apiId"))
            case _:
                raise Invalid.field("level", f"must be one of {', '.join(LEVELS)}")

    def _of_api(self, level: str, request: Request, tenant: str, api_id: str) -> Live:
        match level:
            case "unauthenticated":
                return self._counters.of_address(tenant, api_id, request.required("address"))
            case "operation":
                return self._counters.of_operation(tenant, api_id, request.required("operation"), _caller(request))
            case "backend":
                return self._counters.of_backend(tenant, api_id, _key_type(request))
            case _:
                return self._counters.of_api(tenant, api_id, _caller(request))


def _caller(request: Request) -> str:
    """Whom calls are counted for; "" when the request names nobody."""
    user = request.query.get("userName", "")
    if not user or "@" in user:
        return user or request.query.get("consumerKey", "")
    return qualified(request.principal.tenant, user)


def _key_type(request: Request) -> KeyType:
    """Which side of the backend; the production side unless the request says otherwise. Raises Invalid."""
    wanted = request.query.get("keyType", KeyType.PRODUCTION)
    if wanted not in set(KeyType):
        raise Invalid.field("keyType", f"must be {' or '.join(KeyType)}")
    return KeyType(wanted)


def _limit(live: LiveLimit) -> dict[str, Any]:
    return {
        "unit": live.unit,
        "burst": live.burst,
        "conditionalGroup": live.group,
        "limit": live.view.limit,
        "leased": live.view.leased,
        "left": live.view.left,
        "environments": live.view.lessees,
        "windowSeconds": live.seconds,
        "windowEnd": live.view.window_end,
    }
