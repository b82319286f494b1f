"""The directory of a tenant's applications: a line for each, so that a list is long only where it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.applications.application import Application, ApplicationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An application's line in the directory. Owner and name are in lower case; the owner is without its tenant."""

    id: str
    owner: str
    name: str
    policy: str
    status: ApplicationStatus


def listed(application: Application) -> Listed:
    """The line of an application."""
    return Listed(
        id=application.id,
        owner=application.owner.lower(),
        name=application.name.lower(),
        policy=application.policy,
        status=application.status,
    )


class ApplicationDirectory(Protocol):
    """Lists applications. Consistent right after a write."""

    def listed(self, tenant: str) -> list[Listed]:
        """Every application of the tenant, by owner and name."""
        ...

    def owned_by(self, tenant: str, owner: str) -> list[Listed]:
        """Every application of this user, by name."""
        ...
