"""Key managers, as an admin keeps them: the interface's document in, the issuer that the gateway checks tokens by out.

A key manager of all tenants is kept like one of a tenant, under a name of its own; only the super tenant's admins change it.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.controlplane.key_management.connectors import connector_of
from gatehouse.controlplane.key_management.discovery import discovered
from gatehouse.controlplane.key_management.documents import ENDPOINTS, Document, kept_document, shown
from gatehouse.controlplane.key_management.issuers import JWKS, issuer_of_key_manager, jwks_of
from gatehouse.controlplane.key_management.reach import Reach
from gatehouse.controlplane.key_management.resident import changes_of
from gatehouse.domain.applications.registration import Flavour
from gatehouse.domain.artifact import ALL_TENANTS, Artifact, resident_key
from gatehouse.domain.errors import Changed, Forbidden, Invalid
from gatehouse.domain.people.identity import SUPER_TENANT, display_username
from gatehouse.domain.record import Kind, Record
from gatehouse.domain.tokens.key_manager import (
    ALIASES,
    RESERVED_NAMES,
    RESIDENT_TYPE,
    ConfigurationMissing,
    ExternalKeyManager,
    GlobalKeyManager,
    KeyManagerExists,
    KeyManagerInUse,
    KeyManagerNotFound,
    ResidentKeyManager,
    resident_id,
)
from gatehouse.domain.tokens.token import tenant_of_issuer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.key_management.resident import Residents
    from gatehouse.controlplane.key_management.usage import KeyManagerUsage
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.applications.registrars import ProviderMetadata
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.tokens.key_managers import KeyManagers, PublicKeys
    from gatehouse.ports.world import Clock

ALIASES_MAX = 10
"""How many other issuers a key manager's tokens may name; each is a row in the transaction that keeps it."""

