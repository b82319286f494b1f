"""A key manager's document, as it is sent and as it is kept: the interface's fields, checked, with the connector's defaults.

Secrets are properties. They are shown as asterisks; sent back so, they stay what they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.key_management.connectors import CONNECTORS, connector_of
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.key_manager import ALIASES, Permission, TokenKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Document = dict[str, Any]

PROPERTY_CHARACTERS_MAX = 4000
SECRET = "*****"
"""What is shown of a secret; sent back, it leaves the secret as it is."""

ENDPOINTS = {
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
"""What newer clients call an endpoint, and the property that it is kept as."""

DEFAULTS: Document = {
    "enabled": True,
    "enableTokenGeneration": False,
    "enableMapOAuthConsumerApps": False,
    "enableOAuthAppCreation": False,
    "enableSelfValidationJWT": True,
    "tokenType": TokenKind.DIRECT.value,
}

_NOT_KEPT = ("id", "name", "issuer", "endpoints", "global", "isUsed")
_OPEN_PROPERTIES = frozenset(
    {"username", "client_id", "clientid", "consumer_key", "audience", "tenant", "domain", ALIASES}
    | {setting.name.lower() for one in CONNECTORS for setting in one.settings if not setting.masked}
)
"""Additional properties that are text and no secret; whatever else is text may be one, and is not shown."""

_PROOFS = (("Username", "Password"), ("client_id", "client_secret"), ("mgmt_client_id", "mgmt_client_secret"))
"""Properties that the gateway proves itself with at introspection, the first pair that is set."""


def kept_document(document: Mapping[str, Any], known: Mapping[str, Any]) -> Document:
    """What is kept of a document. `known` is what was kept before, for secrets that come back unshown. Raises Invalid.

    An endpoint may come in two forms, and clients send back both and change one: what differs from before counts.
    """
    named = _named_endpoints(document.get("endpoints", ()))
    changed = {field: url for field, url in named.items() if document.get(field) in (None, known.get(field))}
    kept = {**DEFAULTS, **document, **changed}
    for member in _NOT_KEPT:
        kept.pop(member, None)
    connector = connector_of(document["type"])
    kept["displayName"] = kept.get("displayName") or document["name"]
    kept["consumerKeyClaim"] = kept.get("consumerKeyClaim") or connector.consumer_key_claim
    kept["scopesClaim"] = kept.get("scopesClaim") or connector.scopes_claim
    kept["additionalProperties"] = _properties(
        document.get("additionalProperties", {}), known.get("additionalProperties", {})
    )
    kept["permissions"] = permissions_of(document.get("permissions") or {})
    if document.get("allowedOrganizations", []) not in ([], ["ALL"]):
        raise Invalid.field("allowedOrganizations", "organizations are not kept apart by this server; leave it out")
    return kept


def shown(document: Mapping[str, Any]) -> Document:
    """A document without its secrets, with its endpoints in both forms."""
    properties = document.get("additionalProperties", {})
    masked = {name: SECRET if _is_secret(name, value) else value for name, value in properties.items()}
    endpoints = [{"name": name, "value": document[field]} for name, field in ENDPOINTS.items() if document.get(field)]
    return {**document, "endpoints": endpoints, "additionalProperties": masked}


def proof_of(properties: Mapping[str, Any]) -> tuple[str, str]:
    """The user name and password for introspection; both "" when there is none."""
    for name, password in _PROOFS:
        if properties.get(name):
            return str(properties[name]), str(properties.get(password) or "")
    return "", ""


def permissions_of(given: Mapping[str, Any]) -> Document:
    """Who may use a key manager, as it is kept. Raises Invalid."""
    kind = Permission(given.get("permissionType") or Permission.PUBLIC)
    roles = list(dict.fromkeys(given.get("roles") or ()))
    if kind is Permission.PUBLIC:
        return {"permissionType": kind.value, "roles": []}
    if not roles:
        raise Invalid.field("permissions.roles", f"is required with {kind}")
    return {"permissionType": kind.value, "roles": roles}


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
    if ":" in proof_of(kept)[0]:
        raise Invalid.field("additionalProperties.Username", "must not hold a colon (RFC 7617 §2)")
    return kept


def _is_secret(name: str, value: object) -> bool:
    return isinstance(value, str) and value != "" and name.lower() not in _OPEN_PROPERTIES


def _named_endpoints(endpoints: Iterable[Mapping[str, str]]) -> Document:
    found: Document = {}
    for index, endpoint in enumerate(endpoints):
        if endpoint["name"] not in ENDPOINTS:
            raise Invalid.field(f"endpoints.{index}.name", f"must be one of {', '.join(ENDPOINTS)}")
        found[ENDPOINTS[endpoint["name"]]] = endpoint["value"]
    return found
