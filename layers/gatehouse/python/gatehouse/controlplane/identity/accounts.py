"""Accounts: the users of a tenant, as its administrators keep them.

Whatever takes a right away (a role, a password, the account itself) also voids the tokens that were issued with it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.authority import is_id, is_self, not_oneself, only_admins, voiding_tokens, witness
from gatehouse.controlplane.identity.rules import local_name
from gatehouse.domain.errors import Forbidden, Invalid
from gatehouse.domain.people.identity import ADMIN, EVERYONE, User, UserNotFound
from gatehouse.domain.people.role import ROLES_OF_USER_MAX

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gatehouse.controlplane.identity.rules import Rulebook
    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.people.identity import Passwords, Tenants, Users
    from gatehouse.ports.world import Clock


NO_PASSWORD = ""
"""The hash that no password matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """What is said about an account. None leaves the password or the roles as they are."""

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
    rules: Rulebook
    passwords: Passwords
    approvals: Approvals
    clock: Clock

    def all(self, caller: Principal) -> list[User]:
        """Every user of the caller's tenant, by name."""
        only_admins(caller)
        return self.users.all(caller.tenant)

    def named(self, caller: Principal, username: str) -> User | None:
        """The user of this name, or None."""
        only_admins(caller)
        return self.users.get(caller.tenant, local_name(caller.tenant, username))

    def get(self, caller: Principal, user_id: str) -> User:
        """Raises UserNotFound."""
        only_admins(caller)
        found = self.users.by_id(caller.tenant, user_id) if is_id(user_id) else None
        if found is None:
            raise UserNotFound
        return found

    def create(self, caller: Principal, draft: AccountDraft) -> User:
        """A new user, who has `Internal/everyone` beside the roles given.

        Raises Invalid (`userName`, `password`, `roles`), UserExists.
        """
        only_admins(caller)
        return self.enrol(caller.tenant, draft)

    def enrol(self, tenant: str, draft: AccountDraft) -> User:
        """A new user, whoever asks for it. Raises Invalid (`userName`, `password`, `roles`), UserExists."""
        user = self.drafted(tenant, draft)
        self.users.add(user)
        return user

    def drafted(self, tenant: str, draft: AccountDraft) -> User:
        """A user who is still to be kept. Raises Invalid (`userName`, `password`, `roles`).

        Without a password nobody can log in as the user, until one is set.
        """
        now = int(self.clock.now())
        name = self.rules.username(tenant, draft.username)
        password = None if draft.password is None else self.rules.password(tenant, draft.password)
        return User(
            tenant=tenant,
            id=str(uuid.uuid4()),
            name=name,
            roles=self._known_roles(tenant, draft.roles or ()),
            password_hash=NO_PASSWORD if password is None else self.passwords.hash(password),
            active=draft.active,
            profile=draft.profile,
            created_at=now,
            modified_at=now,
            version=1,
        )

    def replace(self, caller: Principal, user: User, draft: AccountDraft) -> User:
        """Say everything anew about a user read before, save the name. Raises Invalid, Forbidden, Changed."""
        only_admins(caller)
        if local_name(caller.tenant, draft.username).lower() != user.name.lower():
            raise Invalid.field("userName", f"is '{user.name}' and cannot be changed")
        roles = user.roles if draft.roles is None else self._known_roles(caller.tenant, draft.roles)
        new = self.with_password(replace(user, roles=roles, active=draft.active, profile=draft.profile), draft.password)
        if is_self(caller, user) and not (ADMIN in roles and draft.active):
            not_oneself(caller, user)
        return self.keep(user, new, witness(self.users, caller, user) if _loses_admin(user, new) else None)

    def with_password(self, user: User, password: str | None) -> User:
        """The user with this password, or as before without one. Raises Invalid (`password`)."""
        if password is None:
            return user
        return replace(user, password_hash=self.passwords.hash(self.rules.password(user.tenant, password)))

    def keep(self, before: User, new: User, seen_by: User | None = None) -> User:
        """Write what became of a user, and void the tokens when a right is gone. Raises Changed."""
        if new == before:
            return before
        now = self.clock.now()
        kept_rights = new.active and before.roles <= new.roles and before.password_hash == new.password_hash
        changes = () if kept_rights else voiding_tokens(before, now)
        along = self.approvals.given_up(before.tenant, before.workflow) if new.active else ()
        new = replace(new, modified_at=int(now), workflow="" if new.active else before.workflow)
        return self.users.save(new, changes, witness=seen_by, along=along)

    def delete(self, caller: Principal, user: User) -> None:
        """Forget a user read before. Raises Forbidden (oneself), Changed."""
        only_admins(caller)
        if is_self(caller, user):
            raise Forbidden("You cannot delete the account you are using.")
        seen_by = witness(self.users, caller, user)
        along = self.approvals.given_up(user.tenant, user.workflow)
        self.users.remove(user, voiding_tokens(user, self.clock.now()), witness=seen_by, along=along)

    def _known_roles(self, tenant: str, roles: Collection[str]) -> frozenset[str]:
        unknown = sorted(frozenset(roles) - self.tenants.roles(tenant))
        if unknown:
            raise Invalid.field("roles", f"there is no role '{unknown[0]}'")
        if len(roles) > ROLES_OF_USER_MAX:
            raise Invalid.field("roles", f"a user may have at most {ROLES_OF_USER_MAX}")
        return frozenset({*roles, EVERYONE})


def _loses_admin(before: User, new: User) -> bool:
    return ADMIN in before.roles and before.active and not (ADMIN in new.roles and new.active)
