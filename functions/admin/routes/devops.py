"""The devops interface: what is logged of calls. Administrators of a tenant ask about theirs, the super tenant's about all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.admin.wire.devops import ComponentsBody, LogLevelBody, logged
from gatehouse.domain.errors import Invalid, Unauthenticated
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.people.tenant import TenantNotFound
from gatehouse.domain.publishing.log_level import WHOLE, LogLevel
from gatehouse.edge.auth import UNAUTHENTICATED
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Interface, Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.call_logs import CallLogs
    from gatehouse.edge.http import Request

SCOPE = "apim:admin"
ALL = "/tenant-logs/{tenant}/apis"
ONE = f"{ALL}/{{apiId}}"
CORRELATION = "/config/correlation"
CORRELATED = ("http",)
"""Every line of a call has the id that its caller and its backend know it by, and how long the backend took."""


def devops_interface(logs: CallLogs) -> Interface:
    """`/api/am/devops/v0`."""
    routes = _DevOps(logs)
    return Interface(
        name="devops",
        title="Gatehouse DevOps",
        base="/api/am/devops",
        version="v0",
        operations=(
            _line("GET", ALL, "getLogLevels", "How much is logged of each API", routes.all, query=("log-level",)),
            _line("GET", ONE, "getLogLevel", "How much is logged of one API", routes.one),
            _line("PUT", ONE, "setLogLevel", "Log more, or less, of one API", routes.set, body=LogLevelBody),
            _line("GET", CORRELATION, "getCorrelation", "What writes correlation ids", routes.correlation),
            _line(
                "PUT",
                CORRELATION,
                "setCorrelation",
                "Confirm what writes correlation ids",
                routes.set_correlation,
                body=ComponentsBody,
            ),
        ),
    )


class _DevOps:
    def __init__(self, logs: CallLogs) -> None:
        self._logs = logs

    def all(self, request: Request) -> Answer:
        named = request.query.get("log-level", "").upper()
        if named and named not in set(LogLevel):
            raise Invalid.field("log-level", f"'{named}' is none of {', '.join(LogLevel)}")
        return Answer(body=logged(self._logs.all(_tenant(request), LogLevel(named) if named else None)))

    def one(self, request: Request) -> Answer:
        return Answer(body=logged(self._logs.of(_tenant(request), request.path["apiId"])))

    def set(self, request: Request, body: LogLevelBody) -> Answer:
        operation = WHOLE
        if body.resourcePath or body.resourceMethod:
            operation = f"{(body.resourceMethod or '').upper()} {body.resourcePath or ''}"
        where = (_tenant(request), request.path["apiId"])
        return Answer(body=logged(self._logs.set(request.principal, *where, LogLevel(body.logLevel), operation)))

    def correlation(self, request: Request) -> Answer:
        _check_administers(request)
        return Answer(body={"components": [{"name": one, "enabled": "true", "properties": []} for one in CORRELATED]})

    def set_correlation(self, request: Request, body: ComponentsBody) -> Answer:
        for index, one in enumerate(body.components):
            enabled = str(one.enabled).lower() == "true"
            if enabled is not (one.name in CORRELATED):
                state = (
                    "always writes correlation ids" if one.name in CORRELATED else "is no component that writes them"
                )
                raise Invalid.field(f"components.{index}.enabled", f"'{one.name}' {state}")
        return self.correlation(request)


def _check_administers(request: Request) -> None:
    """The interface names no scopes; WSO2 takes administrators alone."""
    if SCOPE not in request.principal.scopes:
        raise Unauthenticated(UNAUTHENTICATED, cause="scope missing", wanted=SCOPE)


def _tenant(request: Request) -> str:
    """The tenant in the path. Raises TenantNotFound for one that the caller does not administer."""
    _check_administers(request)
    tenant = request.path["tenant"].lower()
    if request.principal.tenant not in {tenant, SUPER_TENANT}:
        raise TenantNotFound
    return tenant


def _line(method: str, path: str, name: str, summary: str, route: Any, **more: Any) -> Operation:
    return Operation(method=method, path=path, id=name, summary=summary, route=route, tag="Logs", **more)
