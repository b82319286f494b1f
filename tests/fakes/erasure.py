"""What a tenant owns, in memory: its users. tests/contract/test_estate.py has the tables' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.identity import InMemoryUsers


class InMemoryEstate:
    """`items` is how many are deleted at a time, whatever is asked for, when it is not 0."""

    def __init__(self, users: InMemoryUsers) -> None:
        self._users = users
        self.items = 0

    def erase(self, tenant: str, *, items: int) -> bool:
        found = self._users.all(tenant)
        for user in found[: self.items or items]:
            self._users.remove(user)
        return not self._users.all(tenant)
