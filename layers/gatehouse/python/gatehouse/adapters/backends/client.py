"""The backend client: a request is proved to the backend, then exchanged for a reply within its deadlines."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from gatehouse.adapters import aws
from gatehouse.adapters.backends.connecting import Connector
from gatehouse.adapters.backends.patience import Patience
from gatehouse.adapters.backends.pool import Pool
from gatehouse.adapters.backends.tls import Contexts
from gatehouse.adapters.backends.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session

    from gatehouse.adapters.backends.security import Security
    from gatehouse.ports.backends import BackendReply, BackendRequest

ANSWER_SECONDS = 27.0
"""From `send` to the last byte, whatever it takes: below the function's 29 s, above the 25 s that a backend may be silent."""


class HttpBackends:
    """Implements `ports.backends.Backends`.

    `connect_seconds` cover the name, the connection and TLS; `read_seconds` are the longest silence; `answer_seconds` the
    whole `send`, tokens and repetitions included. `internal_allowed` is for the local stack. `hostname_verification` is
    `Strict`, `DefaultAndLocalhost` or `AllowAll`, `tls_minimum` is `1.2` or `1.3`: ValueError for anything else. `now` is
    wall time; `session` has the function's own credentials.
    """

    def __init__(
        self,
        *,
        connect_seconds: float,
        read_seconds: float,
        internal_allowed: bool,
        answer_seconds: float = ANSWER_SECONDS,
        hostname_verification: str = "Strict",
        tls_minimum: str = "1.2",
        now: Callable[[], float] = time.time,
        session: Callable[[], Session] = aws.session,
    ) -> None:
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._answer_seconds = answer_seconds
        contexts = Contexts(hostname_verification=hostname_verification, tls_minimum=tls_minimum)
        self._pool = Pool(now)
        self._transport = Transport(Connector(contexts, internal_allowed=internal_allowed), self._pool)
        self._now = now
        self._session = session

    def send(self, request: BackendRequest) -> BackendReply:
        """The reply. Raises a BackendFailed."""
        patience = Patience(
            request.connect_seconds or self._connect_seconds,
            request.read_seconds or self._read_seconds,
            self._answer_seconds,
        )
        if request.security is None:
            return self._transport.exchange(request, patience)
        return self._security.send(request, lambda secured: self._transport.exchange(secured, patience))

    @cached_property
    def _security(self) -> Security:
        # Loaded by the first endpoint that asks for it: the gateway starts sooner without.
        from gatehouse.adapters.backends.security import Security  # noqa: PLC0415

        return Security(self._now, self._session)

    def close(self) -> None:
        """Close the connections that are kept; the next request opens new ones."""
        self._pool.close()
