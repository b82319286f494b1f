"""HTTP in and out of the gateway: events of payload format 2.0, from an HTTP API or a Function URL.

The front door decodes percent-encoded paths before the function sees them (docs/guides/gateway.md).
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.call import Call, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_COOKIE = "set-cookie"
_CORRELATION = "activityid"
_PLAIN = re.compile(r"[A-Za-z0-9._:\-]{1,128}")
"""What a correlation id may look like: it goes into logs and headers."""


def call_of(event: Mapping[str, Any], received_at: float) -> Call:
    """The call in an event. Cookies come in a list of their own (HTTP API) or as a header (others)."""
    context = event["requestContext"]
    http = context["http"]
    body = event.get("body") or ""
    headers = {_encodable(name.lower()): _encodable(value) for name, value in event.get("headers", {}).items()}
    if cookies := event.get("cookies"):
        headers["cookie"] = "; ".join(cookies)
    return Call(
        id=context.get("requestId", ""),
        received_at=received_at,
        method=http["method"],
        path=_encodable(event["rawPath"]),
        query=_encodable(event.get("rawQueryString", "")),
        headers=headers,
        body=base64.b64decode(body) if event.get("isBase64Encoded") else _encodable(body).encode(),
        source_ip=http.get("sourceIp", ""),
        client_certificate=_client_certificate(context),
        correlation_id=headers.get(_CORRELATION, "") if _PLAIN.fullmatch(headers.get(_CORRELATION, "")) else "",
    )


def _client_certificate(context: Mapping[str, Any]) -> str:
    """What a front door that asks for certificates says of its connection: PEM, "" when there was none."""
    authentication = context.get("authentication") or {}
    return (authentication.get("clientCert") or {}).get("clientCertPem") or ""


def _encodable(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can hold and no URL can."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def response_of(reply: Reply) -> dict[str, Any]:
    """The answer Lambda gives the front door. A body that is not UTF-8 text goes out in base64; bytes stay as they are."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in reply.headers:
        key = name.lower()
        if key == _COOKIE:
            cookies.append(value)
        else:
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
    headers.pop("content-length", None)
    response: dict[str, Any] = {"statusCode": reply.status, "headers": headers, "cookies": cookies}
    try:
        response |= {"body": reply.body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        response |= {"body": base64.b64encode(reply.body).decode(), "isBase64Encoded": True}
    return response
