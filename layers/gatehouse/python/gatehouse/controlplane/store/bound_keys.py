"""A developer's API keys that are bound to an API, and their associations with the developer's applications.

A key of this kind opens nothing until it is associated with an application that is subscribed to its API, and then opens
that API on the application's account.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.store.api_keys import ATTEMPTS, new_key, the_key, with_last_use
from gatehouse.controlplane.store.visitor import visitor
from gatehouse.domain.applications.api_key import AssociationRefused
from gatehouse.domain.errors import Changed
from gatehouse.domain.throttling.policy import SUBSCRIPTIONLESS

if TYPE_CHECKING:
    from gatehouse.controlplane.store.api_keys import ApiKeyTerms
    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.mint import Mint, NewApiKey
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.api_key import ApiKey
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.applications.grant import KeyType
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.applications.api_keys import ApiKeys
    from gatehouse.ports.applications.applications import Subscriptions
    from gatehouse.ports.applications.key_uses import LastUses
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Associated:
    """A key with both its sides. `api` is None when it is gone, `application` when the key is associated with none."""

    key: ApiKey
    api: Api | None
    application: Application | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundApiKeys:
    """The caller's keys that are bound to APIs. Nobody else may learn that they exist."""

    applications: OwnApplications
    storefront: Storefront
    subscriptions: Subscriptions
    keys: ApiKeys
    mint: Mint
    uses: LastUses
    clock: Clock

    def generate(self, principal: Principal, api_id: str, key_type: KeyType, terms: ApiKeyTerms) -> NewApiKey:
        """A new key. Raises ApiNotFound, Changed, Unavailable."""
        for _ in range(ATTEMPTS - 1):
            with suppress(Changed):
                return self._generated(principal, api_id, key_type, terms)
        return self._generated(principal, api_id, key_type, terms)

    def of_api(self, principal: Principal, api_id: str) -> list[Associated]:
        """The caller's keys of the API, oldest first. Raises ApiNotFound, Unavailable."""
        found = with_last_use(self.uses, self._of(principal, api_id))
        applications = self.applications.applications.some(principal.tenant, {key.application_id for key in found})
        return [
            Associated(
                key=key, api=None, application=applications.get(key.application_id) if key.application_id else None
            )
            for key in found
        ]

    def regenerate(self, principal: Principal, api_id: str, key_id: str) -> NewApiKey:
        """Another key on the same terms, in place of this one.

        Raises ApiNotFound, ApiKeyNotFound, Changed, Unavailable.
        """
        api = self._api(principal, api_id)
        key = the_key(self._of(principal, api_id), key_id)
        made = self.mint.for_api(replace(key, created_at=int(self.clock.now())), api)
        return replace(made, key=self.keys.renew(key, made.key))

    def revoke(self, principal: Principal, api_id: str, key_id: str) -> None:
        """End a key. Raises ApiNotFound, ApiKeyNotFound, Changed."""
        self.keys.remove(the_key(self._of(principal, api_id), key_id))

    def associate(
        self, principal: Principal, api_id: str, key_id: str, application_id: str, key_type: KeyType | None = None
    ) -> Associated:
        """Let a key of this API stand for an application; `key_type` None is either. May be repeated.

        Raises ApiNotFound, ApplicationNotFound, ApplicationInactive, ApiKeyNotFound, AssociationRefused, Changed.
        """
        for _ in range(ATTEMPTS - 1):
            with suppress(Changed):
                return self._associated(principal, api_id, key_id, application_id, key_type)
        return self._associated(principal, api_id, key_id, application_id, key_type)

    def dissociate(self, principal: Principal, api_id: str, key_id: str) -> None:
        """Let a key stand for no application. Raises ApiNotFound, ApiKeyNotFound, AssociationRefused, Changed."""
        key = the_key(self._of(principal, api_id), key_id)
        if not key.application_id:
            raise AssociationRefused.field("keyUUID", "the key is associated with no application")
        self.keys.dissociate(key)

    def release(self, principal: Principal, application_id: str, key_type: KeyType, key_id: str) -> None:
        """Let a key that stands for this application stand for none. Raises ApplicationNotFound, ApiKeyNotFound, Changed."""
        self.keys.dissociate(the_key(self._of_application(principal, application_id, key_type), key_id))

    def associations(self, principal: Principal, application_id: str, key_type: KeyType) -> list[Associated]:
        """The keys of this type that stand for the application. Raises ApplicationNotFound, Unavailable."""
        application = self.applications.get(principal, application_id)
        keys = with_last_use(self.uses, self._of_application(principal, application_id, key_type))
        apis = self.storefront.apis.some(principal.tenant, {key.api_id for key in keys})
        return [Associated(key=key, api=apis.get(key.api_id), application=application) for key in keys]

    def associable(self, principal: Principal, application_id: str, key_type: KeyType) -> list[Associated]:
        """The caller's keys of this type that stand for nothing yet and could for the application: it is subscribed.

        Raises ApplicationNotFound.
        """
        application = self.applications.get(principal, application_id)
        subscribed = self.subscriptions.of_application(application.tenant, application.id)
        apis = self.storefront.apis.some(principal.tenant, {subscription.api_id for subscription in subscribed})
        free = [key for key in self.keys.of_owner(principal.tenant, principal.user) if not key.application_id]
        return [
            Associated(key=key, api=apis[key.api_id], application=None)
            for key in free
            if key.key_type is key_type and key.api_id in apis
        ]

    def _generated(self, principal: Principal, api_id: str, key_type: KeyType, terms: ApiKeyTerms) -> NewApiKey:
        api = self._api(principal, api_id)
        key = new_key(principal, key_type, terms, now=self.clock.now(), api_id=api.id)
        made = self.mint.for_api(key, api)
        return replace(made, key=self.keys.add(made.key, api))

    def _associated(
        self, principal: Principal, api_id: str, key_id: str, application_id: str, key_type: KeyType | None
    ) -> Associated:
        application = self.applications.active(principal, application_id)
        api = self._api(principal, api_id)
        keys = [key for key in self._of(principal, api_id) if key_type in {None, key.key_type}]
        key = the_key(keys, key_id)
        if key.application_id not in {"", application.id}:
            raise AssociationRefused.field(
                "keyUUID", "the key is associated with another application; dissociate it first"
            )
        if not self._may_call(application, api):
            raise AssociationRefused.field("keyUUID", "the application is not subscribed to the API of the key")
        given = key if key.application_id else self.keys.associate(key, application)
        return Associated(key=given, api=api, application=application)

    def _may_call(self, application: Application, api: Api) -> bool:
        """Whether the application is subscribed, or need not be."""
        if SUBSCRIPTIONLESS in api.policies:
            return True
        return bool(self.subscriptions.between(application.tenant, [application.id], api.id))

    def _api(self, principal: Principal, api_id: str) -> Api:
        return self.storefront.get(visitor(principal.tenant, principal), api_id)

    def _of(self, principal: Principal, api_id: str) -> list[ApiKey]:
        """The caller's keys of the API, also when it is not shown to them any more. Raises ApiNotFound."""
        found = self.keys.of_owner(principal.tenant, principal.user, api_id)
        if not found:
            self._api(principal, api_id)
        return found

    def _of_application(self, principal: Principal, application_id: str, key_type: KeyType) -> list[ApiKey]:
        application = self.applications.get(principal, application_id)
        found = self.keys.associated(application.tenant, application.id)
        return [key for key in found if key.key_type is key_type]
