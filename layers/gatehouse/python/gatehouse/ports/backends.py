"""Backends: the services behind the APIs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRequest:
    """What is sent. `url` is absolute and encoded; header names are lower case, without hop-by-hop ones."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendReply:
    """What came back, undecoded: header order and repetitions are kept."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class BackendFailed(Exception):
    """No reply."""


class BackendUnreachable(BackendFailed):
    """The connection was refused, or the name does not resolve."""


class BackendForbidden(BackendFailed):
    """The address may not be called: loopback, link-local, metadata or private, and this stage does not allow it."""


class BackendClosed(BackendFailed):
    """The connection broke before the reply was complete."""


class BackendConnectTimeout(BackendFailed):
    """Connecting took longer than the connect time-out."""


class BackendTimeout(BackendFailed):
    """The reply took longer than the read time-out."""


class Backends(Protocol):
    """Sends one request, once, with the stage's time-outs. Redirects are the client's business."""

    def send(self, request: BackendRequest) -> BackendReply:
        """The reply. Raises a BackendFailed."""
        ...
