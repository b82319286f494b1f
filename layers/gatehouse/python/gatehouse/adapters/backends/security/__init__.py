"""Endpoint security: how the gateway proves itself to a backend, one module per kind.

A kind takes a request and the means to exchange one, and sends what it must: the request with its proof, the question for
a token first, or the request again when the backend asks for more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.backends.security.digest import Digest
from gatehouse.adapters.backends.security.oauth import OAuth
from gatehouse.adapters.backends.security.plain import with_api_key, with_basic
from gatehouse.adapters.backends.security.signature import Signature
from gatehouse.domain.publishing.deployed import SecurityKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session

    from gatehouse.adapters.backends.security.exchange import Exchange
    from gatehouse.ports.backends import BackendReply, BackendRequest


class Security:
    """Every kind. `now` is wall time; `session` has the credentials that sign when an endpoint has none of its own."""

    def __init__(self, now: Callable[[], float], session: Callable[[], Session]) -> None:
        self._digest = Digest()
        self._oauth = OAuth(now)
        self._signature = Signature(session)

    def send(self, request: BackendRequest, exchange: Exchange) -> BackendReply:
        """The reply to the request with the proof that its `security` describes. Raises a BackendFailed."""
        security = request.security
        if security is None:
            return exchange(request)
        match security.kind:
            case SecurityKind.BASIC:
                return exchange(with_basic(request, security))
            case SecurityKind.API_KEY:
                return exchange(with_api_key(request, security))
            case SecurityKind.DIGEST:
                return self._digest.send(request, security, exchange)
            case SecurityKind.OAUTH:
                return self._oauth.send(request, security, exchange)
            case SecurityKind.AWS:
                return exchange(self._signature.signed(request, security))
