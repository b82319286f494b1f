"""Our own key manager in the form of the others. It is built in; what a tenant's administrator may change of it is a record.

That is what it is called and described as, whether it is on, which grants and lifetimes keys of applications have, and for
whom. Where it stands and how it signs is not theirs to change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.clients.registration import known_grant_types
from gatehouse.controlplane.key_management.documents import DEFAULTS, Document, permissions_of
from gatehouse.controlplane.key_management.issuers import JWKS
from gatehouse.domain.errors import Invalid
from gatehouse.domain.record import Kind
from gatehouse.domain.tokens.key_manager import RESIDENT_TYPE, ExternalKeyManager, resident_id
from gatehouse.domain.tokens.oauth import LIFETIME_PROPERTIES, SERVED_GRANTS
from gatehouse.domain.tokens.token import RESIDENT_KEY_MANAGER, issuer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.record import Record
    from gatehouse.ports.portal.records import RecordLookup

SECONDS_MAX = 2**31 - 1
FOREVER = -1

_NOTHING: tuple[object, ...] = (None, "", [], {}, False)
"""What clients send for a property that a key manager has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residents:
    """The resident key managers of all tenants. `settings` has what was changed of them."""

    settings: RecordLookup
    management_url: str

    def of(self, tenant: str) -> ExternalKeyManager:
        """The tenant's, as its administrator has it."""
        record = self.record(tenant)
        return self.built(tenant, record.body if record else {})

    def record(self, tenant: str) -> Record | None:
        """What was changed of it, or None."""
        return self.settings.get(tenant, Kind.RESIDENT_KEY_MANAGER, resident_id(tenant))

    def built(self, tenant: str, changes: Mapping[str, Any]) -> ExternalKeyManager:
        """The tenant's, with these changes."""
        endpoint = issuer_of(self.management_url, tenant)
        base = endpoint.removesuffix("/token")
        document = {
            **DEFAULTS,
            "type": RESIDENT_TYPE,
            "displayName": RESIDENT_KEY_MANAGER,
            "description": "Clients and tokens of this server",
            "tokenEndpoint": endpoint,
            "revokeEndpoint": f"{base}/revoke",
            "certificates": {"type": JWKS, "value": f"{base}/jwks"},
            "enableTokenGeneration": True,
            "enableOAuthAppCreation": True,
            "consumerKeyClaim": "azp",
            "scopesClaim": "scope",
            "availableGrantTypes": list(SERVED_GRANTS),
            "additionalProperties": {},
            "permissions": permissions_of({}),
            **changes,
        }
        return ExternalKeyManager(
            tenant=tenant, id=resident_id(tenant), name=RESIDENT_KEY_MANAGER, issuer=endpoint, document=document
        )


def changes_of(document: Document, standing: ExternalKeyManager, shown: Document) -> Document:
    """What of a document, which says all, is the administrator's to change. Raises Invalid for what is not, and differs."""
    changes = {
        "displayName": document.get("displayName") or RESIDENT_KEY_MANAGER,
        "description": document.get("description", ""),
        "enabled": document.get("enabled", True),
        "availableGrantTypes": _grants(document.get("availableGrantTypes") or SERVED_GRANTS),
        "additionalProperties": _lifetimes(document.get("additionalProperties") or {}),
        "permissions": permissions_of(document.get("permissions") or {}),
    }
    known = {**shown, "id": standing.id, "name": standing.name, "issuer": standing.issuer, "global": False}
    for name, value in document.items():
        same = value == known.get(name) or (value in _NOTHING and known.get(name) in _NOTHING)
        if name not in changes and not same:
            raise Invalid.field(name, f"is built in at '{standing.name}', and cannot be changed")
    return changes


def _grants(given: list[str] | tuple[str, ...]) -> list[str]:
    known_grant_types(given, field="availableGrantTypes")
    return list(dict.fromkeys(given))


def _lifetimes(given: Mapping[str, Any]) -> dict[str, int]:
    found = {}
    for name, value in given.items():
        path, text = f"additionalProperties.{name}", str(value)
        if name not in LIFETIME_PROPERTIES:
            raise Invalid.field(path, f"is unknown; known are {', '.join(LIFETIME_PROPERTIES)}")
        seconds = int(text) if text.isascii() and text.removeprefix("-").isdigit() else 0
        if not (seconds == FOREVER or 0 < seconds <= SECONDS_MAX):
            raise Invalid.field(path, f"must be {FOREVER} (no expiry) or 1 to {SECONDS_MAX} seconds")
        found[name] = seconds
    return found
