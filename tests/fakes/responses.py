"""Shared responses in memory, and a store that is down. Verified by tests/contract/test_responses.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from gatehouse.ports.responses import KeptResponse, ResponseKey


class InMemoryResponses:
    """`reads` and `writes` count how often it was asked; while it is `down` it fails."""

    def __init__(self) -> None:
        self.kept: dict[ResponseKey, KeptResponse] = {}
        self.reads = 0
        self.writes = 0
        self.down = False

    def find(self, key: ResponseKey) -> KeptResponse | None:
        self.reads += 1
        if self.down:
            raise Unavailable(cause="down", operation="find")
        return self.kept.get(key)

    def keep(self, key: ResponseKey, response: KeptResponse) -> None:
        self.writes += 1
        if self.down:
            raise Unavailable(cause="down", operation="keep")
        self.kept[key] = response
