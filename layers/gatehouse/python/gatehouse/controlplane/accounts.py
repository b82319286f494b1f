"""Accounts: the users of a tenant, as its administrators keep them.

Whatever takes a right away (a role, a password, the account itself) also voids the tokens that were issued with it.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.errors import Forbidden, Invalid
from gatehouse.domain.identity import (
    ADMIN,
    EVERYONE,
    PASSWORD_MAX,
    PASSWORD_MIN,
    USERNAME_MAX,
    User,
    UserNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.identity import Principal
    from gatehouse.ports.identity import Passwords, Tenants, Users
    from gatehouse.ports.world import Clock

USERNAME_MIN = 3
_USERNAME = re.compile(r"[\w.+\-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """What an administrator says about an account. None leaves the password or the roles as they are."""

    username: str
    password: str | None
    roles: frozenset[str] | None
    active: bool
    profile: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Keeps users. Every method raises Forbidden unless the caller administers the tenant."""

    users: Users
    tenants: Tenants
    passwords: Passwords
    clock: Clock

    def all(self, caller: Principal) -> list[User]:
        """Every user of the caller's tenant, by name."""
        _only_admins(caller)
        return self.users.all(caller.tenant)

    def named(self, caller: Principal, username: str) -> User | None:
        """The user of this name, or None."""
        _only_admins(caller)
        return self.users.get(caller.tenant, _local(caller.tenant, username))

    def get(self, caller: Principal, user_id: str) -> User:
        """Raises UserNotFound."""
        _only_admins(caller)
        found = self.users.by_id(caller.tenant, user_id) if _is_uuid(user_id) else None
        if found is None:
            raise UserNotFound
        return found

    def create(self, caller: Principal, draft: AccountDraft) -> User:
        """A new user, who has `Internal/everyone` beside the roles given.

        Raises Invalid (`userName`, `password`, `roles`), UserExists.
        """
        _only_admins(caller)
        user = User(
            tenant=caller.tenant,
            id=str(uuid.uuid4()),
            name=_checked_name(_local(caller.tenant, draft.username)),
            roles=self._known_roles(caller.tenant, draft.roles or ()),
            password_hash=self.passwords.hash(checked_password(draft.password)),
            active=draft.active,
            profile=draft.profile,
            created_at=int(self.clock.now()),
            version=1,
        )
        self.users.add(user)
        return user

    def replace(self, caller: Principal, user_id: str, draft: AccountDraft) -> User:
        """Say everything anew about a user, save the name. Raises UserNotFound, Invalid, Forbidden, Changed."""
        user = self.get(caller, user_id)
        if _local(caller.tenant, draft.username).lower() != user.name.lower():
            raise Invalid.field("userName", f"is '{user.name}' and cannot be changed")
        roles = user.roles if draft.roles is None else self._known_roles(caller.tenant, draft.roles)
        if _is_self(caller, user) and (ADMIN not in roles or not draft.active):
            raise Forbidden("You cannot take your own rights away: let another administrator do it.")
        password_hash = user.password_hash
        if draft.password is not None:
            password_hash = self.passwords.hash(checked_password(draft.password))
        new = replace(user, roles=roles, active=draft.active, profile=draft.profile, password_hash=password_hash)
        lessened = not new.active or not user.roles <= roles or draft.password is not None
        return self.users.save(new, self._voiding_tokens(user) if lessened else ())

    def delete(self, caller: Principal, user_id: str) -> None:
        """Raises UserNotFound, Forbidden (oneself), Changed."""
        user = self.get(caller, user_id)
        if _is_self(caller, user):
            raise Forbidden("You cannot delete the account you are using.")
        self.users.remove(user, self._voiding_tokens(user))

    def _known_roles(self, tenant: str, roles: Collection[str]) -> frozenset[str]:
        unknown = sorted(frozenset(roles) - self.tenants.roles(tenant))
        if unknown:
            raise Invalid.field("roles", f"there is no role '{unknown[0]}'")
        return frozenset({*roles, EVERYONE})

    def _voiding_tokens(self, user: User) -> tuple[Change, ...]:
        # Kept for ever: a token may have been issued with any lifetime.
        key = revocation_key(user.tenant, RevocationKind.USER, user.name)
        return (Artifact(key, {"before": int(self.clock.now())}),)


def checked_password(password: str | None) -> str:
    """A password that may be used. Raises Invalid."""
    if password is None:
        raise Invalid.field("password", "is required")
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise Invalid.field("password", f"must have {PASSWORD_MIN} to {PASSWORD_MAX} characters")
    return password


def _only_admins(caller: Principal) -> None:
    if not caller.is_admin:
        raise Forbidden("Only an administrator of the tenant may do this.")


def _is_self(caller: Principal, user: User) -> bool:
    return caller.user.lower() == user.name.lower()


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _local(tenant: str, username: str) -> str:
    """The name without the suffix of the tenant it lives in."""
    suffix = f"@{tenant}"
    return username[: -len(suffix)] if username.lower().endswith(suffix) else username


def _checked_name(name: str) -> str:
    if not USERNAME_MIN <= len(name) <= USERNAME_MAX or not _USERNAME.fullmatch(name):
        problem = (
            f"must have {USERNAME_MIN} to {USERNAME_MAX} letters, digits, dots, hyphens, underscores or plus signs"
        )
        raise Invalid.field("userName", problem)
    return name
