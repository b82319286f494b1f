"""A Lambda function's answer as a reply: in the proxy format of API Gateway where it has one, else as JSON."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.backends.message import TOKEN
from gatehouse.adapters.backends.reader import BODY_MAX_BYTES
from gatehouse.ports.backends import BackendGarbled, BackendReply, BackendTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

_OK = 200
_STATUSES = range(200, 600)
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_SPLITTING = re.compile(r"[\r\n\0]")
_JSON = ("content-type", "application/json")


def reply_of(payload: bytes) -> BackendReply:
    """The reply. Raises BackendGarbled for what is no JSON or breaks the format it claims, BackendTooLarge."""
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        raise BackendGarbled("the function's answer is no JSON") from None
    if not isinstance(document, dict) or "statusCode" not in document:
        return BackendReply(status=_OK, headers=(_JSON,), body=_bounded(payload))
    headers = tuple(_headers(document))
    if all(name.lower() != "content-type" for name, _ in headers):
        headers = (*headers, _JSON)
    return BackendReply(status=_status(document["statusCode"]), headers=headers, body=_bounded(_body(document)))


def _status(value: Any) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or int(text) not in _STATUSES:
        raise BackendGarbled("the function's answer has an impossible status")
    return int(text)


def _headers(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """`multiValueHeaders` win over `headers` of the same name; `cookies` are those of payload format 2.0."""
    repeated = _object(document, "multiValueHeaders")
    names = {name.lower() for name in repeated}
    pairs = [(name, value) for name, value in _object(document, "headers").items() if name.lower() not in names]
    pairs += [(name, value) for name, values in repeated.items() for value in _list(values)]
    pairs += [("set-cookie", cookie) for cookie in _list(document.get("cookies"))]
    for name, value in pairs:
        text = _text(value)
        if TOKEN.fullmatch(name) is None or _SPLITTING.search(text) is not None:
            raise BackendGarbled("the function's answer has a malformed header")
        if name.lower() not in _FRAMING:
            yield name, text


def _object(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    if value is not None and not isinstance(value, dict):
        raise BackendGarbled(f"the function's answer has malformed {name}")
    return value or {}


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _body(document: dict[str, Any]) -> bytes:
    body = document.get("body")
    if body is None:
        return b""
    try:
        if document.get("isBase64Encoded") is True:
            return base64.b64decode(_text(body), validate=True)
        return _text(body).encode()
    except (binascii.Error, ValueError):
        raise BackendGarbled("the function's answer has a malformed body") from None


def _bounded(body: bytes) -> bytes:
    if len(body) > BODY_MAX_BYTES:
        raise BackendTooLarge("the function's answer is too large")
    return body
