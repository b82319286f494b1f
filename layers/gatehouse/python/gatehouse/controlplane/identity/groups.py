"""Groups: the roles of a tenant with their members, as its administrators keep them.

A group's members are changed one user at a time, each in a transaction of its own, so that a change of many that breaks
off is completed by repeating it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.authority import is_id, not_oneself, only_admins, voiding_tokens, witness
from gatehouse.domain.errors import Invalid, Unavailable
from gatehouse.domain.people.identity import ADMIN, EVERYONE, User
from gatehouse.domain.people.role import ROLES_OF_USER_MAX, Role, RoleNeeded, RoleNotFound, checked_role_name

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.people.role import Member
    from gatehouse.ports.people.identity import Users
    from gatehouse.ports.people.roles import Roles
    from gatehouse.ports.world import Clock

MEMBERS_AT_ONCE_MAX = 200
"""How many memberships one request may change: each is a transaction, and a request has 29 seconds."""

EXTERNAL_ID_MAX = 1000
"""In characters."""

PRIMARY = "PRIMARY/"
"""How WSO2's clients name the user store that roles without a prefix stand in."""


class StillRemoving(Unavailable):
    """A group with more members than one request may remove."""

    default_description = "The group has many members and is still being removed. Repeat the request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Keeps roles. Every method raises Forbidden unless the caller administers the tenant."""

    users: Users
    roles: Roles
    clock: Clock

    def all(self, caller: Principal) -> list[Role]:
        """Every role of the caller's tenant, by name."""
        only_admins(caller)
        return self.roles.all(caller.tenant)

    def get(self, caller: Principal, role_id: str) -> Role:
        """Raises RoleNotFound."""
        only_admins(caller)
        found = self.roles.by_id(caller.tenant, role_id) if is_id(role_id) else None
        if found is None:
            raise RoleNotFound
        return found

    def members(self, role: Role) -> list[Member]:
        """Who has the role, by name."""
        return self.roles.members(role.tenant, role.name)

    def create(self, caller: Principal, name: str, member_ids: Collection[str], external_id: str = "") -> Role:
        """A new role, with these members. Raises Invalid (`displayName`, `externalId`, `members`), RoleExists."""
        only_admins(caller)
        role = Role(
            tenant=caller.tenant,
            name=checked_role_name(plain_name(name)),
            id=str(uuid.uuid4()),
            created_at=int(self.clock.now()),
            external_id=_checked_external_id(external_id),
        )
        joining = self._known(role, member_ids)
        self.roles.add(role)
        for user in joining:
            self._join(role, user)
        return role

    def rename_outside(self, caller: Principal, role: Role, external_id: str) -> Role:
        """The role with what a provisioning client calls it. Raises Invalid (`externalId`), Changed."""
        only_admins(caller)
        renamed = replace(role, external_id=_checked_external_id(external_id))
        if renamed != role:
            self.roles.rename_outside(renamed)
        return renamed

    def change_members(
        self, caller: Principal, role: Role, *, added: Collection[str], removed: Collection[str]
    ) -> None:
        """Let these users have the role, and those no longer.

        Who already has it, or no longer does, may be named. Raises Invalid (`members`) and Forbidden (oneself) before
        anything is written, and Changed.
        """
        only_admins(caller)
        if removed and role.name == EVERYONE:
            raise Invalid.field("members", f"everybody has {EVERYONE}")
        joining, leaving = self._known(role, added), self._known(role, removed)
        if role.name == ADMIN:
            for user in leaving:
                not_oneself(caller, user)
        for user in joining:
            self._join(role, user)
        for user in leaving:
            self._leave(caller, role, user)

    def delete(self, caller: Principal, role: Role) -> None:
        """Forget a role. Raises RoleNeeded, StillRemoving (more members than a request may change), Changed."""
        only_admins(caller)
        if role.is_built_in:
            raise RoleNeeded
        self.roles.close(role)
        members = self.members(role)
        for member in members[:MEMBERS_AT_ONCE_MAX]:
            user = self.users.get(role.tenant, member.name)
            if user is not None:
                self._leave(caller, role, user)
        if len(members) > MEMBERS_AT_ONCE_MAX:
            raise StillRemoving
        self.roles.remove(role)

    def _known(self, role: Role, user_ids: Collection[str]) -> list[User]:
        if len(user_ids) > MEMBERS_AT_ONCE_MAX:
            raise Invalid.field("members", f"at most {MEMBERS_AT_ONCE_MAX} may change at once")
        found: list[User] = []
        for user_id in sorted(user_ids):
            user = self.users.by_id(role.tenant, user_id) if is_id(user_id) else None
            if user is None:
                raise Invalid.field("members", f"there is no user with the id '{user_id[:100]}'")
            if role.name not in user.roles and len(user.roles) >= ROLES_OF_USER_MAX:
                raise Invalid.field(
                    "members", f"'{user.name}' has {ROLES_OF_USER_MAX} roles already, the most there can be"
                )
            found.append(user)
        return found

    def _join(self, role: Role, user: User) -> None:
        if role.name not in user.roles:
            self.users.save(replace(user, roles=user.roles | {role.name}, modified_at=int(self.clock.now())))

    def _leave(self, caller: Principal, role: Role, user: User) -> None:
        if role.name in user.roles:
            now = self.clock.now()
            lessened = replace(user, roles=user.roles - {role.name}, modified_at=int(now))
            seen_by = witness(self.users, caller, user) if role.name == ADMIN else None
            self.users.save(lessened, voiding_tokens(user, now), witness=seen_by)


def _checked_external_id(text: str) -> str:
    if len(text) > EXTERNAL_ID_MAX:
        raise Invalid.field("externalId", f"may have at most {EXTERNAL_ID_MAX} characters")
    return text


def plain_name(name: str) -> str:
    """A role's name without the prefix of the primary user store."""
    return name[len(PRIMARY) :] if name.upper().startswith(PRIMARY) else name