_ISSUER = re.compile(r"[\x21-\x7e]{1,512}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyManagement:
    """The key managers of tenants. `usage` is asked before one is deleted; plain http is for the local stack only."""

    key_managers: KeyManagers
    public_keys: PublicKeys
    usage: KeyManagerUsage
    residents: Residents
    records: Records
    clock: Clock
    metadata: ProviderMetadata
    management_url: str
    plain_http_allowed: bool

    def all(self, tenant: str) -> list[ExternalKeyManager]:
        """The resident one first, then every other by name, those of all tenants among them."""
        return [self.resident(tenant), *Reach(self.key_managers).all(tenant)]

    def everybodys(self, tenant: str) -> list[ExternalKeyManager]:
        """Those of all tenants, by name. Raises Forbidden to other tenants than the super tenant."""
        _check_super(tenant)
        return self.key_managers.all(ALL_TENANTS)

    def everybodys_one(self, tenant: str, key_manager_id: str) -> ExternalKeyManager:
        """One of all tenants'. Raises Forbidden as above, KeyManagerNotFound."""
        _check_super(tenant)
        found = self.key_managers.get(ALL_TENANTS, key_manager_id)
        if found is None:
            raise KeyManagerNotFound(id=key_manager_id)
        return found

    def discover(self, url: str, kind: str) -> Document:
        """The document of the provider whose metadata are at this address, as far as they tell it. Raises Invalid (`url`)."""
        self._check_url("url", url or "-")
        return discovered(self.metadata.at(url), url, kind or "OIDC")

    def resident(self, tenant: str) -> ExternalKeyManager:
        """Our own key manager in the form of the others."""
        return self.residents.of(tenant)

    def update_resident(self, principal: Principal, document: Document) -> ExternalKeyManager:
        """Change what may change of it. Raises Invalid, Changed."""
        tenant, standing = principal.tenant, self.residents.record(principal.tenant)
        before = self.resident(tenant)
        changes = changes_of(document, before, shown(before.document))
        now, by = int(self.clock.now() * 1000), display_username(tenant, principal.user)
        record = Record(
            tenant=tenant,
            kind=Kind.RESIDENT_KEY_MANAGER,
            id=before.id,
            body=changes,
            created_at=standing.created_at if standing else now,
            updated_at=now,
            by=standing.by if standing else by,
            updated_by=by,
        )
        told = [Artifact(resident_key(tenant), {"enabled": bool(changes["enabled"])})]
        if standing is None:
            self.records.add(record, taken=Changed(), changes=told)
        else:
            self.records.replace(standing, record, taken=Changed(), changes=told)
        return self.residents.built(tenant, changes)

    def get(self, tenant: str, key_manager_id: str) -> ExternalKeyManager:
        """Raises KeyManagerNotFound."""
        if key_manager_id == resident_id(tenant):
            return self.resident(tenant)
        found = Reach(self.key_managers).get(tenant, key_manager_id)
        if found is None:
            raise KeyManagerNotFound(id=key_manager_id)
        return found

    def create(self, tenant: str, document: Document) -> ExternalKeyManager:
        """One of the tenant's own, or with `global` one of all tenants.

        Raises Invalid, KeyManagerExists, IssuerTaken, and Forbidden when `global` is not the super tenant's wish.
        """
        if document["name"].lower() in RESERVED_NAMES:
            raise KeyManagerExists(f"name: '{document['name']}' already means something else here")
        owner = tenant
        if document.get("global"):
            _check_super(tenant)
            owner = ALL_TENANTS
        elif self.key_managers.named(ALL_TENANTS, document["name"]):
            raise KeyManagerExists(f"name: all tenants have a key manager '{document['name']}'")
        new = self._checked(owner, str(uuid.uuid4()), document, {})
        return self.key_managers.add(new, issuer_of_key_manager(new, self.public_keys))

    def update(self, tenant: str, key_manager_id: str, document: Document) -> ExternalKeyManager:
        """Replace the document, but not its name.

        Raises KeyManagerNotFound, ResidentKeyManager, GlobalKeyManager, Invalid, IssuerTaken, Changed.
        """
        known = self._changeable(tenant, key_manager_id)
        if document["name"] != known.name:
            raise Invalid.field("name", f"is '{known.name}' and cannot be changed: APIs and keys refer to it by name")
        if document.get("global", known.is_global) != known.is_global:
            raise Invalid.field("global", "cannot be changed: make another key manager")
        changed = self._checked(known.tenant, known.id, document, known.document)
        changed = replace(changed, version=known.version)
        return self.key_managers.save(changed, issuer_of_key_manager(changed, self.public_keys))

    def delete(self, tenant: str, key_manager_id: str) -> None:
        """Raises KeyManagerNotFound, ResidentKeyManager, GlobalKeyManager, KeyManagerInUse, Changed.

        A key may be mapped, or an API name it, between the question and the deletion; it opens nothing then, under whatever name.
        """
        known = self._changeable(tenant, key_manager_id)
        if self.usage.is_needed(known):
            raise KeyManagerInUse(key_manager=known.name)
        self.key_managers.remove(known)

    def _changeable(self, tenant: str, key_manager_id: str) -> ExternalKeyManager:
        if key_manager_id == resident_id(tenant):
            raise ResidentKeyManager
        known = self.get(tenant, key_manager_id)
        if known.is_global and tenant != SUPER_TENANT:
            raise GlobalKeyManager(id=key_manager_id)
        return known

    def _checked(
        self, tenant: str, key_manager_id: str, document: Document, known: Mapping[str, Any]
    ) -> ExternalKeyManager:
        """The key manager of a document as it is kept. `known` is what was kept of it before."""
        if document["type"] == RESIDENT_TYPE:
            raise Invalid.field("type", f"'{RESIDENT_TYPE}' is the resident key manager's own; name another")
        kept = kept_document(document, known)
        for field in ENDPOINTS.values():
            self._check_url(field, kept.get(field))
        issuer = document.get("issuer", "")
        if not issuer:
            raise Invalid.field("issuer", "is required: tokens are told apart by it")
        found = ExternalKeyManager(
            tenant=tenant, id=key_manager_id, name=document["name"], issuer=issuer, document=kept
        )
        self._check_issuers(found)
        self._check_keys(found)
        self._check_clients(found)
        return found

    def _check_issuers(self, found: ExternalKeyManager) -> None:
        for index, name in enumerate(found.issuers):
            path = f"additionalProperties.{ALIASES}" if index else "issuer"
            if not _ISSUER.fullmatch(name):
                raise Invalid.field(path, f"'{name}' is no issuer: visible ASCII characters, 512 at most")
            if tenant_of_issuer(self.management_url, name) is not None:
                raise Invalid.field(path, "is this server's own")
            if index > ALIASES_MAX:
                raise Invalid.field(path, f"lists more than {ALIASES_MAX}")

    def _check_keys(self, found: ExternalKeyManager) -> None:
        """Tokens must be verifiable, one way or the other."""
        kept = found.document
        certificates = kept.get("certificates") or {}
        value, introspected = certificates.get("value", ""), kept.get("introspectionEndpoint")
        if value and certificates.get("type") == JWKS:
            self._check_url("certificates.value", value)
        elif value:
            jwks_of(value, self.public_keys)
        if kept["enableSelfValidationJWT"] and not value and not introspected:
            raise Invalid.field("certificates", "is required, or an introspectionEndpoint, to verify tokens with")
        if not kept["enableSelfValidationJWT"] and not introspected:
            raise Invalid.field("introspectionEndpoint", "is required when JWTs are not validated by themselves")
        if found.token_kind != "DIRECT" and not value:
            raise Invalid.field(
                "certificates", f"is required with tokenType {found.token_kind}: only JWTs are exchanged"
            )

    def _check_clients(self, found: ExternalKeyManager) -> None:
        """What the provider must be told, where clients are registered or tokens are fetched."""
        kept, connector = found.document, connector_of(found.document["type"])
        if kept["enableTokenGeneration"] and not kept.get("tokenEndpoint"):
            raise Invalid.field("tokenEndpoint", "is required with enableTokenGeneration")
        if not kept["enableOAuthAppCreation"]:
            return
        if connector.flavour is Flavour.NONE:
            raise Invalid.field("enableOAuthAppCreation", f"{connector.display_name} registers no clients; map them")
        if not kept.get("clientRegistrationEndpoint"):
            raise Invalid.field("clientRegistrationEndpoint", "is required with enableOAuthAppCreation")
        for setting in connector.settings:
            if setting.required and kept["additionalProperties"].get(setting.name) in (None, ""):
                path = f"additionalProperties.{setting.name}"
                raise ConfigurationMissing.field(path, f"{setting.label} is required with enableOAuthAppCreation")

    def _check_url(self, path: str, value: str | None) -> None:
        if not value:
            return
        parts = urlsplit(value)
        allowed = ("https", "http") if self.plain_http_allowed else ("https",)
        if parts.scheme not in allowed or not parts.hostname or parts.username is not None:
            raise Invalid.field(path, f"must be an absolute URL ({' or '.join(allowed)}) without user information")


def _check_super(tenant: str) -> None:
    if tenant != SUPER_TENANT:
        raise Forbidden("Key managers of all tenants are for admins of the super tenant.")
