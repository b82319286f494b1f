"""Backends over HTTP/1.1 with urllib3: pooled connections, no redirects, no retries, nothing decoded."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProtocolError, ReadTimeoutError

from gatehouse.ports.backends import (
    BackendClosed,
    BackendConnectTimeout,
    BackendForbidden,
    BackendReply,
    BackendTimeout,
    BackendUnreachable,
)

if TYPE_CHECKING:
    import socket

    from gatehouse.ports.backends import BackendRequest

CONNECTIONS_PER_HOST = 2
HOSTS = 50

# urllib3 adds these two unless it is told not to; the backend shall see what the client sent.
_AS_SENT = {"user-agent": urllib3.util.SKIP_HEADER, "accept-encoding": urllib3.util.SKIP_HEADER}


def _refuse_internal(sock: socket.socket) -> socket.socket:
    """Check the address that was really connected to: a name that resolves differently the second time cannot slip by."""
    address = ipaddress.ip_address(str(sock.getpeername()[0]).partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None) or address
    if not mapped.is_global or mapped.is_multicast:
        sock.close()
        raise BackendForbidden(str(address))
    return sock


class _GuardedHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _refuse_internal(super()._new_conn())


class _GuardedHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _refuse_internal(super()._new_conn())


class _GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTP


class _GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


class HttpBackends:
    """Implements `ports.backends.Backends`. Time-outs in seconds; `internal_allowed` is for the local stack."""

    def __init__(self, *, connect_seconds: float, read_seconds: float, internal_allowed: bool) -> None:
        self._pool = urllib3.PoolManager(
            num_pools=HOSTS,
            maxsize=CONNECTIONS_PER_HOST,
            retries=False,
            timeout=urllib3.Timeout(connect=connect_seconds, read=read_seconds),
        )
        if not internal_allowed:
            self._pool.pool_classes_by_scheme = {"http": _GuardedHTTPPool, "https": _GuardedHTTPSPool}

    def send(self, request: BackendRequest) -> BackendReply:
        """The reply. Raises a BackendFailed."""
        try:
            answer = self._pool.request(
                request.method,
                request.url,
                headers={**_AS_SENT, **request.headers},
                body=request.body or None,
                redirect=False,
                decode_content=False,
            )
        except NewConnectionError as error:
            raise BackendUnreachable(str(error)) from error
        except ConnectTimeoutError as error:
            raise BackendConnectTimeout(str(error)) from error
        except ReadTimeoutError as error:
            raise BackendTimeout(str(error)) from error
        except ProtocolError as error:
            raise BackendClosed(str(error)) from error
        except HTTPError as error:
            raise BackendUnreachable(str(error)) from error
        return BackendReply(status=answer.status, headers=tuple(answer.headers.iteritems()), body=answer.data)
