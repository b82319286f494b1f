"""Forward: a mediated call goes to its backend, and the backend's answer goes back.

What cannot have reached a backend is tried at the next endpoint; what may have, only if repeating it changes nothing.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from gatehouse.dataplane.answers.platform import can_carry
from gatehouse.dataplane.answers.refusal import (
    BACKEND_BROKEN,
    BACKEND_CLOSED,
    BACKEND_CONNECT_TIMEOUT,
    BACKEND_GARBLED,
    BACKEND_REFUSED,
    BACKEND_SECURITY_FAILED,
    BACKEND_TIMEOUT,
    BACKEND_TOO_LARGE,
    BACKEND_UNREACHABLE,
    BACKEND_UNSENT,
    ENDPOINTS_SUSPENDED,
    NO_ADDRESS,
    NO_MOCK,
    SEND_ABORTED,
)
from gatehouse.dataplane.call import Reply
from gatehouse.dataplane.endpoints import BY_COOKIE, sticky_cookie
from gatehouse.dataplane.knowledge.served import path_variables
from gatehouse.dataplane.mediate import HOP_BY_HOP
from gatehouse.domain.publishing.certificate import host_of
from gatehouse.domain.publishing.deployed import Endpoint, EndpointKind
from gatehouse.ports.backends import (
    IDEMPOTENT,
    BackendClosed,
    BackendConnectTimeout,
    BackendFailed,
    BackendForbidden,
    BackendRequest,
    BackendSecurityFailed,
    BackendTimeout,
    BackendTooLarge,
    Invocation,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.endpoints import EndpointChoice
    from gatehouse.dataplane.evidence import Outbound
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.publishing.deployed import EndpointGroup
    from gatehouse.ports.backends import BackendReply, Backends, Functions
    from gatehouse.ports.world import Clock

RETRY_PAUSE_MAX_SECONDS = 2.0
SHORTEST_SECONDS = 0.05

_PATH_SAFE = "/:@!$&'()*+,;=~%"
_VARIABLE = "{uri.var."
_TLS = "https:"

_REFUSALS: dict[type, Refusal] = {
    BackendTimeout: BACKEND_TIMEOUT,
    BackendConnectTimeout: BACKEND_CONNECT_TIMEOUT,
    BackendForbidden: BACKEND_REFUSED,
    BackendTooLarge: BACKEND_TOO_LARGE,
    BackendSecurityFailed: BACKEND_SECURITY_FAILED,
}
_CLOSED = {one.code: one for one in (BACKEND_UNSENT, BACKEND_BROKEN, BACKEND_CLOSED, BACKEND_GARBLED)}
"""How a connection may end too soon, by the code of its failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarder:
    """Sends calls on. `seconds` is how long a call may take from its arrival to its backend's answer.

    `connect_seconds` and `read_seconds` hold where an endpoint does not say otherwise.
    """

    catalogue: Catalogue
    backends: Backends
    functions: Functions
    choice: EndpointChoice
    clock: Clock
    seconds: float
    connect_seconds: float
    read_seconds: float
    pause: Callable[[float], None]

    def __call__(self, call: Call, outbound: Outbound, notes: dict[str, Any]) -> Reply | Refusal:
        """The backend's reply. The refusals are its failures; `notes` is told why, in words that are for the log only."""
        try:
            return self._answered(call, outbound)
        except BackendFailed as failed:
            if why := str(failed):
                notes["backend_failure"] = why
            return _refusal(failed)

    def _answered(self, call: Call, outbound: Outbound) -> Reply | Refusal:
        """The backend's reply. Raises a BackendFailed."""
        group = outbound.admission.grant.endpoints
        match group.kind:
            case EndpointKind.MOCK:
                return self._mocked(outbound)
            case EndpointKind.LAMBDA:
                return self._invoked(outbound, group)
            case EndpointKind.DYNAMIC:
                url = outbound.message.url
                return self._sent(call, outbound, group, [Endpoint(url=url)]) if url else NO_ADDRESS
            case _:
                members = self.choice.order(group, call)
                return self._sent(call, outbound, group, members) if members else ENDPOINTS_SUSPENDED

    def _sent(self, call: Call, outbound: Outbound, group: EndpointGroup, members: list[Endpoint]) -> Reply | Refusal:
        failure = BackendFailed()
        if self._left(call) <= 0:
            return SEND_ABORTED
        for endpoint in members:
            for attempt in range(1 + endpoint.retries):
                if attempt:
                    self.pause(min(endpoint.retry_delay_seconds, RETRY_PAUSE_MAX_SECONDS))
                try:
                    answer = self.backends.send(self._request(call, outbound, group, endpoint))
                except BackendFailed as failed:
                    failure = failed
                    if not self._may_repeat(call, outbound, failed):
                        self.choice.failed(endpoint, failed.code)
                        raise
                    if endpoint.retry_codes and failed.code not in endpoint.retry_codes:
                        break
                else:
                    self.choice.succeeded(endpoint)
                    if not can_carry(answer.body):
                        return BACKEND_TOO_LARGE
                    return _reply(answer, sticky_cookie(group, endpoint) if group.sticky == BY_COOKIE else "")
            self.choice.failed(endpoint, failure.code)
        raise failure

    def _may_repeat(self, call: Call, outbound: Outbound, failed: BackendFailed) -> bool:
        if self._left(call) <= 0:
            return False
        return not failed.sent or outbound.message.method in IDEMPOTENT

    def _left(self, call: Call) -> float:
        return call.received_at + self.seconds - self.clock.now()

    def _request(self, call: Call, outbound: Outbound, group: EndpointGroup, endpoint: Endpoint) -> BackendRequest:
        message = outbound.message
        left = max(SHORTEST_SECONDS, self._left(call))
        url = _url(outbound, group, message.url or endpoint.url)
        return BackendRequest(
            method=message.method,
            url=url,
            headers=_joined(message.headers),
            body=message.body,
            connect_seconds=min(endpoint.connect_seconds or self.connect_seconds, left),
            read_seconds=min(endpoint.read_seconds or self.read_seconds, left),
            security=group.security,
            trusted=self._trusted(outbound, url),
            client_certificate=group.client_certificate,
        )

    def _trusted(self, outbound: Outbound, url: str) -> tuple[str, ...]:
        """The certificates of the endpoint's host; whoever is asked without TLS shows none."""
        if url[: len(_TLS)].lower() != _TLS:
            return ()
        return self.catalogue.trusted(outbound.admission.grant.caller.target.api.deployed.tenant, host_of(url))

    def _mocked(self, outbound: Outbound) -> Reply | Refusal:
        mock = self.catalogue.mocked(outbound.admission.grant.caller.target)
        if mock is None:
            return NO_MOCK
        headers = tuple((str(name), str(value)) for name, value in dict(mock["headers"]).items())
        return Reply(status=int(mock["status"]), headers=headers, body=str(mock["body"]).encode())

    def _invoked(self, outbound: Outbound, group: EndpointGroup) -> Reply:
        operation = outbound.admission.grant.caller.target.operation
        invocation = Invocation(
            function=operation.function,
            payload=_event(outbound),
            seconds=operation.function_seconds,
            access=group.function_access,
            assumed_role=group.assumed_role,
        )
        return _reply(self.functions.invoke(invocation), "")


