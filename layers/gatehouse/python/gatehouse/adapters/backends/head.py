"""The head of a reply (RFC 9112 §4, §5), read strictly: whoever guesses at framing can be lied to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gatehouse.adapters.backends.message import TOKEN
from gatehouse.ports.backends import BackendGarbled, BackendTooLarge

LINE_MAX = 16 * 1024
"""Characters of a line: one header, the status line, the size of a chunk."""

HEADERS_MAX = 200

_STATUS = re.compile(r"HTTP/1\.([01]) ([1-5][0-9]{2})(?: .*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_LENGTH = re.compile(r"[0-9]{1,15}")
_KEEP_ALIVE = re.compile(r"timeout\s*=\s*([0-9]{1,6})")
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})
_MARGIN_SECONDS = 1.0
"""The backend starts to count before we do."""


@dataclass(slots=True)
class Head:
    """Status and headers, and what they say about the body and the connection after it.

    `length` None without content-length. `idle_seconds` None when the backend does not say how long it will wait.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    length: int | None = None
    chunked: bool = False
    persistent: bool = True
    idle_seconds: float | None = None


def parsed(text: str) -> Head:
    """The head whose lines these are, without the empty one. Raises BackendGarbled, BackendTooLarge."""
    first, *lines = text.split("\r\n")
    status = _STATUS.fullmatch(first)
    if status is None or _CONTROL.search(first) is not None:
        raise BackendGarbled("what came is no HTTP/1.1 reply")
    if len(lines) > HEADERS_MAX:
        raise BackendTooLarge("the reply has too many headers")
    headers = []
    framing: dict[str, list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.strip(" \t")
        if not colon or TOKEN.fullmatch(name) is None or _CONTROL.search(value) is not None:
            raise BackendGarbled("the reply has a malformed header")
        if len(line) > LINE_MAX:
            raise BackendTooLarge("the reply has too long a header")
        headers.append((name, value))
        lower = name.lower()
        if lower in _FRAMING:
            framing.setdefault(lower, []).append(value)
    head = Head(int(status[2]), tuple(headers), persistent=status[1] == "1")
    if framing:
        _frame(head, framing)
    return head


def _frame(head: Head, framing: dict[str, list[str]]) -> None:
    lengths, codings = framing.get("content-length"), framing.get("transfer-encoding")
    if codings is not None:
        # Both, another coding, or one under HTTP/1.0: RFC 9112 §6.1 and §6.3 call it faulty framing.
        if lengths is not None or not head.persistent or [coding.lower() for coding in codings] != ["chunked"]:
            raise BackendGarbled("the reply's framing is ambiguous")
        head.chunked = True
    elif lengths is not None:
        if len(set(lengths)) != 1 or _LENGTH.fullmatch(lengths[0]) is None:
            raise BackendGarbled("the reply's length is ambiguous")
        head.length = int(lengths[0])
    options = {option.strip().lower() for value in framing.get("connection", ()) for option in value.split(",")}
    head.persistent = "close" not in options and (head.persistent or "keep-alive" in options)
    for value in framing.get("keep-alive", ()):
        if announced := _KEEP_ALIVE.search(value.lower()):
            head.idle_seconds = int(announced[1]) - _MARGIN_SECONDS
