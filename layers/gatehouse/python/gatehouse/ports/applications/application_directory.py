"""The directory of a tenant's applications: who owns what, for those who administer them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An application's line in the directory. Owner and name are in lower case; the owner is without its tenant."""

    id: str
    owner: str
    name: str


class ApplicationDirectory(Protocol):
    """Lists applications."""

    def listed(self, tenant: str) -> list[Listed]:
        """Every application of the tenant, by owner and name. Consistent right after a write."""
        ...
