"""Whether people who sign up must wait until somebody approves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.identity import User


class SignUpApproval(Protocol):
    """The sign-up workflow of a tenant."""

    def must_wait(self, tenant: str) -> bool:
        """Whether new users of the tenant are inactive until an administrator makes them active."""
        ...

    def asked(self, user: User) -> None:
        """Tell whoever approves that this user waits."""
        ...
