"""How the store interface shows applications, keys and subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store.terms import APPLICATION_TOKEN, DEFAULT, PROPERTIES
from functions.store.views_apis import api_info, api_scopes
from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.controlplane.key_management.desks import connector_at
from gatehouse.domain.apis.api import summary_of
from gatehouse.domain.applications.sharing import PRIVATE, SHARED_WITH_ORGANIZATION
from gatehouse.domain.people.identity import display_username

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gatehouse.controlplane.store.glance import Glance
    from gatehouse.controlplane.store.subscriptions import Subscribed
    from gatehouse.controlplane.store.terms import NewKey
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application, ApplicationKey
    from gatehouse.domain.applications.application_attributes import ApplicationAttribute
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.domain.tokens.oauth import ClientCredentials, IssuedToken


def application_info(application: Application, hidden: Collection[str] = ()) -> dict[str, Any]:
    """A line of the list. `hidden` are attributes that developers do not see."""
    return {
        "applicationId": application.id,
        "name": application.name,
        "throttlingPolicy": application.policy,
        "description": application.description,
        "status": application.status.shown,
        "groups": list(application.groups),
        "subscriptionCount": application.subscriptions,
        "attributes": {name: value for name, value in application.attributes.items() if name not in hidden},
        "owner": display_username(application.tenant, application.owner),
        "tokenType": "JWT",
        "createdTime": str(application.created_at * 1000),
        "updatedTime": str(application.updated_at * 1000),
    }


def application(
    found: Application, keys: Sequence[ApplicationKey], apis: Iterable[Api], hidden: Collection[str]
) -> dict[str, Any]:
    """An application with its keys, and the scopes of the APIs that it is subscribed to. `hidden` as in `application_info`."""
    scopes = {scope["key"]: scope for subscribed in apis for scope in api_scopes(subscribed)}
    return {
        **application_info(found, hidden),
        "keys": [application_key(key) for key in keys],
        "subscriptionScopes": [scopes[name] for name in sorted(scopes)],
        "hashEnabled": True,
        "visibility": SHARED_WITH_ORGANIZATION if found.organization else PRIVATE,
    }


def application_key(key: ApplicationKey) -> dict[str, Any]:
    """A key. Its secret was shown when it was made and is not known any more."""
    return {
        "keyMappingId": key.id,
        "keyManager": key.key_manager,
        "consumerKey": key.client_id or None,
        "consumerSecret": HIDDEN if key.client_id else None,
        "consumerSecrets": [],
        "supportedGrantTypes": list(key.grant_types),
        "callbackUrl": key.callback_url,
        "keyState": key.state,
        "keyType": key.key_type,
        "mode": key.mode,
        "groupId": None,
        "token": None,
        "additionalProperties": dict(key.properties) if key.key_manager_id else {**PROPERTIES, **key.properties},
    }


def new_key(made: NewKey) -> dict[str, Any]:
    """A key with its secret, once, and the first token."""
    return {
        **application_key(made.key),
        "consumerSecret": made.credentials.client_secret if made.credentials else None,
        "token": token(made.token) if made.token else None,
    }


def keys(found: Sequence[ApplicationKey]) -> dict[str, Any]:
    """The keys of an application; they are not paged."""
    return {"count": len(found), "list": [application_key(key) for key in found]}


def credentials(found: ClientCredentials) -> dict[str, Any]:
    """A consumer key with its new secret."""
    return {"consumerKey": found.client_id, "consumerSecret": found.client_secret}


def token(issued: IssuedToken) -> dict[str, Any]:
    """A token for trying an API out."""
    return {
        "accessToken": issued.access_token,
        "tokenScopes": list(issued.scopes),
        "validityTime": issued.expires_in,
    }


def subscription(found: Subscribed, glance: Glance, hidden: Collection[str] = ()) -> dict[str, Any]:
    """A subscription with both its sides. `hidden` are attributes of applications, not to be shown."""
    kept = found.subscription
    return {
        "subscriptionId": kept.id,
        "applicationId": kept.application_id,
        "apiId": kept.api_id,
        "apiInfo": api_info(summary_of(found.api), glance) if found.api else None,
        "applicationInfo": application_info(found.application, hidden),
        "throttlingPolicy": kept.policy,
        "requestedThrottlingPolicy": kept.requested or kept.policy,
        "status": kept.status,
        "redirectionParams": None,
    }


def additional_info(found: Subscribed) -> dict[str, Any]:
    """A subscription as those of an API are listed. No API of ours is served by a broker of Solace's."""
    return {
        "subscriptionId": found.subscription.id,
        "applicationId": found.application.id,
        "applicationName": found.application.name,
        "apiId": found.subscription.api_id,
        "isSolaceAPI": False,
        "solaceOrganization": None,
        "solaceDeployedEnvironments": [],
    }


