"""Connecting: a name becomes addresses, an address that may be called a socket, and a socket perhaps a TLS one."""

from __future__ import annotations

import queue
import socket
import threading
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.backends.connection import Connection
from gatehouse.adapters.backends.guard import is_internal
from gatehouse.adapters.backends.patience import left_until
from gatehouse.ports.backends import BackendConnectTimeout, BackendForbidden, BackendUnreachable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    from gatehouse.adapters.backends.address import Address
    from gatehouse.adapters.backends.tls import Contexts
    from gatehouse.ports.backends import BackendRequest

Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]
"""One of the things that `socket.getaddrinfo` finds; the last is the socket address."""


class Connector:
    """Opens connections. Unless `internal_allowed`, only to public addresses."""

    def __init__(self, contexts: Contexts, *, internal_allowed: bool) -> None:
        self._contexts = contexts
        self._internal_allowed = internal_allowed

    def open(self, address: Address, request: BackendRequest, deadline: float) -> Connection:
        """A connection that stands before the deadline (monotonic).

        Raises BackendUnreachable, BackendForbidden, BackendConnectTimeout.
        """
        found = _resolved(address, deadline)
        allowed = [one for one in found if self._internal_allowed or not is_internal(str(one[4][0]))]
        if not allowed:
            raise BackendForbidden(f"{address.host} is an internal address")
        sock = _connected(allowed, deadline)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return Connection(self._secured(sock, address, request, deadline) if address.secure else sock)
        except BaseException:
            sock.close()
            raise

    def _secured(
        self, sock: socket.socket, address: Address, request: BackendRequest, deadline: float
    ) -> ssl.SSLSocket:
        context = self._contexts.of(address.host, request.trusted, request.client_certificate)
        sock.settimeout(left_until(deadline))
        # As bytes: for text, Python would load its codec of international names first.
        name = address.host.rstrip(".").encode("ascii")
        try:
            return context.wrap_socket(sock, server_hostname=name, suppress_ragged_eofs=False)
        except TimeoutError as error:
            raise BackendConnectTimeout(f"agreeing on TLS with {address.host} took too long") from error
        except (OSError, ValueError) as error:
            raise BackendUnreachable(f"no TLS with {address.host}: {error}") from error


def _resolved(address: Address, deadline: float) -> Sequence[Found]:
    """The resolver knows no deadline, so it is asked beside us, and left alone when it is late."""
    try:
        return _lookup(address, socket.AI_NUMERICHOST)
    except OSError:
        pass
    answers: queue.SimpleQueue[Sequence[Found] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_lookup(address, 0))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=left_until(deadline))
    except queue.Empty:
        raise BackendConnectTimeout(f"looking up {address.host} took too long") from None
    if isinstance(answer, Exception):
        raise BackendUnreachable(f"{address.host} does not resolve: {answer}") from answer
    return answer


def _lookup(address: Address, flags: int) -> Sequence[Found]:
    # As bytes, for the reason above.
    return socket.getaddrinfo(address.host.encode("ascii"), address.port, type=socket.SOCK_STREAM, flags=flags)


def _connected(found: Sequence[Found], deadline: float) -> socket.socket:
    """A socket to the first address that accepts; each gets its share of the time that is left."""
    failure: OSError = OSError("no address")
    for index, (family, kind, protocol, _, where) in enumerate(found):
        seconds = left_until(deadline) / (len(found) - index)
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(seconds)
            sock.connect(where)
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    if isinstance(failure, TimeoutError):
        raise BackendConnectTimeout("the backend does not accept the connection") from failure
    raise BackendUnreachable(f"no connection: {failure}") from failure
