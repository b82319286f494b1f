"""Roles and who has them. Membership itself is written with the user (`ports.people.identity.Users`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.people.role import Member, Role


class Roles(Protocol):
    """Keeping roles. Owned by the identity function."""

    def all(self, tenant: str) -> list[Role]:
        """Every role of the tenant, by name. One that is being removed is no longer among them."""
        ...

    def by_id(self, tenant: str, role_id: str) -> Role | None:
        """The role with this id, or None; one that is being removed is still found."""
        ...

    def add(self, role: Role) -> None:
        """Raises RoleExists, also while a role of this name is being removed."""
        ...

    def rename_outside(self, role: Role) -> None:
        """Keep the role's external id. Raises Changed when the role is gone."""
        ...

    def close(self, role: Role) -> None:
        """From now on nobody gets this role: the first step of removing it. Repeating it changes nothing."""
        ...

    def remove(self, role: Role) -> None:
        """Forget a closed role that nobody has any more. Repeating it changes nothing."""
        ...

    def members(self, tenant: str, name: str) -> list[Member]:
        """Who has the role, by name."""
        ...
