"""A role is a name that rights are bound to, with users as its members.

`Internal/…` are the product's own and those that only exist here; a name without a prefix is a role of the user store.
Names stay: APIs, scopes and documents are bound to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gatehouse.domain.people.identity import BUILT_IN_ROLES

ROLE_NAME_MAX = 255
"""In characters. Keys are made of it."""

ROLES_OF_USER_MAX = 40
"""Membership is written with the user, in one transaction of at most 100 writes."""

_NAME = re.compile(r"[^\s~!#$;%^&*+={}|\\<>\"',/](?:[^~!#$;%^&*+={}|\\<>\"',\x00-\x1f]*[^\s~!#$;%^&*+={}|\\<>\"',/])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of a tenant. `id` never changes (a UUID); `created_at` is in epoch seconds.

    `external_id` is what a provisioning client calls it; "" when none has said.
    """

    tenant: str
    name: str
    id: str
    created_at: int = 0
    external_id: str = ""

    @property
    def is_built_in(self) -> bool:
        """Whether the product needs it."""
        return self.name in BUILT_IN_ROLES


@dataclass(frozen=True, slots=True)
class Member:
    """A user who has a role, as lists show them."""

    user_id: str
    name: str


class RoleExists(Conflict):
    """The tenant has a role of this name."""

    default_description = "A role of this name exists already."


class RoleNotFound(NotFound):
    """The tenant has no such role."""

    default_description = "There is no such role."


class RoleNeeded(Forbidden):
    """The product itself needs this role."""

    default_description = "This role is part of the product and cannot be deleted."


def checked_role_name(name: str) -> str:
    """A name that a new role may have. Raises Invalid."""
    if not 0 < len(name) <= ROLE_NAME_MAX:
        raise Invalid.field("displayName", f"must have 1 to {ROLE_NAME_MAX} characters")
    if not _NAME.fullmatch(name):
        problem = "may not hold any of ~!#$;%^&*+={}|\\<>\"', nor begin or end with a slash or with white space"
        raise Invalid.field("displayName", problem)
    return name
