"""The front door's own routes, made through API Gateway's management interface (`apigatewayv2`).

An integration carries the API's id in its description: that is how the API's routes are found again. It is never changed
but replaced, because an update leaves parameter mappings in place that the new ones do not name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.apis.direct import INTEGRATIONS_MAX, ROUTES_MAX, FrontDoorFull
from gatehouse.domain.errors import Changed, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.domain.apis.direct import DirectApi

OWNER = "gatehouse direct API "
PAGE = "100"
CONTEXT_HEADERS = {
    "x-gatehouse-application": "$context.authorizer.application",
    "x-gatehouse-application-id": "$context.authorizer.applicationId",
    "x-gatehouse-plan": "$context.authorizer.plan",
    "x-gatehouse-request-id": "$context.requestId",
}
"""What the backend reads of the decision. Overwritten, not appended to: what the client writes there is not true."""

_NOTHING = "''"  # the value of a mapping that removes
_TARGET = "integrations/"
_SHORTEST_SECONDS = 0.05  # what API Gateway takes


@dataclass(frozen=True, slots=True)
class _Found:
    """What the HTTP API holds: integrations by id, routes by key."""

    integrations: dict[str, Mapping[str, Any]]
    routes: dict[str, Mapping[str, Any]]

    def integrations_of(self, api_id: str) -> dict[str, Mapping[str, Any]]:
        return {key: one for key, one in self.integrations.items() if one.get("Description") == f"{OWNER}{api_id}"}

    def routes_onto(self, integrations: Mapping[str, object]) -> dict[str, Mapping[str, Any]]:
        return {key: one for key, one in self.routes.items() if _integration_id(one) in integrations}


class HttpApiRoutes:
    """Implements `ports.apis.front_door.FrontDoorRoutes` on a botocore `apigatewayv2` client (`adapters.aws`)."""

    def __init__(self, connect: Callable[[], Any], *, http_api: str, authorizer: str) -> None:
        """`connect` makes the client when it is needed: most APIs are not direct. The authorizer is one of the HTTP API."""
        self._connect = connect
        self._connected: Any = None
        self._http_api = http_api
        self._authorizer = authorizer

    def put(self, api: DirectApi) -> None:
        """Replace the API's routes and integrations. Raises FrontDoorFull, Changed, Unavailable."""
        found = self._found()
        mine = found.integrations_of(api.id)
        wanted = _wanted(api)
        _check_room(found, mine, wanted)
        kept: set[str] = set()
        for key, integration in wanted.items():
            integration_id = next((known for known, one in mine.items() if _is(one, integration)), "")
            if not integration_id:
                integration_id = self._call("create_integration", **integration)["IntegrationId"]
            kept.add(integration_id)
            self._route(key, integration_id, found.routes.get(key))
        gone = {known: one for known, one in mine.items() if known not in kept}
        surplus = {key: one for key, one in found.routes_onto(mine).items() if key not in wanted}
        self._delete(surplus, gone)

    def remove(self, api_id: str) -> None:
        """Delete the API's routes and integrations. Raises Unavailable."""
        found = self._found()
        mine = found.integrations_of(api_id)
        self._delete(found.routes_onto(mine), mine)

    def _route(self, key: str, integration_id: str, known: Mapping[str, Any] | None) -> None:
        route = {
            "Target": f"{_TARGET}{integration_id}",
            "AuthorizationType": "CUSTOM",
            "AuthorizerId": self._authorizer,
        }
        if known is None:
            self._call("create_route", RouteKey=key, **route)
        elif any(known.get(name) != value for name, value in route.items()):
            self._call("update_route", RouteId=known["RouteId"], **route)

    def _delete(self, routes: Mapping[str, Mapping[str, Any]], integrations: Mapping[str, object]) -> None:
        """Routes first: an integration that has one cannot be deleted."""
        for route in routes.values():
            self._call("delete_route", RouteId=route["RouteId"])
        for integration_id in integrations:
            self._call("delete_integration", IntegrationId=integration_id)

    def _found(self) -> _Found:
        return _Found(
            {one["IntegrationId"]: one for one in self._all("get_integrations")},
            {one["RouteKey"]: one for one in self._all("get_routes")},
        )

    def _all(self, operation: str) -> list[Mapping[str, Any]]:
        items: list[Mapping[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            page = self._call(operation, MaxResults=PAGE, **more)
            items += page.get("Items", ())
            if not page.get("NextToken"):
                return items
            more = {"NextToken": page["NextToken"]}

    def _call(self, operation: str, **arguments: object) -> Any:
        self._connected = self._connected or self._connect()
        try:
            return getattr(self._connected, operation)(ApiId=self._http_api, **arguments)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "NotFoundException" and operation.startswith("delete_"):
                return {}
            if code == "ConflictException":
                raise Changed(operation=operation) from error
            raise Unavailable(cause=code, operation=operation) from error
        except BotoCoreError as error:
            raise Unavailable(cause=type(error).__name__, operation=operation) from error


def _wanted(api: DirectApi) -> dict[str, dict[str, Any]]:
    """Route key → its integration."""
    below = f"{api.backend_path}/${{request.path.proxy}}"
    wanted = {f"ANY {api.path}/{{proxy+}}": _integration(api, below)}
    if api.rooted:
        wanted[f"ANY {api.path}"] = _integration(api, api.backend_path or "/")
    return wanted


def _integration(api: DirectApi, path: str) -> dict[str, Any]:
    integration: dict[str, Any] = {
        "Description": f"{OWNER}{api.id}",
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "ANY",
        "IntegrationUri": api.backend,
        "PayloadFormatVersion": "1.0",
        "RequestParameters": {
            "overwrite:path": path,
            **{f"overwrite:header.{name}": value for name, value in CONTEXT_HEADERS.items()},
            **{f"remove:header.{name}": _NOTHING for name in api.hidden_headers},
            **{f"remove:querystring.{name}": _NOTHING for name in api.hidden_parameters},
        },
    }
    if api.timeout_seconds:
        integration["TimeoutInMillis"] = int(max(api.timeout_seconds, _SHORTEST_SECONDS) * 1000)
    return integration


def _is(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    default = {"TimeoutInMillis": 30_000}
    return all(known.get(name) == value for name, value in {**default, **wanted}.items())


def _check_room(found: _Found, mine: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """New integrations stand beside the old ones for a moment."""
    routes = len(found.routes.keys() | wanted.keys())
    new = [one for one in wanted.values() if not any(_is(known, one) for known in mine.values())]
    integrations = len(found.integrations) + len(new)
    for what, needed, most in (("routes", routes, ROUTES_MAX), ("integrations", integrations, INTEGRATIONS_MAX)):
        if needed > most:
            problem = f"the front door holds {most} {what} and would need {needed}; choose another gatewayType"
            raise FrontDoorFull.field("gatewayType", problem)


def _integration_id(route: Mapping[str, Any]) -> str:
    return str(route.get("Target", "")).removeprefix(_TARGET)
