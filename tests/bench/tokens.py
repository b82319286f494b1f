"""What a token costs at the token endpoint: processor time without signing, signing apart, and writes."""

from __future__ import annotations

import logging
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.callers import PASSWORD
from tests.worlds.key_manager import KeyManagerWorld

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.callers import Reply

TOKENS = 100
ROUNDS = 5
WRITES = {"families": ("add", "renew", "end"), "artifacts": ("publish", "keep"), "clients": ("add", "save", "remove")}
"""What writes to a table, by repository. Hashing the user's password is left out: it is slow by intention."""


@dataclass(frozen=True)
class TokenCost:
    """Microseconds of processor time per token, and writes per token."""

    own: float
    signing: float
    writes: float


class _Meter:
    """Counts what a key manager writes, and how long it signs."""

    def __init__(self, world: KeyManagerWorld) -> None:
        self.writes = 0
        self.signing_seconds = 0.0
        for repository, methods in WRITES.items():
            for method in methods:
                self._count(getattr(world, repository), method)
        sign = world.keyring.sign

        def timed(*arguments: Any, **parts: Any) -> str:
            started = time.thread_time()
            try:
                return sign(*arguments, **parts)
            finally:
                self.signing_seconds += time.thread_time() - started

        world.keyring.sign = timed  # type: ignore[method-assign]

    def _count(self, repository: Any, method: str) -> None:
        write: Callable[..., Any] = getattr(repository, method)

        def counted(*arguments: Any, **parts: Any) -> Any:
            self.writes += 1
            return write(*arguments, **parts)

        setattr(repository, method, counted)


def measure() -> dict[str, TokenCost]:
    """By grant; the least of several rounds. Lines of the log are left out."""
    logging.getLogger("gatehouse").handlers = [logging.NullHandler()]
    world = KeyManagerWorld()
    meter = _Meter(world)
    client = world.client()
    refresh = world.password(client).json["refresh_token"]

    def client_credentials() -> Reply:
        return world.token(client, grant_type="client_credentials")

    def password() -> Reply:
        return world.token(client, grant_type="password", username="admin", password=PASSWORD)

    def refresh_token() -> Reply:
        nonlocal refresh
        reply = world.token(client, grant_type="refresh_token", refresh_token=refresh)
        refresh = reply.json["refresh_token"]
        return reply

    grants = {"client_credentials": client_credentials, "password": password, "refresh_token": refresh_token}
    return {name: _cost(grant, meter) for name, grant in grants.items()}


def _cost(grant: Callable[[], Reply], meter: _Meter) -> TokenCost:
    grant()
    own, signing, writes = [], [], meter.writes
    for _ in range(ROUNDS):
        started, signed = time.thread_time(), meter.signing_seconds
        for _ in range(TOKENS):
            reply = grant()
            if reply.status != 200:
                raise RuntimeError(reply.text)
        signing.append(meter.signing_seconds - signed)
        own.append(time.thread_time() - started - signing[-1])
    scale = 1e6 / TOKENS
    return TokenCost(min(own) * scale, statistics.median(signing) * scale, (meter.writes - writes) / TOKENS / ROUNDS)
