"""OAuth 2.0 to a backend: a token from its token endpoint (RFC 6749 §4.3, §4.4), used until shortly before it expires."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from gatehouse.adapters.backends.security.exchange import UNAUTHORIZED, basic_credentials, with_headers
from gatehouse.ports.backends import BackendFailed, BackendRequest, BackendSecurityFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.adapters.backends.security.exchange import Exchange
    from gatehouse.domain.publishing.deployed import EndpointSecurity
    from gatehouse.ports.backends import BackendReply

TOKENS = 100
"""Endpoints whose token is remembered."""

TOKEN_SECONDS = 300.0
"""How long a token is used whose endpoint does not say."""

MARGIN_SECONDS = 30.0
"""A token is renewed so long before it expires, or a tenth of its life before when that is less."""

_PASSWORD = "PASSWORD"
_OK = 200
_SENDABLE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    until: float  # wall time


class OAuth:
    """Sends requests with access tokens. `now` is wall time."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._tokens: dict[EndpointSecurity, _Token] = {}

    def send(self, request: BackendRequest, security: EndpointSecurity, exchange: Exchange) -> BackendReply:
        """The reply. When the backend refuses a token that was kept, a new one gets one more chance.

        Raises BackendSecurityFailed without a token, else as the exchange does.
        """
        kept = self._tokens.get(security)
        if kept is not None and self._now() < kept.until:
            reply = exchange(_with_token(request, kept))
            if reply.status != UNAUTHORIZED:
                return reply
        return exchange(_with_token(request, self._renewed(request, security, exchange)))

    def _renewed(self, request: BackendRequest, security: EndpointSecurity, exchange: Exchange) -> _Token:
        token = _read(_ask(request, security, exchange), self._now())
        with self._lock:
            self._tokens.pop(security, None)
            self._tokens[security] = token
            if len(self._tokens) > TOKENS:
                del self._tokens[next(iter(self._tokens))]
        return token


def _with_token(request: BackendRequest, token: _Token) -> BackendRequest:
    return with_headers(request, authorization=f"Bearer {token.value}")


def _ask(request: BackendRequest, security: EndpointSecurity, exchange: Exchange) -> BackendReply:
    form = [("grant_type", "client_credentials")]
    if security.grant_type.upper() == _PASSWORD:
        form = [("grant_type", "password"), ("username", security.username), ("password", security.password)]
    question = BackendRequest(
        method="POST",
        url=security.token_url,
        headers={
            "accept": "application/json",
            "authorization": basic_credentials(security.client_id, security.client_secret),
            "content-type": "application/x-www-form-urlencoded",
        },
        body=urlencode([*form, *security.parameters]).encode("ascii"),
        connect_seconds=request.connect_seconds,
        read_seconds=request.read_seconds,
        trusted=request.trusted,
    )
    try:
        reply = exchange(question)
    except BackendFailed as failure:
        raise BackendSecurityFailed(f"the token endpoint gave no reply: {failure}") from failure
    if reply.status != _OK:
        raise BackendSecurityFailed(f"the token endpoint answered {reply.status}")
    return reply


def _read(reply: BackendReply, now: float) -> _Token:
    """The token of a reply (RFC 6749 §5.1)."""
    body = _json(reply.body)
    value = body.get("access_token")
    if not isinstance(value, str) or _SENDABLE.fullmatch(value) is None:
        raise BackendSecurityFailed("the token endpoint answered without a token")
    seconds = _seconds(body.get("expires_in"))
    return _Token(value, now + seconds - min(MARGIN_SECONDS, seconds / 10))


def _json(body: bytes) -> dict[str, Any]:
    # Without cause and text: they would hold what may be a token.
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise BackendSecurityFailed("the token endpoint answered something else than a JSON object")
    return document


def _seconds(value: object) -> float:
    """Lifetimes are numbers, though some endpoints write them as text."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else TOKEN_SECONDS
    except (ValueError, OverflowError):
        return TOKEN_SECONDS
    return seconds if 0 < seconds < float("inf") else 0.0
