"""`serve` starts a backend that follows a script; `client` makes the client that calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.backends import HttpBackends
from gatehouse.ports.backends import BackendReply, BackendRequest
from tests.unit.adapters.backends.servers import Backend

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from tests.unit.adapters.backends.servers import Peer


class Client(HttpBackends):
    """The client, with the call that tests make most."""

    def get(self, url: str, *, method: str = "GET", body: bytes = b"", **more: Any) -> BackendReply:
        more.setdefault("headers", {})
        return self.send(BackendRequest(method=method, url=url, body=body, **more))


@pytest.fixture
def serve() -> Iterator[Callable[..., Backend]]:
    backends: list[Backend] = []

    def start(script: Callable[[Peer], None], context: ssl.SSLContext | None = None) -> Backend:
        backends.append(Backend(script, context))
        return backends[-1]

    yield start
    for backend in backends:
        backend.close()


@pytest.fixture
def make_client() -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def make(**settings: Any) -> Client:
        given = {"connect_seconds": 2.0, "read_seconds": 2.0, "internal_allowed": True, **settings}
        clients.append(Client(**given))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()
