"""HTTP in and out of the gateway: events of payload format 2.0, from an HTTP API or a Function URL.

The front door decodes percent-encoded paths before the function sees them (docs/guides/gateway.md).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.answers.platform import as_text
from gatehouse.dataplane.call import Call, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_COOKIE = "set-cookie"
_CORRELATION = "activityid"
_PLAIN = re.compile(r"[A-Za-z0-9._:\-]{1,128}")
"""What a correlation id may look like: it goes into logs and headers."""


def call_of(event: Mapping[str, Any], received_at: float) -> Call:
    """The call in an event. Cookies come in a list of their own (HTTP API) or as a header (others).

    Who may invoke the function can send anything: what is missing is empty, and what cannot be read makes no failure.
    """
    context = _object(event.get("requestContext"))
    http = _object(context.get("http"))
    headers = {_text(name).lower(): _text(value) for name, value in _object(event.get("headers")).items()}
    if isinstance(cookies := event.get("cookies"), list) and cookies:
        headers["cookie"] = "; ".join(_text(cookie) for cookie in cookies)
    body, unreadable = _body(event)
    correlation = headers.get(_CORRELATION, "")
    return Call(
        id=_text(context.get("requestId")),
        received_at=received_at,
        method=_text(http.get("method")),
        path=_text(event.get("rawPath")),
        query=_text(event.get("rawQueryString")),
        headers=headers,
        body=body,
        source_ip=_text(http.get("sourceIp")),
        client_certificate=_client_certificate(context),
        correlation_id=correlation if _PLAIN.fullmatch(correlation) else "",
        unreadable=unreadable or ("" if http.get("method") else "it names no method"),
    )


def _body(event: Mapping[str, Any]) -> tuple[bytes, str]:
    """The body, and why it cannot be read ("" when it can)."""
    text = _text(event.get("body"))
    if not event.get("isBase64Encoded"):
        return text.encode(), ""
    try:
        return base64.b64decode(text), ""
    except (binascii.Error, ValueError):
        return b"", "its body is no base64"


def _client_certificate(context: Mapping[str, Any]) -> str:
    """What a front door that asks for certificates says of its connection: PEM, "" when there was none."""
    shown = _object(_object(context.get("authentication")).get("clientCert"))
    return _text(shown.get("clientCertPem"))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """A text that can be sent, without halves of surrogate pairs, which JSON can hold and no URL can; "" for what is none."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


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
    text = as_text(reply.body)
    if text is None:
        return {**response, "body": base64.b64encode(reply.body).decode(), "isBase64Encoded": True}
    return {**response, "body": text, "isBase64Encoded": False}
