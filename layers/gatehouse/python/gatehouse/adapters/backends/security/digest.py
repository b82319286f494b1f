"""Digest authentication (RFC 7616): the password is never sent, only that we know it.

A backend's nonce is used again, counted, until the backend asks for another; so only the first request is sent twice.
"""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.adapters.backends.address import split
from gatehouse.adapters.backends.security.challenge import challenges
from gatehouse.adapters.backends.security.exchange import UNAUTHORIZED, with_headers

if TYPE_CHECKING:
    from gatehouse.adapters.backends.security.challenge import Challenge
    from gatehouse.adapters.backends.security.exchange import Exchange
    from gatehouse.domain.publishing.deployed import EndpointSecurity
    from gatehouse.ports.backends import BackendReply, BackendRequest

NONCES = 100
"""Backends whose nonce is remembered."""

_ALGORITHMS = {"sha-256": "sha256", "md5": "md5"}  # the strongest first
_SESSION = "-sess"
_CLIENT_NONCE_BYTES = 16


@dataclass(slots=True)
class _Nonce:
    """What a challenge gave us, and how often it was used."""

    parameters: dict[str, str]
    algorithm: str  # as the backend wrote it, "" when it did not
    counted: bool  # with quality of protection `auth`; without, as in RFC 2069
    uses: int = 0


class Digest:
    """Sends requests with digest authentication."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._nonces: dict[tuple[object, EndpointSecurity], _Nonce] = {}

    def send(self, request: BackendRequest, security: EndpointSecurity, exchange: Exchange) -> BackendReply:
        """The reply, after one challenge at most. Raises a BackendFailed."""
        address, target = split(request.url)
        key = (address, security)
        nonce = self._nonces.get(key)
        first = request
        if nonce is not None:
            first = with_headers(request, authorization=self._proof(nonce, security, request.method, target))
        reply = exchange(first)
        if reply.status != UNAUTHORIZED:
            return reply
        nonce = _strongest(reply)
        self._remember(key, nonce)
        if nonce is None:
            return reply
        reply = exchange(with_headers(request, authorization=self._proof(nonce, security, request.method, target)))
        if reply.status == UNAUTHORIZED:
            self._remember(key, None)
        return reply

    def _remember(self, key: tuple[object, EndpointSecurity], nonce: _Nonce | None) -> None:
        with self._lock:
            self._nonces.pop(key, None)
            if nonce is not None:
                self._nonces[key] = nonce
                if len(self._nonces) > NONCES:
                    del self._nonces[next(iter(self._nonces))]

    def _proof(self, nonce: _Nonce, security: EndpointSecurity, method: str, target: str) -> str:
        with self._lock:
            nonce.uses += 1
            uses = nonce.uses
        return _proof(nonce, uses, security, method, target)


def _strongest(reply: BackendReply) -> _Nonce | None:
    """The best digest challenge that we can answer."""
    found = [nonce for challenge in challenges(reply) if (nonce := _nonce(challenge)) is not None]
    order = list(_ALGORITHMS)
    return min(found, key=lambda nonce: order.index(_plain(nonce.algorithm)), default=None)


def _nonce(challenge: Challenge) -> _Nonce | None:
    parameters = challenge.parameters
    if challenge.scheme != "digest" or "nonce" not in parameters or "realm" not in parameters:
        return None
    algorithm = parameters.get("algorithm", "")
    qualities = {quality.strip().lower() for quality in parameters.get("qop", "").split(",")} - {""}
    if _plain(algorithm) not in _ALGORITHMS or (qualities and "auth" not in qualities):
        return None
    return _Nonce(parameters, algorithm, counted=bool(qualities))


def _plain(algorithm: str) -> str:
    return algorithm.lower().removesuffix(_SESSION) or "md5"


def _proof(nonce: _Nonce, uses: int, security: EndpointSecurity, method: str, target: str) -> str:
    """The value of the Authorization header (RFC 7616 §3.4)."""
    parameters, realm = nonce.parameters, nonce.parameters["realm"]
    client_nonce, count = os.urandom(_CLIENT_NONCE_BYTES).hex(), f"{uses:08x}"

    def digest(*parts: str) -> str:
        text = ":".join(parts).encode()
        return hashlib.new(_ALGORITHMS[_plain(nonce.algorithm)], text, usedforsecurity=False).hexdigest()

    secret = digest(security.username, realm, security.password)
    if nonce.algorithm.lower().endswith(_SESSION):
        secret = digest(secret, parameters["nonce"], client_nonce)
    counted = (count, client_nonce, "auth") if nonce.counted else ()
    response = digest(secret, parameters["nonce"], *counted, digest(method, target))
    hashed = parameters.get("userhash", "").lower() == "true"
    fields = {
        "username": _quoted(digest(security.username, realm) if hashed else security.username),
        "realm": _quoted(realm),
        "nonce": _quoted(parameters["nonce"]),
        "uri": _quoted(target),
        "response": _quoted(response),
        "algorithm": nonce.algorithm,
        "opaque": _quoted(parameters["opaque"]) if "opaque" in parameters else "",
        "userhash": "true" if hashed else "",
    }
    if nonce.counted or nonce.algorithm.lower().endswith(_SESSION):
        fields |= {"cnonce": _quoted(client_nonce)}
    if nonce.counted:
        fields |= {"qop": "auth", "nc": count}
    return "Digest " + ", ".join(f"{name}={value}" for name, value in fields.items() if value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