def _joined(headers: list[tuple[str, str]]) -> dict[str, str]:
    """Repeated headers as one (RFC 9110 §5.3)."""
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _url(outbound: Outbound, group: EndpointGroup, base: str) -> str:
    target = outbound.admission.grant.caller.target
    message = outbound.message
    if _VARIABLE in base:
        for name, value in path_variables(target.operation.target, target.suffix).items():
            base = base.replace(f"{_VARIABLE}{name}}}", quote(value, safe=""))
    address, _, own = base.partition("?")
    path = "" if group.kind is EndpointKind.ADDRESS or message.url else quote(message.path, safe=_PATH_SAFE)
    query = f"{own}&{message.query}" if own and message.query else own or message.query
    return f"{address}{path}{'?' if query else ''}{query}"


def _event(outbound: Outbound) -> bytes:
    """What a function behind an API is told: the properties of API Gateway's proxy event that describe the request."""
    target = outbound.admission.grant.caller.target
    message = outbound.message
    event: dict[str, object] = {
        "httpMethod": message.method,
        "path": message.path,
        "headers": _joined(message.headers),
        "pathParameters": path_variables(target.operation.target, target.suffix),
        "queryStringParameters": dict(parse_qsl(message.query, keep_blank_values=True)),
    }
    try:
        event |= {"body": message.body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        event |= {"body": base64.b64encode(message.body).decode(), "isBase64Encoded": True}
    return json.dumps(event).encode()


def _reply(answer: BackendReply, cookie: str) -> Reply:
    nominated = {
        name.strip().lower()
        for known, value in answer.headers
        if known.lower() == "connection"
        for name in value.split(",")
    }
    headers = tuple(
        (name, value)
        for name, value in answer.headers
        if (lower := name.lower()) not in HOP_BY_HOP and lower not in nominated
    )
    if cookie:
        headers = (*headers, ("set-cookie", cookie))
    return Reply(status=answer.status, headers=headers, body=answer.body)


def _refusal(failed: BackendFailed) -> Refusal:
    if isinstance(failed, BackendClosed):
        return _CLOSED[failed.code]
    return next((_REFUSALS[kind] for kind in type(failed).__mro__ if kind in _REFUSALS), BACKEND_UNREACHABLE)
