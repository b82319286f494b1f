"""The way out to addresses that tenants name: the client that guards addresses, made when something is sent for the first time.

Whoever sends nothing does not pay for it, cold starts of the gateway among them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.adapters.backends import HttpBackends
    from gatehouse.ports.backends import BackendReply, BackendRequest

ASKING = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "gatehouse"}
"""The headers of who asks for JSON."""


class Outward:
    """Implements `ports.backends.Backends`. `answer_seconds` is from asking to the last byte of one answer.

    `internal_allowed` (loopback and private addresses) is for the local stack.
    """

    def __init__(
        self, *, connect_seconds: float, read_seconds: float, answer_seconds: float, internal_allowed: bool
    ) -> None:
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._answer_seconds = answer_seconds
        self._internal_allowed = internal_allowed

    def send(self, request: BackendRequest) -> BackendReply:
        """The reply. Raises a BackendFailed."""
        return self._backends.send(request)

    def close(self) -> None:
        """Close the connections that are kept; the next request opens new ones."""
        self._backends.close()

    @cached_property
    def _backends(self) -> HttpBackends:
        from gatehouse.adapters.backends import HttpBackends  # noqa: PLC0415 -- see above

        return HttpBackends(
            connect_seconds=self._connect_seconds,
            read_seconds=self._read_seconds,
            answer_seconds=self._answer_seconds,
            internal_allowed=self._internal_allowed,
        )
