"""A message is a request as it goes over the wire (RFC 9112 §3): head and body, framed by us and by nobody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatehouse.ports.backends import BackendFailed

if TYPE_CHECKING:
    from gatehouse.ports.backends import BackendRequest

TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""RFC 9110 §5.6.2: what names of methods and headers are made of."""

_FRAMING = frozenset({"content-length", "transfer-encoding"})
_BODILESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})
"""Methods for which an empty body needs no content-length of 0 (RFC 9110 §8.6)."""

_TUNNEL = "CONNECT"
_SPLITTING = re.compile(r"[\r\n\0]")


def written(request: BackendRequest, authority: str, target: str) -> bytes:
    """The bytes to send. Raises BackendFailed for what would be read as something else than it is."""
    method = request.method
    if TOKEN.fullmatch(method) is None or method.upper() == _TUNNEL:
        raise BackendFailed("the method cannot be sent")
    lines = [f"{method} {target} HTTP/1.1"]
    named = False
    for name, value in request.headers.items():
        if TOKEN.fullmatch(name) is None or _SPLITTING.search(value) is not None:
            raise BackendFailed("a header cannot be sent")
        lower = name.lower()
        if lower in _FRAMING:
            continue
        named = named or lower == "host"
        lines.append(f"{name}: {value}")
    if not named:
        lines.insert(1, f"host: {authority}")
    if request.body or method not in _BODILESS:
        lines.append(f"content-length: {len(request.body)}")
    lines.append("\r\n")
    return _encoded(lines) + request.body


def _encoded(lines: list[str]) -> bytes:
    """Latin-1 is what header bytes are; a line with characters beyond it goes out in UTF-8."""
    try:
        return "\r\n".join(lines).encode("latin-1")
    except UnicodeEncodeError:
        return b"\r\n".join(_line(line) for line in lines)


def _line(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", errors="replace")
