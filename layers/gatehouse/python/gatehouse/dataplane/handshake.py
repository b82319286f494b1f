"""A WebSocket handshake is a GET that asks to go on in another protocol (RFC 6455 §4.1).

Calls over HTTP are answered over HTTP (RFC 9110 §7.8). What is looked at all the same is the origin: browsers hold no page to
CORS when it opens a WebSocket, so whoever answers must (RFC 6455 §10.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.cors import origin_headers
from gatehouse.dataplane.answers.refusal import AUTHENTICATION_DOWN, HANDSHAKE_DOWN

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.domain.publishing.deployed import Cors

_UPGRADE = "upgrade"
_WEBSOCKET = "websocket"


def is_handshake(call: Call) -> bool:
    """Whether the call asks for a WebSocket."""
    wanted = call.headers.get(_UPGRADE)
    if wanted is None or call.method != "GET":
        return False
    return _WEBSOCKET in _tokens(wanted) and _UPGRADE in _tokens(call.headers.get("connection", ""))


def is_barred(call: Call, cors: Cors | None) -> bool:
    """Whether the call is the handshake of a page whose origin may not. Who names no origin is no browser."""
    if _UPGRADE not in call.headers or cors is None:
        return False
    return "origin" in call.headers and is_handshake(call) and not origin_headers(call, cors)


def unchecked(call: Call) -> Refusal:
    """What a call is told that could not be checked."""
    return HANDSHAKE_DOWN if is_handshake(call) else AUTHENTICATION_DOWN


def _tokens(value: str) -> list[str]:
    return [token.strip().lower() for token in value.split(",")]
