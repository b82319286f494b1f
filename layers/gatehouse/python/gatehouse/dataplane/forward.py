"""Forward: an admitted call goes to its backend, and the backend's answer goes back.

What identifies the caller to us (the token, identity headers) never reaches the backend, and no header from outside can
pretend to be one of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from gatehouse.dataplane.call import Reply
from gatehouse.dataplane.refusal import (
    BACKEND_CLOSED,
    BACKEND_CONNECT_TIMEOUT,
    BACKEND_REFUSED,
    BACKEND_TIMEOUT,
    BACKEND_UNREACHABLE,
)
from gatehouse.ports.backends import (
    BackendClosed,
    BackendConnectTimeout,
    BackendFailed,
    BackendForbidden,
    BackendRequest,
    BackendTimeout,
)

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Admission, Grant
    from gatehouse.dataplane.refusal import Refusal
    from gatehouse.ports.backends import Backends

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""RFC 9110 §7.6.1: they belong to one connection."""

NEVER_FORWARDED = HOP_BY_HOP | {
    "host",
    "content-length",
    "expect",
    "apikey",
    "internal-key",
    "x-jwt-assertion",
    "x-wso2-client-certificate",
    "x-gatehouse-request-id",
}

_PATH_SAFE = "/:@!$&'()*+,;=~%"


def forward(call: Call, admission: Admission, backends: Backends) -> Reply | Refusal:
    """Send the call on. The refusals are the backend's failures."""
    try:
        answer = backends.send(_request(call, admission.grant))
    except BackendFailed as failure:
        return _failure(failure)
    headers = tuple((name, value) for name, value in answer.headers if name.lower() not in HOP_BY_HOP)
    return Reply(status=answer.status, headers=headers, body=answer.body)


def _request(call: Call, grant: Grant) -> BackendRequest:
    target = grant.caller.target
    credential = target.api.deployed.authorization_header.lower()
    nominated = {name.strip().lower() for name in call.headers.get("connection", "").split(",")}
    headers = {
        name: value
        for name, value in call.headers.items()
        if name not in NEVER_FORWARDED and name not in nominated and name not in {credential, "authorization"}
    }
    headers["x-gatehouse-request-id"] = call.id
    query = f"?{call.query}" if call.query else ""
    url = f"{grant.endpoint}{quote(target.suffix, safe=_PATH_SAFE)}{query}"
    return BackendRequest(method=call.method, url=url, headers=headers, body=call.body)


def _failure(failure: BackendFailed) -> Refusal:
    match failure:
        case BackendTimeout():
            return BACKEND_TIMEOUT
        case BackendConnectTimeout():
            return BACKEND_CONNECT_TIMEOUT
        case BackendClosed():
            return BACKEND_CLOSED
        case BackendForbidden():
            return BACKEND_REFUSED
        case _:
            return BACKEND_UNREACHABLE