def application_attribute(attribute: ApplicationAttribute) -> dict[str, Any]:
    """An attribute that the tenant wants of applications. The interface has its switches as texts."""
    return {
        "attribute": attribute.name,
        "description": attribute.description,
        "tooltip": attribute.tooltip,
        "type": attribute.type,
        "required": str(attribute.required).lower(),
        "hidden": str(attribute.hidden).lower(),
    }


def waiting() -> dict[str, Any]:
    """What is answered to a request that must wait for an approval, when its subject is not."""
    return {"workflowStatus": "CREATED", "jsonPayload": ""}


def key_manager(found: ExternalKeyManager) -> dict[str, Any]:
    """The resident key manager, as the store's clients configure themselves by it."""
    document = found.document
    lifetimes = document["additionalProperties"]
    return {
        "id": found.id,
        "name": found.name,
        "type": document["type"],
        "displayName": document["displayName"],
        "description": document["description"],
        "enabled": found.enabled,
        "availableGrantTypes": list(document["availableGrantTypes"]),
        "tokenEndpoint": document["tokenEndpoint"],
        "revokeEndpoint": document["revokeEndpoint"],
        "userInfoEndpoint": None,
        "enableTokenGeneration": True,
        "enableTokenEncryption": False,
        "enableTokenHashing": False,
        "enableOAuthAppCreation": True,
        "enableMapOAuthConsumerApps": False,
        "applicationConfiguration": [_setting(name, lifetimes.get(name, known)) for name, known in PROPERTIES.items()],
        "alias": None,
        "additionalProperties": {},
        "tokenType": "DIRECT",
    }


def external_key_manager(found: ExternalKeyManager) -> dict[str, Any]:
    """An external key manager: where tokens are got, and what can be done there from here."""
    document = found.document
    settings = connector_at(found).client_settings if found.makes_clients else ()
    return {
        "id": found.id,
        "name": found.name,
        "type": document["type"],
        "displayName": document["displayName"],
        "description": document.get("description"),
        "enabled": True,
        "availableGrantTypes": document.get("availableGrantTypes", []),
        "tokenEndpoint": document.get("displayTokenEndpoint") or document.get("tokenEndpoint"),
        "revokeEndpoint": document.get("displayRevokeEndpoint") or document.get("revokeEndpoint"),
        "userInfoEndpoint": document.get("userInfoEndpoint"),
        "enableTokenGeneration": found.gives_tokens,
        "enableTokenEncryption": False,
        "enableTokenHashing": False,
        "enableOAuthAppCreation": found.makes_clients,
        "enableMapOAuthConsumerApps": found.maps_clients,
        "applicationConfiguration": [setting.to_document() | {"constraint": None} for setting in settings],
        "alias": document.get("alias"),
        "additionalProperties": {},
        "tokenType": found.token_kind,
    }


def _setting(name: str, default: object) -> dict[str, Any]:
    is_switch = default != DEFAULT
    return {
        "name": name,
        "label": name,
        "type": "checkbox" if is_switch else "input",
        "required": False,
        "mask": False,
        "multiple": False,
        "default": default,
        "values": [],
        "tooltip": "Whether it holds for the client" if is_switch else f"Seconds; {DEFAULT} is the server's own",
        "constraint": {"type": "MIN", "value": {"min": -1}} if name == APPLICATION_TOKEN else None,
    }
