"""A call is one HTTP request that came in at the gateway; a reply is what goes back out.

Named tuples, as `evidence` is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Call(NamedTuple):
    """What came in. `path` is decoded and starts with `/`; `query` is raw; header names are lower case.

    `received_at` is in epoch seconds. `id` is the front door's name for the call, `correlation_id` the caller's own.
    `source_ip` is who is connected to the front door, `client_certificate` (PEM, "" for none) what they showed it. Where
    that is a trusted proxy, `client_ip` and `client_host` are whom it names and what it says they called ("" for nothing).
    `unreadable` says what of the request could not be read, "" for nothing.
    """

    id: str
    received_at: float
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    source_ip: str
    correlation_id: str = ""
    client_certificate: str = ""
    client_ip: str = ""
    client_host: str = ""
    unreadable: str = ""

    @property
    def address(self) -> str:
        """The client's address, as far as anybody trustworthy says."""
        return self.client_ip or self.source_ip

    @property
    def host(self) -> str:
        """The host that was called (RFC 9110 §7.2), in lower case and without a port; "" when nobody says."""
        host = (self.client_host or self.headers.get("host", "")).strip().lower()
        return host.partition(":")[0] if not host.startswith("[") else host.partition("]")[0][1:]

    @property
    def activity_id(self) -> str:
        """What the call is called in answers, logs and towards the backend."""
        return self.correlation_id or self.id


class Reply(NamedTuple):
    """What goes out. Header names keep their order and may repeat (`Set-Cookie`)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
