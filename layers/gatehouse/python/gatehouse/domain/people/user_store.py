"""A user store is where users stand beside the tenant's own: a directory (LDAP, Active Directory) of somebody else's.

Its users are called `DOMAIN/name` everywhere, and their groups are roles `DOMAIN/group`; so nobody there is ever taken for
a user of the tenant's own. The store is described by the properties that WSO2 has for it; what they mean is `DirectoryTerms`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Conflict, Forbidden, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

PRIMARY = "PRIMARY"
SEPARATOR = "/"
RESERVED_DOMAINS = frozenset({PRIMARY, "INTERNAL", "APPLICATION", "WORKFLOW", "SYSTEM", "FEDERATED"})
"""Prefixes that names of users and roles have already, upper case."""

STORES_MAX = 20
"""How many user stores a tenant may have."""

_DOMAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,59}")


class StoreType(StrEnum):
    """WSO2's names of the kinds of user stores."""

    READ_ONLY = "UniqueIDReadOnlyLDAPUserStoreManager"
    READ_WRITE = "UniqueIDReadWriteLDAPUserStoreManager"
    ACTIVE_DIRECTORY = "UniqueIDActiveDirectoryUserStoreManager"

    @property
    def id(self) -> str:
        """The type as the interface names it: base64url of the name."""
        return _encoded(self.value)

    @classmethod
    def of(cls, type_id: str) -> StoreType | None:
        """The type with this id; also of the classes that WSO2 had before, without unique ids."""
        return next((kind for kind in cls if type_id in {kind.id, _encoded(kind.removeprefix("UniqueID"))}), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserStore:
    """A user store of a tenant. `domain` is upper case; `password`, its own user's, is not among the properties.

    `sealed_password` is what is kept of it.
    """

    tenant: str
    domain: str
    type: StoreType
    description: str = ""
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)
    sealed_password: str = field(default="", repr=False)
    version: int = 0

    @property
    def id(self) -> str:
        """The store as the interface names it: base64url of the domain."""
        return _encoded(self.domain)

    @property
    def enabled(self) -> bool:
        """Whether its users may log in."""
        return self.properties.get("Disabled", "false").lower() != "true"

    @property
    def writable(self) -> bool:
        """Whether users can be kept here."""
        return self.type is not StoreType.READ_ONLY


class UserStoreExists(Conflict):
    """The tenant has a user store of this domain."""

    default_description = "A user store with this name exists already."


class UserStoreNotFound(NotFound):
    """The tenant has no such user store."""

    default_description = "There is no such user store."


class UserStoreReadOnly(Forbidden):
    """Users of this store are kept by somebody else."""

    default_description = "The user store can only be read: change the user in the directory itself."


def is_domain(text: str) -> bool:
    """Whether a user store may be called so."""
    return _DOMAIN.fullmatch(text) is not None and text.upper() not in RESERVED_DOMAINS


def split_domain(name: str) -> tuple[str, str]:
    """`CORP/mary` → (`CORP`, `mary`); the tenant's own users have "" as domain, also when `PRIMARY/` is written out."""
    domain, separator, local = name.partition(SEPARATOR)
    if not separator:
        return "", name
    return ("", local) if domain.upper() == PRIMARY else (domain.upper(), local)


def in_domain(domain: str, name: str) -> str:
    """The full name of a user or of a group: `CORP/mary`."""
    return f"{domain}{SEPARATOR}{name}"


def domain_of_id(store_id: str) -> str:
    """The domain that an id stands for, upper case; "" when it is no id."""
    try:
        return base64.urlsafe_b64decode(store_id + "=" * (-len(store_id) % 4)).decode("ascii").upper()
    except ValueError:
        return ""


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
