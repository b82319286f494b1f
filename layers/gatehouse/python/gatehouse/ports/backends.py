"""Backends: the services behind the APIs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.publishing.deployed import EndpointSecurity, ShownCertificate


IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
"""RFC 9110 §9.2.2: sent twice, the effect is that of once."""

SUCCESS = range(200, 300)
"""The statuses of replies that did what was asked (RFC 9110 §15.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRequest:
    """What is sent. `url` is absolute and encoded; header names are lower case, without hop-by-hop ones.

    Time-outs of 0 are the stage's. `trusted` are PEM certificates trusted for this host besides the public authorities.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    connect_seconds: float = 0.0
    read_seconds: float = 0.0
    security: EndpointSecurity | None = None
    trusted: tuple[str, ...] = ()
    client_certificate: ShownCertificate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendReply:
    """What came back, undecoded: header order and repetitions are kept."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class BackendFailed(Exception):
    """No reply. `code` is WSO2's transport code, which retry and suspension lists name.

    `sent` is False when the request cannot have reached the backend, so that it may safely be sent again.
    """

    code = "101503"
    sent = False


class BackendUnreachable(BackendFailed):
    """The connection was refused, the name does not resolve, or TLS could not be agreed on."""


class BackendForbidden(BackendFailed):
    """The address may not be called: loopback, link-local, metadata or private, and this stage does not allow it."""


class BackendClosed(BackendFailed):
    """The backend closed the connection before the reply was complete."""

    code = "101505"
    sent = True


class BackendUnsent(BackendClosed):
    """It closed before the request had left completely."""

    code = "101500"


class BackendBroken(BackendClosed):
    """The connection was torn down while the reply was awaited or read."""

    code = "101501"


class BackendGarbled(BackendClosed):
    """What came was not HTTP."""

    code = "101506"


class BackendConnectTimeout(BackendFailed):
    """Connecting took longer than the connect time-out."""

    code = "101508"


class BackendTimeout(BackendFailed):
    """The reply took longer than the read time-out."""

    code = "101504"
    sent = True


class BackendTooLarge(BackendFailed):
    """The reply is larger than the platform can pass on."""

    code = "101510"
    sent = True


class BackendSecurityFailed(BackendFailed):
    """The backend's token endpoint gave no token."""

    code = "101507"


class Backends(Protocol):
    """Sends one request, once. Redirects are the client's business."""

    def send(self, request: BackendRequest) -> BackendReply:
        """The reply. Raises a BackendFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A call of an AWS Lambda function. `access` None is the gateway's own role."""

    function: str  # name or ARN
    payload: bytes
    seconds: float = 0.0
    access: EndpointSecurity | None = None
    assumed_role: str = ""


class Functions(Protocol):
    """Invokes AWS Lambda functions, synchronously."""

    def invoke(self, invocation: Invocation) -> BackendReply:
        """The function's answer as an HTTP reply (proxy format where it has one). Raises a BackendFailed."""
        ...
