"""External issuers over HTTP: the keys they publish, and what they say of a token. Called like backends, with less patience.

The client of backends is what guards the addresses. What comes back is somebody else's: it is bounded, and an answer that
is not understood is no answer.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from gatehouse.adapters.outward.client import ASKING, Outward
from gatehouse.domain.errors import Unavailable
from gatehouse.ports.backends import BackendFailed, BackendRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.tokens.issuer import Introspection
    from gatehouse.ports.tokens.tokens import Jwk

CONNECT_SECONDS = 1.5
READ_SECONDS = 2.0
ANSWER_SECONDS = 3.0
"""From asking to the last byte; a call waits for it."""

KEYS_BYTES_MAX = 256 * 1024
KEYS_MAX = 100
CLAIMS_BYTES_MAX = 64 * 1024

_OK = 200
_FORM = {**ASKING, "content-type": "application/x-www-form-urlencoded"}
_NO_ACCESS_TOKENS = frozenset({"refresh", "refresh_token", "id", "id_token"})


class HttpIssuers:
    """Implements `tokens.tokens.KeySource` and `tokens.tokens.Introspector`. `internal_allowed` is for the local stack."""

    def __init__(self, *, internal_allowed: bool) -> None:
        self._outward = Outward(
            connect_seconds=CONNECT_SECONDS,
            read_seconds=READ_SECONDS,
            answer_seconds=ANSWER_SECONDS,
            internal_allowed=internal_allowed,
        )

    def keys(self, url: str) -> Sequence[Jwk]:
        """The public keys of a JWK set. Raises Unavailable."""
        request = BackendRequest(method="GET", url=url, headers=dict(ASKING), body=b"")
        keys = self._answer(request, KEYS_BYTES_MAX).get("keys")
        if not isinstance(keys, list) or len(keys) > KEYS_MAX:
            raise Unavailable(cause="the issuer's keys are no JWK set, or too many")
        return [key for key in keys if isinstance(key, dict)]

    def introspect(self, where: Introspection, token: str) -> Mapping[str, Any] | None:
        """What the issuer says of an active access token; None when it is not one. Raises Unavailable."""
        headers = dict(_FORM)
        if where.username:
            proof = base64.b64encode(f"{where.username}:{where.password}".encode()).decode()
            headers["authorization"] = f"Basic {proof}"
        form = urlencode({"token": token, "token_type_hint": "access_token"}).encode()
        said = self._answer(BackendRequest(method="POST", url=where.url, headers=headers, body=form), CLAIMS_BYTES_MAX)
        return said if said.get("active") is True and _is_access_token(said) else None

    def _answer(self, request: BackendRequest, bytes_max: int) -> dict[str, Any]:
        try:
            reply = self._outward.send(request)
        except BackendFailed as error:
            raise Unavailable(cause=str(error)) from error
        if reply.status != _OK or len(reply.body) > bytes_max:
            raise Unavailable(cause="the issuer gave another answer than asked for", status=reply.status)
        try:
            document = json.loads(reply.body)
        except (ValueError, RecursionError) as error:
            raise Unavailable(cause="the issuer's answer is no JSON") from error
        if not isinstance(document, dict):
            raise Unavailable(cause="the issuer's answer is no object")
        return document


def _is_access_token(said: Mapping[str, Any]) -> bool:
    """Issuers confirm refresh tokens too, and few say so; those that do are believed."""
    kinds = (said.get(name) for name in ("token_type", "token_use", "typ"))
    return not any(isinstance(kind, str) and kind.lower() in _NO_ACCESS_TOKENS for kind in kinds)
