"""The reader: bytes from a backend become a reply (RFC 9112 §6, §7), or a failure, whatever they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatehouse.adapters.backends.head import LINE_MAX, Head, parsed
from gatehouse.ports.backends import BackendClosed, BackendGarbled, BackendReply, BackendTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD_MAX_BYTES = 64 * 1024
ENVELOPE_BYTES = 64 * 1024
"""Left for status, headers and the JSON around them."""

BODY_MAX_BYTES = 6 * 1024 * 1024 - ENVELOPE_BYTES
"""Lambda answers with 6 MB at most."""

INTERIM_MAX = 16
"""Interim replies (1xx) before the real one."""

_END = b"\r\n\r\n"
_START = b"HTTP/1."
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")

_FINAL = 200
_SWITCHING = 101
_WITHOUT_BODY = frozenset({204, 304})


class Reader:
    """Reads one reply. `receive` gives the next bytes, empty at the end, and raises BackendFailed.

    `started` tells whether a byte came; `reusable`, after `read`, whether the connection can take another request, and
    `idle_seconds` how long the backend announced to wait for it.
    """

    __slots__ = ("_buffer", "_receive", "idle_seconds", "reusable", "started")

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self._buffer = bytearray()
        self.started = False
        self.reusable = False
        self.idle_seconds: float | None = None

    def read(self, method: str) -> BackendReply:
        """The reply to a request of this method, byte for byte. Raises a BackendFailed."""
        head = self._final_head()
        persistent = head.persistent
        if method == "HEAD" or head.status in _WITHOUT_BODY:
            body = b""
        elif head.chunked:
            body = self._chunked()
        elif head.length is not None:
            body = self._exactly(head.length)
        else:
            body = self._until_the_end()
            persistent = False
        # Bytes that nobody asked for would be taken for the next reply.
        self.reusable = persistent and not self._buffer
        self.idle_seconds = head.idle_seconds
        return BackendReply(status=head.status, headers=head.headers, body=body)

    def _final_head(self) -> Head:
        for _ in range(INTERIM_MAX + 1):
            head = self._head()
            if head.status >= _FINAL:
                return head
            if head.status == _SWITCHING:
                break
        raise BackendGarbled("the backend switched protocols, or gave interim replies only")

    def _head(self) -> Head:
        buffer = self._buffer
        end = buffer.find(_END)
        while end < 0:
            searched = len(buffer)
            if searched > HEAD_MAX_BYTES:
                raise BackendTooLarge("the reply's headers are too large")
            self._fill()
            if buffer[: len(_START)] != _START[: len(buffer)]:
                raise BackendGarbled("what came is not HTTP/1.1")
            end = buffer.find(_END, max(0, searched - len(_END)))
        if end > HEAD_MAX_BYTES:
            raise BackendTooLarge("the reply's headers are too large")
        head = parsed(buffer[:end].decode("latin-1"))
        del buffer[: end + len(_END)]
        return head

    def _exactly(self, length: int) -> bytes:
        if length > BODY_MAX_BYTES:
            raise BackendTooLarge("the reply's body is too large")
        return self._take(length)

    def _until_the_end(self) -> bytes:
        while len(self._buffer) <= BODY_MAX_BYTES:
            received = self._receive()
            if not received:
                return self._take(len(self._buffer))
            self._buffer += received
        raise BackendTooLarge("the reply's body is too large")

    def _chunked(self) -> bytes:
        body = bytearray()
        while size := self._chunk_size():
            if len(body) + size > BODY_MAX_BYTES:
                raise BackendTooLarge("the reply's body is too large")
            body += self._take(size)
            if self._take(2) != b"\r\n":
                raise BackendGarbled("the reply has a malformed chunk")
        trailers = 0
        while line := self._line():
            trailers += len(line)
            if trailers > HEAD_MAX_BYTES:
                raise BackendTooLarge("the reply's trailers are too large")
        return bytes(body)

    def _chunk_size(self) -> int:
        match = _CHUNK.fullmatch(self._line())
        if match is None:
            raise BackendGarbled("the reply has a malformed chunk")
        return int(match[1], 16)

    def _line(self) -> bytes:
        end, searched = self._buffer.find(b"\r\n"), len(self._buffer)
        while end < 0:
            if searched > LINE_MAX:
                raise BackendTooLarge("the reply has too long a line")
            self._fill()
            end, searched = self._buffer.find(b"\r\n", max(0, searched - 1)), len(self._buffer)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._fill()
        with memoryview(self._buffer) as view:
            taken = bytes(view[:count])
        del self._buffer[:count]
        return taken

    def _fill(self) -> None:
        received = self._receive()
        if not received:
            raise BackendClosed("the connection closed before the reply was complete")
        self.started = True
        self._buffer += received
