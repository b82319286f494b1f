"""The transport: one request over one connection, and what may be done again when that connection turns out dead."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gatehouse.adapters.backends.address import split
from gatehouse.adapters.backends.message import written
from gatehouse.adapters.backends.reader import Reader
from gatehouse.ports.backends import IDEMPOTENT, BackendClosed, BackendUnsent

if TYPE_CHECKING:
    from collections.abc import Hashable

    from gatehouse.adapters.backends.connecting import Connector
    from gatehouse.adapters.backends.connection import Connection
    from gatehouse.adapters.backends.patience import Patience
    from gatehouse.adapters.backends.pool import Pool
    from gatehouse.ports.backends import BackendReply, BackendRequest


class _Unanswered(BackendClosed):
    """Closed before the first byte of the reply. `whole`: the request had left completely, and may have been carried out."""

    def __init__(self, closed: BackendClosed, *, whole: bool) -> None:
        super().__init__(f"no reply: {closed}")
        self.code = closed.code if whole else BackendUnsent.code
        self.whole = whole


class Transport:
    """Exchanges requests for replies."""

    def __init__(self, connector: Connector, pool: Pool) -> None:
        self._connector = connector
        self._pool = pool

    def exchange(self, request: BackendRequest, patience: Patience) -> BackendReply:
        """The reply. Raises a BackendFailed.

        A kept connection that closed without a reply is replaced once, for what is idempotent or did not leave completely
        (RFC 9112 §9.3.1): a backend closes idle connections whenever it likes.
        """
        address, target = split(request.url)
        message = written(request, address.authority, target)
        key = (address, request.trusted, request.client_certificate)
        kept = self._pool.take(key)
        if kept is not None:
            try:
                return self._over(kept, key, request.method, message, patience)
            except _Unanswered as unanswered:
                if unanswered.whole and request.method not in IDEMPOTENT:
                    raise
        self._pool.close_expired()
        opened = self._connector.open(address, request, patience.connect_deadline())
        return self._over(opened, key, request.method, message, patience)

    def _over(
        self, connection: Connection, key: Hashable, method: str, message: bytes, patience: Patience
    ) -> BackendReply:
        reader = Reader(partial(connection.receive, patience))
        whole = False
        try:
            whole = connection.send(message, patience)
            reply = reader.read(method)
        except BackendClosed as closed:
            connection.close()
            if reader.started:
                raise
            raise _Unanswered(closed, whole=whole) from closed
        except BaseException:
            connection.close()
            raise
        if whole and reader.reusable:
            self._pool.put(key, connection, reader.idle_seconds)
        else:
            connection.close()
        return reply
