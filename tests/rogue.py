"""Backends that tests make up: each answers with the very bytes it is told to, well-formed or not."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HEAD_END = b"\r\n\r\n"
RESET = b"reset"


@dataclass
class Seen:
    """One request as it came in."""

    head: str
    body: bytes

    @property
    def path(self) -> str:
        return self.head.split(" ", 2)[1]

    @property
    def headers(self) -> list[tuple[str, str]]:
        lines = self.head.split("\r\n")[1:]
        return [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")


@dataclass
class Rogue:
    """Listens on loopback until it is stopped. `answer` returns the bytes to send; the connection is closed after them.

    It may return several pieces, each sent when the one before is; `RESET` among them tears the connection down.
    """

    answer: Callable[[Seen], bytes | Iterable[bytes]]
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        """Refuse connections from now on: closing alone would leave the thread waiting for one more."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            received = b""
            while HEAD_END not in received:
                part = connection.recv(65_536)
                if not part:
                    return
                received += part
            head, _, body = received.partition(HEAD_END)
            request = Seen(head.decode("latin-1"), b"")
            length = int(request.header("content-length") or 0)
            while len(body) < length:
                body += connection.recv(65_536)
            request.body = body
            self.seen.append(request)
            answer = self.answer(request)
            for piece in [answer] if isinstance(answer, bytes) else answer:
                if piece is RESET:
                    # To close while nothing may linger is to reset (RFC 9293 §3.6.1, as Linux has it).
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                connection.sendall(piece)


def response(body: bytes = b"", *headers: tuple[str, str], status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body
