"""A connection to a backend that stands: bytes out and in, and whether it can be used again."""

from __future__ import annotations

import select
import ssl
from typing import TYPE_CHECKING

from gatehouse.ports.backends import BackendBroken, BackendTimeout, BackendUnreachable

if TYPE_CHECKING:
    import socket

    from gatehouse.adapters.backends.patience import Patience

RECEIVE_BYTES = 64 * 1024


class Connection:
    """One socket, used by one request at a time. `idle_until` is the pool's, in wall time."""

    __slots__ = ("_heard", "_poll", "_socket", "idle_until")

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)
        self._heard = False
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
        """The next bytes, empty at the end. Raises BackendTimeout, BackendBroken, and BackendUnreachable when it was refused."""
        try:
            self._socket.settimeout(patience.silence())
            received = self._socket.recv(RECEIVE_BYTES)
        except TimeoutError as error:
            raise BackendTimeout("the backend is silent") from error
        except OSError as error:
            if isinstance(error, ssl.SSLError) and not self._heard and _about_our_certificate(error.reason or ""):
                raise BackendUnreachable(f"the backend refuses our certificate, or asks for one: {error}") from error
            raise BackendBroken(f"the connection broke: {error}") from error
        self._heard = True
        return received

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


def _about_our_certificate(reason: str) -> bool:
    """Whether a backend's alert says that it does not take what we have shown, or that we have shown nothing.

    In TLS 1.3 a client's handshake is over before the server has looked at its certificate (RFC 8446 §4.4.2.4), so that the
    answer to the request is this alert: the request was not read.
    """
    return "_ALERT_" in reason and ("CERTIFICATE" in reason or reason.endswith("UNKNOWN_CA"))
