"""Key managers, as an admin keeps them: the interface's document in, the issuer that the gateway checks tokens by out.

A document may ask only for what is held to. What is not (token exchange, choosing a key manager by the look of a token,
permissions) is refused by name.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.domain.errors import Invalid
from gatehouse.domain.issuer import Introspection, Issuer
from gatehouse.domain.key_manager import (
    RESERVED_NAMES,
    RESIDENT_TYPE,
    ExternalKeyManager,
    KeyManagerExists,
    KeyManagerInUse,
    KeyManagerNotFound,
    ResidentKeyManager,
    resident_id,
)
from gatehouse.domain.token import RESIDENT_KEY_MANAGER, issuer_of, tenant_of_issuer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatehouse.ports.key_managers import KeyManagers, KeyManagerUses, PublicKeys

Document = dict[str, Any]

PROPERTY_CHARACTERS_MAX = 4000
SECRET = "*****"
"""What is shown of a secret; sent back, it leaves the secret as it is."""

JWKS, PEM = "JWKS", "PEM"
DIRECT = "DIRECT"

_ENDPOINTS = {
    "introspection_endpoint": "introspectionEndpoint",
    "token_endpoint": "tokenEndpoint",
    "display_token_endpoint": "displayTokenEndpoint",
    "revoke_endpoint": "revokeEndpoint",
    "display_revoke_endpoint": "displayRevokeEndpoint",
    "client_registration_endpoint": "clientRegistrationEndpoint",
    "userinfo_endpoint": "userInfoEndpoint",
    "authorize_endpoint": "authorizeEndpoint",
    "scope_management_endpoint": "scopeManagementEndpoint",
    "wellKnown_endpoint": "wellKnownEndpoint",
}
_OPEN_PROPERTIES = frozenset({"username", "client_id", "clientid", "consumer_key", "audience", "tenant", "domain"})
"""Additional properties that are text and no secret; whatever else is text may be one, and is not shown."""

_USERNAMES, _PASSWORDS = ("Username", "client_id"), ("Password", "client_secret")
_EVERYBODY = {"permissionType": "PUBLIC"}
_DEFAULTS: Document = {
    "enabled": True,
    "enableTokenGeneration": False,
    "enableMapOAuthConsumerApps": False,
    "enableOAuthAppCreation": False,
    "enableSelfValidationJWT": True,
    "tokenType": DIRECT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyManagement:
    """The key managers of tenants. `uses` is asked before one is deleted; plain http is for the local stack only."""

    key_managers: KeyManagers
    public_keys: PublicKeys
    uses: KeyManagerUses
    management_url: str
    plain_http_allowed: bool

    def all(self, tenant: str) -> list[ExternalKeyManager]:
        """The resident one first, then every other by name."""
        return [self.resident(tenant), *self.key_managers.all(tenant)]

    def resident(self, tenant: str) -> ExternalKeyManager:
        """Our own key manager in the form of the others. It is kept nowhere, because nothing of it can be changed."""
        endpoint = issuer_of(self.management_url, tenant)
        base = endpoint.removesuffix("/token")
        document = {
            **_DEFAULTS,
            "type": RESIDENT_TYPE,
            "displayName": RESIDENT_KEY_MANAGER,
            "description": "Clients and tokens of this server",
            "tokenEndpoint": endpoint,
            "revokeEndpoint": f"{base}/revoke",
            "certificates": {"type": JWKS, "value": f"{base}/jwks"},
            "enableTokenGeneration": True,
            "enableOAuthAppCreation": True,
        }
        return ExternalKeyManager(
            tenant=tenant, id=resident_id(tenant), name=RESIDENT_KEY_MANAGER, issuer=endpoint, document=document
        )

    def get(self, tenant: str, key_manager_id: str) -> ExternalKeyManager:
        """Raises KeyManagerNotFound."""
        if key_manager_id == resident_id(tenant):
            return self.resident(tenant)
        return self._external(tenant, key_manager_id)

    def create(self, tenant: str, document: Document) -> ExternalKeyManager:
        """Raises Invalid, KeyManagerExists, IssuerTaken."""
        if document["name"].lower() in RESERVED_NAMES:
            raise KeyManagerExists(f"name: '{document['name']}' already means something else here")
        new = self._checked(tenant, str(uuid.uuid4()), document, {})
        return self.key_managers.add(new, self._issuer(new))

    def update(self, tenant: str, key_manager_id: str, document: Document) -> ExternalKeyManager:
        """Replace the document, but not its name.

        Raises KeyManagerNotFound, ResidentKeyManager, Invalid, IssuerTaken, Changed.
        """
        if key_manager_id == resident_id(tenant):
            raise ResidentKeyManager
        known = self._external(tenant, key_manager_id)
        if document["name"] != known.name:
            raise Invalid.field("name", f"is '{known.name}' and cannot be changed: APIs and keys refer to it by name")
        changed = self._checked(tenant, known.id, document, known.document.get("additionalProperties", {}))
        changed = replace(changed, version=known.version)
        return self.key_managers.save(changed, self._issuer(changed))

    def delete(self, tenant: str, key_manager_id: str) -> None:
        """Raises KeyManagerNotFound, ResidentKeyManager, KeyManagerInUse, Changed.

        A key may be mapped between the question and the deletion; it opens nothing then, under whatever name.
        """
        if key_manager_id == resident_id(tenant):
            raise ResidentKeyManager
        known = self._external(tenant, key_manager_id)
        if self.uses.uses(tenant, known.id):
            raise KeyManagerInUse(key_manager=known.name)
        self.key_managers.remove(known)

    def _external(self, tenant: str, key_manager_id: str) -> ExternalKeyManager:
        found = self.key_managers.get(tenant, key_manager_id)
        if found is None:
            raise KeyManagerNotFound(id=key_manager_id)
        return found

    def _checked(
        self, tenant: str, key_manager_id: str, document: Document, secrets: Mapping[str, Any]
    ) -> ExternalKeyManager:
        """The key manager of a document as it is kept. `secrets` are the properties known, where they come back unshown."""
        if document["type"] == RESIDENT_TYPE:
            raise Invalid.field("type", f"'{RESIDENT_TYPE}' is the resident key manager's own; name another")
        _refuse_unsupported(document)
        kept = {**_DEFAULTS, **document, **_named_endpoints(document.get("endpoints", ()))}
        for member in ("id", "name", "issuer", "endpoints", "permissions", "global"):
            kept.pop(member, None)
        kept["displayName"] = kept.get("displayName") or document["name"]
        kept["additionalProperties"] = _properties(document.get("additionalProperties", {}), secrets)
        for field in _ENDPOINTS.values():
            self._check_url(field, kept.get(field))
        self._check_keys(kept)
        issuer = document.get("issuer", "")
        if not issuer:
            raise Invalid.field("issuer", "is required: tokens are told apart by it")
        if tenant_of_issuer(self.management_url, issuer) is not None:
            raise Invalid.field("issuer", "is this server's own")
        return ExternalKeyManager(tenant=tenant, id=key_manager_id, name=document["name"], issuer=issuer, document=kept)

    def _check_keys(self, kept: Document) -> None:
        """Tokens must be verifiable, one way or the other."""
        certificates = kept.get("certificates") or {}
        value = certificates.get("value", "")
        if value and certificates.get("type") == JWKS:
            self._check_url("certificates.value", value)
        elif value:
            self._jwks(value)
        if kept["enableSelfValidationJWT"] and not value and not kept.get("introspectionEndpoint"):
            raise Invalid.field("certificates", "is required, or an introspectionEndpoint, to verify tokens with")
        if not kept["enableSelfValidationJWT"] and not kept.get("introspectionEndpoint"):
            raise Invalid.field("introspectionEndpoint", "is required when JWTs are not validated by themselves")

    def _check_url(self, path: str, value: str | None) -> None:
        if not value:
            return
        parts = urlsplit(value)
        allowed = ("https", "http") if self.plain_http_allowed else ("https",)
        if parts.scheme not in allowed or not parts.hostname or parts.username is not None:
            raise Invalid.field(path, f"must be an absolute URL ({' or '.join(allowed)}) without user information")

    def _jwks(self, pem: str) -> tuple[dict[str, Any], ...]:
        try:
            return tuple(self.public_keys.of_pem(pem))
        except ValueError as error:
            raise Invalid.field("certificates.value", str(error)) from error

    def _issuer(self, key_manager: ExternalKeyManager) -> Issuer:
        document = key_manager.document
        certificates = document.get("certificates") or {}
        value, is_set = certificates.get("value", ""), certificates.get("type") == JWKS
        mapped = document.get("claimMapping", ())
        return Issuer(
            key_manager=key_manager.id,
            name=key_manager.name,
            issuer=key_manager.issuer,
            enabled=key_manager.enabled,
            jwks_url=value if is_set else "",
            keys=self._jwks(value) if value and not is_set else (),
            audience=document.get("alias", ""),
            consumer_key_claim=document.get("consumerKeyClaim", ""),
            scopes_claim=document.get("scopesClaim", ""),
            claims=tuple((entry["remoteClaim"], entry["localClaim"]) for entry in mapped),
            self_validated=document["enableSelfValidationJWT"] and bool(value),
            introspection=_introspection(document),
        )


def shown(document: Mapping[str, Any]) -> Document:
    """A document without its secrets."""
    properties = document.get("additionalProperties", {})
    masked = {name: SECRET if _is_secret(name, value) else value for name, value in properties.items()}
    return {**document, "additionalProperties": masked}


def _introspection(document: Mapping[str, Any]) -> Introspection | None:
    url, properties = document.get("introspectionEndpoint", ""), document["additionalProperties"]
    if not url:
        return None
    return Introspection(url=url, username=_first(properties, _USERNAMES), password=_first(properties, _PASSWORDS))


def _first(properties: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((str(properties[name]) for name in names if properties.get(name)), "")


def _properties(given: Mapping[str, Any], known: Mapping[str, Any]) -> Document:
    kept: Document = {}
    for name, value in given.items():
        if not isinstance(value, str | bool | int | float) or len(str(value)) > PROPERTY_CHARACTERS_MAX:
            raise Invalid.field(f"additionalProperties.{name}", "must be a short text, a number, true or false")
        if value == SECRET and _is_secret(name, value):
            if name not in known:
                raise Invalid.field(f"additionalProperties.{name}", f"'{SECRET}' stands for a secret that is not known")
            kept[name] = known[name]
        else:
            kept[name] = value
    if ":" in _first(kept, _USERNAMES):
        raise Invalid.field("additionalProperties.Username", "must not hold a colon (RFC 7617 §2)")
    return kept


def _is_secret(name: str, value: object) -> bool:
    return isinstance(value, str) and value != "" and name.lower() not in _OPEN_PROPERTIES


def _named_endpoints(endpoints: Iterable[Mapping[str, str]]) -> Document:
    found: Document = {}
    for index, endpoint in enumerate(endpoints):
        if endpoint["name"] not in _ENDPOINTS:
            raise Invalid.field(f"endpoints.{index}.name", f"must be one of {', '.join(_ENDPOINTS)}")
        found[_ENDPOINTS[endpoint["name"]]] = endpoint["value"]
    return found


def _refuse_unsupported(document: Mapping[str, Any]) -> None:
    if document.get("tokenType", DIRECT) != DIRECT:
        raise Invalid.field("tokenType", "tokens are not exchanged by this server; it must be DIRECT")
    for index, entry in enumerate(document.get("tokenValidation", ())):
        if entry.get("enable", True) and entry.get("value"):
            problem = "tokens are told apart by their issuer only; leave it out, empty or disabled"
            raise Invalid.field(f"tokenValidation.{index}.value", problem)
    if document.get("permissions", _EVERYBODY).get("permissionType", "PUBLIC") != "PUBLIC":
        raise Invalid.field("permissions", "key managers cannot be kept from roles by this server; leave it out")
    if document.get("global"):
        raise Invalid.field("global", "key managers of all tenants are not supported by this server")
    if document.get("allowedOrganizations", []) not in ([], ["ALL"]):
        raise Invalid.field("allowedOrganizations", "organizations are not kept apart by this server; leave it out")
