"""Uses of API keys in memory. Verified by tests/contract/test_key_uses.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class InMemoryKeyUses:
    """`writes` counts what was told; `down` makes it fail."""

    def __init__(self) -> None:
        self.writes = 0
        self.down = False
        self._at: dict[tuple[str, str], int] = {}

    def used(self, tenant: str, key_id: str, at: int) -> None:
        self.writes += 1
        if self.down:
            raise Unavailable
        self._at[tenant, key_id] = max(at, self._at.get((tenant, key_id), 0))

    def last_used(self, tenant: str, key_ids: Collection[str]) -> Mapping[str, int]:
        return {key_id: self._at[tenant, key_id] for key_id in key_ids if (tenant, key_id) in self._at}
