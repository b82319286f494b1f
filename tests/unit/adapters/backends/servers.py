"""Backends on loopback that follow a script, however badly behaved."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
PATIENCE_SECONDS = 5.0


class Peer:
    """One connection, as the backend sees it."""

    def __init__(self, sock: socket.socket, requests: list[bytes], number: int) -> None:
        self.socket = sock
        self.number = number
        self._requests = requests

    def request(self) -> bytes:
        """The next request, with its body; empty when the client is gone."""
        received = b""
        while b"\r\n\r\n" not in received:
            more = self.socket.recv(65536)
            if not more:
                return b""
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        length = int(header(received, "content-length") or "0")
        parts = [body]
        missing = length - len(body)
        while missing > 0:
            parts.append(self.socket.recv(65536))
            missing -= len(parts[-1])
        request = head + b"\r\n\r\n" + b"".join(parts)
        self._requests.append(request)
        return request

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def end(self) -> None:
        """Close in good order, TLS included."""
        with contextlib.suppress(OSError, AttributeError):
            self.socket.unwrap()  # type: ignore[attr-defined]
        self.socket.close()

    def reset(self) -> None:
        """Close so that the client's side learns of it at once."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Backend:
    """A server whose every connection follows the script. `requests` are raw, `peers` those that connected."""

    def __init__(self, script: Callable[[Peer], None], context: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.peers: list[Peer] = []
        self._script = script
        self._context = context
        self._listeners: list[socket.socket] = []
        self.port = 0
        self.listen_also_on("127.0.0.1")
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"

    def listen_also_on(self, host: str) -> None:
        listener = socket.create_server((host, self.port), backlog=16)
        self.port = listener.getsockname()[1]
        self._listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listener.accept()
                sock.settimeout(PATIENCE_SECONDS)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._follow, args=(sock,), daemon=True).start()

    def _follow(self, sock: socket.socket) -> None:
        peer = None
        try:
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=True)
            peer = Peer(sock, self.requests, len(self.peers))
            self.peers.append(peer)
            self._script(peer)
            peer.end()
        except (OSError, ValueError):
            pass
        finally:
            sock.close()

    def close(self) -> None:
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for peer in self.peers:
            with contextlib.suppress(OSError):
                peer.socket.shutdown(socket.SHUT_RDWR)


def answering(*answers: bytes) -> Callable[[Peer], None]:
    """Each request of a connection gets the next answer; after the last, the connection closes."""

    def script(peer: Peer) -> None:
        for answer in answers:
            if not peer.request():
                return
            peer.send(answer)

    return script


def always(answer: bytes) -> Callable[[Peer], None]:
    """Every request gets this answer."""

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(answer)

    return script


def replying(reply: Callable[[bytes], bytes]) -> Callable[[Peer], None]:
    """Every request gets what this function makes of it."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            peer.send(reply(request))

    return script


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A complete answer; `_` in a header's name stands for `-`."""
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def header(request: bytes, name: str) -> str | None:
    """A header of a raw request."""
    for line in request.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        key, _, value = line.decode("latin-1").partition(":")
        if key.lower() == name:
            return value.strip()
    return None
