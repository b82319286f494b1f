"""API keys of the caller: bound to an application, or to an API and then associated with an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.store import api_key_views as views
from functions.store import wire
from functions.store.api_key_terms import api_key_terms
from functions.store.routes.common import API_KEYS
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.store.api_keys import OwnApiKeys
    from gatehouse.controlplane.store.bound_keys import BoundApiKeys
    from gatehouse.edge.http import Request
    from gatehouse.edge.wire import Wire

TAG = "API Keys"
OF_API = "/apis/{apiId}/api-keys"
OF_APPLICATION = "/applications/{applicationId}/api-keys/{keyType}"


def routes(keys: OwnApiKeys, bound: BoundApiKeys) -> tuple[Operation, ...]:
    """Generate, list, regenerate, revoke, associate, dissociate."""
    return (*_of_applications(_ApiKeys(keys)), *_of_apis(_BoundApiKeys(bound)), *_associations(_Associations(bound)))


def _of_applications(own: _ApiKeys) -> tuple[Operation, ...]:
    path, generate = OF_APPLICATION, "applicationsApplicationIdApiKeysKeyTypeGeneratePost"
    revoke = "applicationsApplicationIdApiKeysKeyTypeRevokePost"
    return (
        _post(f"{path}/generate", generate, own.generate, "Make a key of the application", wire.ApiKeyBody),
        _post(f"{path}/regenerate", "regenerateAppBoundAPIKey", own.regenerate, "Replace a key", wire.ApiKeyReference),
        _get(path, "getAppBoundAPIKeys", own.all, "The keys of the application, of one type"),
        _post(f"{path}/revoke", revoke, own.revoke, "End a key", wire.ApiKeyRevocation),
    )


def _of_apis(own: _BoundApiKeys) -> tuple[Operation, ...]:
    path, reference = OF_API, wire.ApiKeyReference
    let_go = "Let a key stand for no application"
    return (
        _post(
            f"{path}/generate", "generateApiBoundApiKey", own.generate, "Make a key of the API", wire.BoundApiKeyBody
        ),
        _post(f"{path}/regenerate", "regenerateAPIBoundAPIKey", own.regenerate, "Replace a key", reference),
        _get(path, "getAPIBoundAPIKeys", own.all, "The caller's keys of the API"),
        _post(f"{path}/revoke", "revokeAPIBoundAPIKey", own.revoke, "End a key", reference),
        _post(
            f"{path}/associate",
            "associateAPIKey",
            own.associate,
            "Let a key stand for a subscribed application",
            wire.ApiAssociationBody,
        ),
        _post(f"{path}/dissociate", "dissociateAPIKey", own.dissociate, let_go, reference),
    )


def _associations(own: _Associations) -> tuple[Operation, ...]:
    path = OF_APPLICATION
    open_to = "The keys that could stand for the application, by subscribed API"
    let_go = "Let a key no longer stand for the application"
    return (
        _get(f"{path}/subscriptions", "getSubscribedAPIsWithAPIKeys", own.associable, open_to),
        _get(f"{path}/associations", "getAPIKeyAssociationsForApp", own.all, "The keys that stand for the application"),
        _post(
            f"{path}/associate",
            "associateAPIKeyToApp",
            own.associate,
            "Let a key of a subscribed API stand for the application",
            wire.ApplicationAssociationBody,
        ),
        _post(f"{path}/dissociate", "dissociateAPIKeyFromApp", own.dissociate, let_go, wire.ApiKeyReference),
    )


class _ApiKeys:
    def __init__(self, keys: OwnApiKeys) -> None:
        self._keys = keys

    def generate(self, request: Request, body: wire.ApiKeyBody) -> Answer:
        wanted = api_key_terms(body)
        made = self._keys.generate(request.principal, request.path["applicationId"], _key_type(request), wanted)
        return Answer(body=views.new_api_key(made))

    def all(self, request: Request) -> Answer:
        found = self._keys.all(request.principal, request.path["applicationId"], _key_type(request))
        return Answer(body=views.listed(found, views.api_key))

    def regenerate(self, request: Request, body: wire.ApiKeyReference) -> Answer:
        application_id, key_type = request.path["applicationId"], _key_type(request)
        made = self._keys.regenerate(request.principal, application_id, key_type, body.keyUUID)
        return Answer(body=views.new_api_key(made))

    def revoke(self, request: Request, body: wire.ApiKeyRevocation) -> Answer:
        if bool(body.apikey) == bool(body.keyUUID):
            raise Invalid.field("keyUUID", "name the key by its keyUUID or by the apikey itself, and not by both")
        application_id, key_type = request.path["applicationId"], _key_type(request)
        self._keys.revoke(
            request.principal, application_id, key_type, key_id=body.keyUUID or "", secret=body.apikey or ""
        )
        return Answer()


class _BoundApiKeys:
    def __init__(self, keys: BoundApiKeys) -> None:
        self._keys = keys

    def generate(self, request: Request, body: wire.BoundApiKeyBody) -> Answer:
        key_type = KeyType(body.keyType or KeyType.PRODUCTION)
        made = self._keys.generate(request.principal, request.path["apiId"], key_type, api_key_terms(body))
        return Answer(body=views.new_api_key(made))

    def all(self, request: Request) -> Answer:
        found = self._keys.of_api(request.principal, request.path["apiId"])
        return Answer(body=views.listed(found, views.bound_api_key))

    def regenerate(self, request: Request, body: wire.ApiKeyReference) -> Answer:
        made = self._keys.regenerate(request.principal, request.path["apiId"], body.keyUUID)
        return Answer(body=views.new_api_key(made))

    def revoke(self, request: Request, body: wire.ApiKeyReference) -> Answer:
        self._keys.revoke(request.principal, request.path["apiId"], body.keyUUID)
        return Answer()

    def associate(self, request: Request, body: wire.ApiAssociationBody) -> Answer:
        api_id, application_id = request.path["apiId"], body.applicationUUID
        made = self._keys.associate(request.principal, api_id, body.keyUUID, application_id)
        return Answer(body=views.association(made))

    def dissociate(self, request: Request, body: wire.ApiKeyReference) -> Answer:
        self._keys.dissociate(request.principal, request.path["apiId"], body.keyUUID)
        return Answer()


class _Associations:
    def __init__(self, keys: BoundApiKeys) -> None:
        self._keys = keys

    def all(self, request: Request) -> Answer:
        found = self._keys.associations(request.principal, request.path["applicationId"], _key_type(request))
        return Answer(body=views.listed(found, views.associated_key))

    def associable(self, request: Request) -> Answer:
        found = self._keys.associable(request.principal, request.path["applicationId"], _key_type(request))
        return Answer(body=views.listed(found, views.associable_key))

    def associate(self, request: Request, body: wire.ApplicationAssociationBody) -> Answer:
        application_id, key_type = request.path["applicationId"], _key_type(request)
        made = self._keys.associate(request.principal, body.apiUUID, body.keyUUID, application_id, key_type)
        return Answer(body=views.association(made))

    def dissociate(self, request: Request, body: wire.ApiKeyReference) -> Answer:
        self._keys.release(request.principal, request.path["applicationId"], _key_type(request), body.keyUUID)
        return Answer()


def _get(path: str, name: str, route: Callable[..., Answer], summary: str) -> Operation:
    return Operation(method="GET", path=path, id=name, route=route, summary=summary, tag=TAG, scopes=API_KEYS)


def _post(path: str, name: str, route: Callable[..., Answer], summary: str, body: type[Wire]) -> Operation:
    return Operation(
        method="POST", path=path, id=name, route=route, summary=summary, tag=TAG, scopes=API_KEYS, body=body
    )


def _key_type(request: Request) -> KeyType:
    name = request.path["keyType"]
    if name not in set(KeyType):
        raise Invalid.field("keyType", f"must be one of {', '.join(KeyType)}")
    return KeyType(name)
