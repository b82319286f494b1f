"""An external key manager is a server of somebody else's whose tokens open our APIs. Our own is resident, and built in.

It is kept as the admin's document; what the gateway needs of it is an `Issuer` (`domain/tokens/issuer`), written with it in the
same transaction. Secrets in it are used and never shown.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.artifact import ALL_TENANTS
from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gatehouse.domain.people.identity import EVERYONE
from gatehouse.domain.publishing.deployed import ALL
from gatehouse.domain.tokens.token import RESIDENT_KEY_MANAGER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

RESIDENT_TYPE = "default"
RESERVED_NAMES = frozenset({RESIDENT_KEY_MANAGER.lower(), ALL})
"""What APIs and applications already mean something by."""

ALIASES = "issuer_aliases"
"""The additional property that lists other issuers that the same provider's tokens name, apart by spaces or commas."""

_RESIDENTS = uuid.UUID("6d0a64a2-7d0c-4a5c-8c0e-0e5a1c1b8a37")


class TokenKind(StrEnum):
    """What tokens of a key manager are good for: for calls, for being exchanged into ours (RFC 8693), or for both."""

    DIRECT = "DIRECT"
    EXCHANGED = "EXCHANGED"
    BOTH = "BOTH"


class Permission(StrEnum):
    """Which developers may use a key manager: all, those with one of its roles, or those with none of them."""

    PUBLIC = "PUBLIC"
    ALLOW = "ALLOW"
    DENY = "DENY"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalKeyManager:
    """An external key manager. Names are unique in the tenant without regard to case, issuers are unique exactly.

    Those of the tenant ALL_TENANTS are everybody's, and the super tenant's to change.
    """

    tenant: str
    id: str
    name: str
    issuer: str
    document: Mapping[str, Any] = field(hash=False, repr=False)
    version: int = 0

    @property
    def enabled(self) -> bool:
        """Whether its tokens are taken."""
        return bool(self.document.get("enabled", True))

    @property
    def is_global(self) -> bool:
        """Whether all tenants have it."""
        return self.tenant == ALL_TENANTS

    @property
    def issuers(self) -> tuple[str, ...]:
        """Everything that its tokens may name as their issuer, the canonical one first."""
        listed = str(self.document.get("additionalProperties", {}).get(ALIASES, ""))
        return tuple(dict.fromkeys((self.issuer, *(name for name in re.split(r"[\s,]+", listed) if name))))

    @property
    def token_kind(self) -> TokenKind:
        """What its tokens are good for."""
        return TokenKind(self.document.get("tokenType") or TokenKind.DIRECT)

    @property
    def maps_clients(self) -> bool:
        """Whether developers may bind clients that they have there to their applications."""
        return bool(self.document.get("enableMapOAuthConsumerApps", False)) and self._takes_calls

    @property
    def makes_clients(self) -> bool:
        """Whether clients are registered there for applications."""
        return bool(self.document.get("enableOAuthAppCreation", False)) and self._takes_calls

    @property
    def gives_tokens(self) -> bool:
        """Whether applications' tokens are fetched there through us."""
        return bool(self.document.get("enableTokenGeneration", False)) and self._takes_calls

    def may_be_used_by(self, roles: Collection[str]) -> bool:
        """Whether a developer with these roles may have keys there."""
        permissions = self.document.get("permissions") or {}
        has_one = not set(permissions.get("roles") or ()).isdisjoint({*roles, EVERYONE})
        match Permission(permissions.get("permissionType") or Permission.PUBLIC):
            case Permission.ALLOW:
                return has_one
            case Permission.DENY:
                return not has_one
            case Permission.PUBLIC:
                return True

    @property
    def _takes_calls(self) -> bool:
        return self.token_kind is not TokenKind.EXCHANGED


def resident_id(tenant: str) -> str:
    """The id of a tenant's resident key manager: the same for ever."""
    return str(uuid.uuid5(_RESIDENTS, tenant))


class KeyManagerExists(Conflict):
    """The tenant has a key manager of this name."""

    code = 901402
    message = "Key manager already exists"
    default_description = "There is a key manager of this name already."


class IssuerTaken(Conflict):
    """Another key manager of the tenant has this issuer: a token could not be told whose it is."""

    code = 901402
    message = "Key manager already exists"
    default_description = "issuer: another key manager of the tenant has this issuer"


class KeyManagerNotFound(NotFound):
    """There is no such key manager."""

    code = 901411
    message = "Key manager not found"
    default_description = "There is no such key manager."


class ResidentKeyManager(Forbidden):
    """The resident key manager is built in."""

    message = "Built-in key manager"
    default_description = f"'{RESIDENT_KEY_MANAGER}' is built in: it can be switched off, and not deleted."


class GlobalKeyManager(Forbidden):
    """A key manager of all tenants is the super tenant's."""

    message = "Key manager of all tenants"
    default_description = "This key manager is everybody's: only an admin of the super tenant changes or deletes it."


class KeyManagerRestricted(Forbidden):
    """The developer has not the roles for it."""

    code = 902013
    message = "Key manager is restricted"

    @classmethod
    def named(cls, name: str) -> KeyManagerRestricted:
        """The one sentence for every use."""
        return cls(f"keyManager: '{name}' is not for users with your roles")


class ConfigurationMissing(Invalid):
    """A key manager of this type cannot do what is asked of it without this setting."""

    code = 901401
    message = "Required key manager configuration is missing"


class KeyManagerInUse(Conflict):
    """Applications have keys at it, or APIs name it. WSO2 answers 412."""

    code = 902015
    message = "Key manager in use"
    default_description = (
        "Applications have keys at this key manager, or APIs name it. Remove that first, or disable it."
    )


class KeyManagerDisabled(Invalid):
    """It takes part in nothing."""

    code = 901406
    message = "Key manager is not enabled"


class MappingNotSupported(Invalid):
    """Clients at this key manager cannot be bound to applications."""

    code = 901405
    message = "Key manager does not support this operation"


class KeyMapped(Conflict):
    """The client stands for an application already; it cannot stand for two."""

    code = 901409
    message = "Key mapping already exists"
    default_description = "consumerKey: this client of the key manager is mapped to an application already."
