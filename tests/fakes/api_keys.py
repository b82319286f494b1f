"""API keys in memory, on the shelf of the applications. Verified by tests/contract/test_api_keys.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.applications.api_key import api_key_end, api_key_grants
from gatehouse.domain.applications.application import Application
from gatehouse.domain.errors import Changed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.api_key import ApiKey
    from gatehouse.domain.artifact import Change
    from tests.fakes.applications import Shelf


class RevocableInMemoryApiKeys:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def of_application(self, tenant: str, application_id: str) -> list[ApiKey]:
        return [key for key in self._all(tenant) if key.application_id == application_id and not key.api_id]

    def associated(self, tenant: str, application_id: str) -> list[ApiKey]:
        return [key for key in self._all(tenant) if key.application_id == application_id and key.api_id]

    def dissociate(self, key: ApiKey) -> ApiKey:
        with self._shelf.lock:
            self._refuse_changed(key)
            freed = replace(key, application_id="", version=key.version + 1)
            return self._keep(freed, api_key_grants(freed))

    def remove(self, key: ApiKey) -> None:
        with self._shelf.lock:
            self._refuse_changed(key)
            self._shelf.writes += 1
            del self._shelf.api_keys[key.tenant, key.id]
            self._shelf.artifacts.publish([api_key_end(key)])

    def remove_of_api(self, tenant: str, api_id: str) -> None:
        with self._shelf.lock:
            for key in self._all(tenant):
                if key.api_id == api_id:
                    self.remove(key)

    def withdraw_all(self, application: Application) -> None:
        for key in self.of_application(application.tenant, application.id):
            self._shelf.artifacts.publish([api_key_end(key)])

    def remove_all(self, application: Application) -> None:
        for key in self.of_application(application.tenant, application.id):
            del self._shelf.api_keys[key.tenant, key.id]
        for key in self.associated(application.tenant, application.id):
            self.dissociate(key)

    def _all(self, tenant: str) -> list[ApiKey]:
        found = [key for where, key in self._shelf.api_keys.items() if where[0] == tenant]
        return sorted(found, key=lambda key: (key.created_at, key.id))

    def _keep(self, key: ApiKey, changes: Sequence[Change]) -> ApiKey:
        self._shelf.writes += 1
        self._shelf.api_keys[key.tenant, key.id] = key
        self._shelf.artifacts.publish(changes)
        return key

    def _refuse_changed(self, key: ApiKey) -> None:
        known = self._shelf.api_keys.get((key.tenant, key.id))
        if known is None or known.version != key.version:
            raise Changed


class InMemoryApiKeys(RevocableInMemoryApiKeys):
    """`api_version` tells the stored version of an API, None when it is gone or going."""

    def __init__(self, shelf: Shelf, api_version: Callable[[str, str], int | None]) -> None:
        super().__init__(shelf)
        self._api_version = api_version

    def of_owner(self, tenant: str, owner: str, api_id: str = "") -> list[ApiKey]:
        bound = [key for key in self._all(tenant) if key.api_id and key.owner.lower() == owner.lower()]
        return [key for key in bound if api_id in {"", key.api_id}]

    def add(self, key: ApiKey, bound_to: Application | Api) -> ApiKey:
        with self._shelf.lock:
            if isinstance(bound_to, Application):
                self._require(bound_to)
            elif self._api_version(bound_to.tenant, bound_to.id) != bound_to.stored_version:
                raise Changed
            return self._keep(replace(key, version=1), api_key_grants(key))

    def renew(self, key: ApiKey, renewed: ApiKey, application: Application | None = None) -> ApiKey:
        with self._shelf.lock:
            self._refuse_changed(key)
            self._require(application)
            return self._keep(replace(renewed, version=key.version + 1), [api_key_end(key), *api_key_grants(renewed)])

    def associate(self, key: ApiKey, application: Application) -> ApiKey:
        with self._shelf.lock:
            self._refuse_changed(key)
            self._require(application)
            given = replace(key, application_id=application.id, version=key.version + 1)
            return self._keep(given, api_key_grants(given))

    def _require(self, application: Application | None) -> None:
        if application is not None:
            self._shelf.require(application)
