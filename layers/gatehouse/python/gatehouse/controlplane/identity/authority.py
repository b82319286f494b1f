"""Who may change whom: administrators, within their tenant, and nobody their own rights.

An administrator who takes the right of another's is a witness to the change: it goes through only while they are one
themselves. So there is always an administrator left, also of two who go at each other at the same moment.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.errors import Forbidden
from gatehouse.domain.people.identity import ADMIN, SUPER_TENANT

if TYPE_CHECKING:
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.people.identity import Principal, User
    from gatehouse.ports.people.identity import UserLookup


def only_admins(caller: Principal) -> None:
    """Raises Forbidden unless the caller administers the tenant."""
    if not caller.is_admin:
        raise Forbidden("Only an administrator of the tenant may do this.")


def only_operators(caller: Principal) -> None:
    """Raises Forbidden unless the caller administers the super tenant, and with it all others."""
    if not (caller.is_admin and caller.tenant == SUPER_TENANT):
        raise Forbidden("Only an administrator of the super tenant may do this.")


def is_self(caller: Principal, user: User) -> bool:
    """Whether this is the account the caller is using."""
    return caller.tenant == user.tenant and caller.user.lower() == user.name.lower()


def not_oneself(caller: Principal, user: User) -> None:
    """Raises Forbidden when it is the caller's own right that would go."""
    if is_self(caller, user):
        raise Forbidden("You cannot take your own rights away: let another administrator do it.")


def witness(users: UserLookup, caller: Principal, user: User) -> User | None:
    """Who must still be an administrator when this one's rights go; None when those make no difference.

    Callers who stand in another user store are no witnesses: nobody here can take their right. Raises Forbidden.
    """
    if ADMIN not in user.roles or caller.tenant != user.tenant:
        return None
    found = users.get(caller.tenant, caller.user)
    if found is not None and not (found.active and ADMIN in found.roles):
        raise Forbidden("You are no administrator any more.")
    return found


def voiding_tokens(user: User, now: float) -> tuple[Change, ...]:
    """What voids every token issued so far to, or on behalf of, the user."""
    # Kept for ever: a token may have been issued with any lifetime.
    return (Artifact(revocation_key(user.tenant, RevocationKind.USER, user.name), {"before": int(now)}),)


def is_id(text: str) -> bool:
    """Whether it can be the id of anything here: a UUID in its usual spelling."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
