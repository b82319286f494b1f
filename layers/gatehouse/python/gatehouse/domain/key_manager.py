"""An external key manager is a server of somebody else's whose tokens open our APIs. Our own is resident, and built in.

It is kept as the admin's document; what the gateway needs of it is an `Issuer` (`domain/issuer`), written with it in the
same transaction. Secrets in it are used and never shown.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.domain.deployed import ALL
from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gatehouse.domain.token import RESIDENT_KEY_MANAGER

if TYPE_CHECKING:
    from collections.abc import Mapping

RESIDENT_TYPE = "default"
RESERVED_NAMES = frozenset({RESIDENT_KEY_MANAGER.lower(), ALL})
"""What APIs and applications already mean something by."""

_RESIDENTS = uuid.UUID("6d0a64a2-7d0c-4a5c-8c0e-0e5a1c1b8a37")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalKeyManager:
    """An external key manager. Names are unique in the tenant without regard to case, issuers are unique exactly."""

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
    def maps_clients(self) -> bool:
        """Whether developers may bind clients that they have there to their applications."""
        return bool(self.document.get("enableMapOAuthConsumerApps", False))


def resident_id(tenant: str) -> str:
    """The id of a tenant's resident key manager: the same for ever, and kept nowhere."""
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
    default_description = f"'{RESIDENT_KEY_MANAGER}' is built in: it can be neither changed nor deleted."


class KeyManagerInUse(Conflict):
    """Applications have keys at it."""

    message = "Key manager in use"
    default_description = "Applications have keys at this key manager. Remove them first, or disable it."


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
