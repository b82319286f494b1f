"""A principal is who is calling; users, roles and tenants are what the answer is made of.

The user name on the wire carries its tenant (`mary@example.com`); the super tenant's users may leave it out.
Inside, name and tenant are always two values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SUPER_TENANT = "carbon.super"

DOMAIN_MAX = 253
USERNAME_MAX = 255
"""How long the name of a tenant and of a user may be, in characters. Keys are made of both."""

PASSWORD_MIN = 5
PASSWORD_MAX = 1024
"""WSO2's default policy asks for five characters; the upper bound keeps hashing affordable."""

ADMIN = "admin"
CREATOR = "Internal/creator"
PUBLISHER = "Internal/publisher"
SUBSCRIBER = "Internal/subscriber"
EVERYONE = "Internal/everyone"
DEVOPS = "Internal/devops"
OBSERVER = "Internal/observer"
ANALYTICS = "Internal/analytics"
INTEGRATION_DEVELOPER = "Internal/integration_dev"
BUILT_IN_ROLES = (
    ADMIN,
    CREATOR,
    PUBLISHER,
    SUBSCRIBER,
    EVERYONE,
    DEVOPS,
    OBSERVER,
    ANALYTICS,
    INTEGRATION_DEVELOPER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or a machine that logs in. `password_hash` is an argon2id PHC string; `id` never changes (a UUID).

    `profile` is what the interfaces keep of a person without a rule depending on it: `name`, `emails`. Times are in epoch
    seconds. `workflow` is the reference of the approval that an account waits for, "" for none.
    """

    tenant: str
    name: str
    roles: frozenset[str]
    password_hash: str = field(repr=False)
    id: str = ""
    active: bool = True
    profile: Mapping[str, object] = field(default_factory=dict, hash=False)
    created_at: int = 0
    modified_at: int = 0
    workflow: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A world of its own: users, roles, APIs and policies of one tenant are nothing to another.

    `id` never changes (a UUID); `owner` is the name of its first administrator. `leaving` is one that is being deleted.
    """

    domain: str
    active: bool = True
    created_at: int = 0
    id: str = ""
    owner: str = ""
    leaving: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is calling a management interface, and what they may do there.

    `scopes` are those of the access token, or with Basic all that the user's roles are bound to. `organization` is the id of
    the one they belong to (`domain.portal.organization`), "" for the tenant itself.
    """

    tenant: str
    user: str
    roles: frozenset[str]
    scopes: frozenset[str]
    organization: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether the caller administers the tenant."""
        return ADMIN in self.roles


class UserExists(Conflict):
    """The tenant has a user of this name."""

    default_description = "A user of this name exists already."


class UserNotFound(NotFound):
    """The tenant has no such user."""

    default_description = "There is no such user."


def split_username(username: str) -> tuple[str, str]:
    """`mary@example.com` → (`example.com`, `mary`): tenant first. Without a tenant, the super tenant's."""
    name, separator, tenant = username.rpartition("@")
    return (tenant.lower(), name) if separator and name and tenant else (SUPER_TENANT, username)


def account_of(username: str, is_tenant: Callable[[str], bool]) -> tuple[str, str]:
    """Tenant and name that a log-in name stands for.

    What follows the last @ is a tenant if there is one of this name; else the whole is an e-mail address, and the name of a
    user of the super tenant.
    """
    tenant, name = split_username(username)
    return (tenant, name) if tenant == SUPER_TENANT or is_tenant(tenant) else (SUPER_TENANT, username)


def name_within(tenant: str, shown: str) -> str | None:
    """The name of a user of this tenant whom the interfaces call `shown`; None for a user of another tenant.

    Whom the super tenant calls `mary@mail.com` is a user of its own with an e-mail address for a name.
    """
    suffix = f"@{tenant}"
    if shown.lower().endswith(suffix):
        return shown[: -len(suffix)]
    return shown if tenant == SUPER_TENANT or "@" not in shown else None


def qualified(tenant: str, name: str) -> str:
    """The full user name, as token subjects and throttling keys carry it: `mary@carbon.super`."""
    return f"{name}@{tenant}"


def display_username(tenant: str, name: str) -> str:
    """The user name as the REST interfaces show it: the super tenant's users have no suffix."""
    return name if tenant == SUPER_TENANT else f"{name}@{tenant}"
