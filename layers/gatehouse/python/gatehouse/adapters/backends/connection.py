"""A connection to a backend that stands: bytes out and in, and whether it can be used again."""

from __future__ import annotations

import select
import ssl
from typing import TYPE_CHECKING

from gatehouse.ports.backends import BackendBroken, BackendTimeout

if TYPE_CHECKING:
    import socket

    from gatehouse.adapters.backends.patience import Patience

RECEIVE_BYTES = 64 * 1024


class Connection:
    """One socket, used by one request at a time. `idle_until` is the pool's, in wall time."""

    __slots__ = ("_poll", "_socket", "idle_until")

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)
        self.idle_until = 0.0

    def send(self, data: bytes, patience: Patience) -> bool:
        """Whether everything was taken; False: the backend closed, though it may have answered. Raises BackendTimeout."""
        try:
            self._socket.settimeout(patience.silence())
            sent = self._socket.send(data)
            if sent < len(data):
                self._send_rest(memoryview(data)[sent:], patience)
        except TimeoutError as error:
            raise BackendTimeout("the backend does not take the request") from error
        except OSError:
            return False
        return True

    def _send_rest(self, rest: memoryview, patience: Patience) -> None:
        while rest:
            self._socket.settimeout(patience.silence())
            rest = rest[self._socket.send(rest) :]

    def receive(self, patience: Patience) -> bytes:
        """The next bytes, empty at the end. Raises BackendTimeout, BackendBroken."""
        try:
            self._socket.settimeout(patience.silence())
            return self._socket.recv(RECEIVE_BYTES)
        except TimeoutError as error:
            raise BackendTimeout("the backend is silent") from error
        except OSError as error:
            raise BackendBroken(f"the connection broke: {error}") from error

    def is_usable(self) -> bool:
        """Whether the backend has neither closed an idle connection nor said something that nobody asked for."""
        if not self._poll.poll(0):
            return True
        if not isinstance(self._socket, ssl.SSLSocket):
            return False
        try:
            self._socket.settimeout(0)
            self._socket.recv(1)
        except ssl.SSLWantReadError:
            return True  # session tickets of TLS 1.3, which come when the server likes
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close it, without ceremony and as often as you like."""
        self._socket.close()

    def __del__(self) -> None:
        self._socket.close()
