"""A surface serves an interface: routing, credentials, scopes, body, errors, one log line per call."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from gatehouse.domain.errors import GatehouseError, NotFound, Unauthenticated
from gatehouse.edge.auth import UNAUTHENTICATED
from gatehouse.edge.errors import management_error
from gatehouse.edge.http import Answer, request_of
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.shared.cookies import Cookie

    from gatehouse.domain.people.identity import Principal
    from gatehouse.edge.auth import Callers
    from gatehouse.edge.errors import ErrorRenderer
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Interface, Operation

_log = Logger(service="gatehouse")


class MethodNotAllowed(NotFound):
    """The path exists, the method on it does not."""

    code = 405
    message = "Method Not Allowed"


class Surface:
    """Serves one interface to HTTP API and Function URL events (payload 2.0)."""

    def __init__(
        self, interface: Interface, callers: Callers, *, render_error: ErrorRenderer = management_error
    ) -> None:
        self._interface = interface
        self._callers = callers
        self._render_error = render_error
        self._facts: dict[str, object] = {}
        self._app = APIGatewayHttpResolver(strip_prefixes=[_prefix(interface)])
        self._app.exception_handler(GatehouseError)(self._failed)
        self._app.exception_handler(Exception)(self._broken)
        self._app.not_found(self._absent)
        for operation in interface.operations:
            rule = operation.path.replace("{", "<").replace("}", ">")
            self._app.route(rule, operation.method)(self._serving(operation))

    def serves(self, path: str) -> bool:
        """Whether this path belongs to the interface."""
        return _prefix(self._interface).match(path) is not None

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer one event."""
        started = time.perf_counter()
        self._facts = {"interface": self._interface.name, "operation": "-"}
        # A slash at the end means nothing to WSO2 (JAX-RS), and its clients send one here and there.
        answer = self._app.resolve({**event, "rawPath": event["rawPath"].rstrip("/") or "/"}, context)
        self._facts |= {
            "method": event["requestContext"]["http"]["method"],
            "path": event["rawPath"],
            "status": answer["statusCode"],
            "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            "request_id": event["requestContext"].get("requestId", ""),
        }
        _log.info("call", extra=self._facts)
        return answer

    def _serving(self, operation: Operation) -> Callable[..., Response[Any]]:
        def serve(**path: str) -> Response[Any]:
            self._facts["operation"] = operation.id
            event = self._app.current_event.raw_event
            caller = self._identify(operation, request_of(event, path, None))
            request = request_of(event, path, caller)
            if operation.body is None:
                return _response(operation.route(request))
            return _response(operation.route(request, parse(operation.body, request.json())))

        return serve

    def _identify(self, operation: Operation, request: Request) -> Principal | None:
        if not operation.authenticated and ("authorization" not in request.headers or operation.ignores_credentials):
            return None
        try:
            return self._identified(operation, request)
        except Unauthenticated:
            if operation.lenient:
                return None
            raise

    def _identified(self, operation: Operation, request: Request) -> Principal:
        caller = self._callers.identify(request.headers, request.address)
        self._facts |= {"tenant": caller.tenant, "user": caller.user}
        if self._interface.tenanted and request.tenant not in {"", caller.tenant}:
            raise Unauthenticated(UNAUTHENTICATED, cause="caller of another tenant", wanted=request.tenant)
        if operation.scopes and caller.scopes.isdisjoint(operation.scopes):
            # WSO2 answers 401, not 403, to a token without the scope; its clients rely on it.
            raise Unauthenticated(UNAUTHENTICATED, cause="scope missing", wanted=operation.scopes)
        return caller

    def _failed(self, error: GatehouseError) -> Response[Any]:
        self._facts |= {
            "error": type(error).__name__,
            "code": error.code,
            **{f"fact_{k}": v for k, v in error.facts.items()},
        }
        return _response(self._render_error(error))

    def _broken(self, error: Exception) -> Response[Any]:
        _log.exception("a route failed", exc_info=error)
        return self._failed(GatehouseError(cause=repr(error)))

    def _absent(self, _error: Exception) -> Response[Any]:
        event = self._app.current_event.raw_event
        path = _prefix(self._interface).sub("", event["rawPath"])
        allowed = sorted({op.method for op in self._interface.operations if _matches(op.path, path)})
        if not allowed:
            return self._failed(NotFound(f"There is no resource at this path: {path}"))
        answer = self._render_error(MethodNotAllowed(f"This resource answers {', '.join(allowed)}."))
        self._facts["error"] = MethodNotAllowed.__name__
        return _response(replace(answer, status=MethodNotAllowed.code, headers={"Allow": ", ".join(allowed)}))


def _prefix(interface: Interface) -> re.Pattern[str]:
    """The base, its aliases, with and without version: `/api/am/publisher`, `/api/am/publisher/v4`, `…/v4.5`.

    Below `/t/{tenant}` too, if the interface says so.
    """
    bases = "|".join(re.escape(base) for base in (interface.base, *interface.aliases))
    version = rf"(?:/{re.escape(interface.version)}(?:\.\d+)?(?=/|$))?" if interface.version else ""
    tenant = r"(?:/t/[^/]+)?" if interface.tenanted else ""
    return re.compile(rf"^{tenant}(?:{bases}){version}(?=/|$)")


def _matches(template: str, path: str) -> bool:
    pattern = re.sub(r"{\w+}", "[^/]+", template)
    return re.fullmatch(pattern, path) is not None


def _response(answer: Answer) -> Response[Any]:
    return Response(
        status_code=answer.status,
        content_type=answer.media_type if answer.body is not None else None,
        body=answer.payload(),
        headers=dict(answer.headers),
        cookies=cast("list[Cookie]", list(answer.cookies)),  # they are written out with `str`
    )
