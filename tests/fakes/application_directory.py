"""The directory of applications in memory. Verified by tests/contract/test_application_directory.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.ports.applications.application_directory import listed

if TYPE_CHECKING:
    from gatehouse.ports.applications.application_directory import Listed
    from tests.fakes.applications import Shelf


class InMemoryDirectory:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def listed(self, tenant: str) -> list[Listed]:
        lines = [listed(one) for (domain, _), one in self._shelf.applications.items() if domain == tenant]
        return sorted(lines, key=lambda line: (line.owner, line.name))

    def owned_by(self, tenant: str, owner: str) -> list[Listed]:
        return [line for line in self.listed(tenant) if line.owner == owner.lower()]
