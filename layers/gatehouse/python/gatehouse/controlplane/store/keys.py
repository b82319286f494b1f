"""The keys of a developer's own applications: clients at the key manager that the gateway takes for the application.

A client is made at the key manager first and bound to the application second. If the binding fails the client is deleted
again; if even that fails it is left over there, and no call gets through with it.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gatehouse.domain.application import ApplicationKey, KeyExists, KeyManagerUnknown, KeyMode, KeyNotFound
from gatehouse.domain.errors import Changed, GatehouseError, Invalid
from gatehouse.domain.key_manager import KeyManagerDisabled, MappingNotSupported
from gatehouse.domain.oauth import CLIENT_CREDENTIALS, DEFAULT_LIFETIMES, ClientExists, InvalidClient
from gatehouse.domain.token import RESIDENT_KEY_MANAGER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.domain.application import Application
    from gatehouse.domain.grant import KeyType
    from gatehouse.domain.identity import Principal
    from gatehouse.domain.key_manager import ExternalKeyManager
    from gatehouse.domain.oauth import ClientCredentials, IssuedToken, Lifetimes
    from gatehouse.ports.applications import ApplicationKeys
    from gatehouse.ports.key_manager import KeyManager
    from gatehouse.ports.key_managers import KeyManagers

ATTEMPTS = 3
"""How often a key is bound to its application when that changes in the very moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a developer decides about a key. `properties` are the interface's, kept to be shown again."""

    grant_types: tuple[str, ...]
    callback_url: str = ""
    lifetimes: Lifetimes = DEFAULT_LIFETIMES
    properties: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTerms:
    """What a token shall be like. `validity_seconds` None is the client's own, negative is no expiry.

    `secret` None is not checked: the caller owns the application. `revoke` is an earlier token to void.
    """

    scopes: tuple[str, ...] = ()
    validity_seconds: int | None = None
    secret: str | None = field(default=None, repr=False)
    revoke: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made: the one time its secret is shown. `token` is for trying it out."""

    key: ApplicationKey
    credentials: ClientCredentials
    token: IssuedToken | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKeys:
    """The keys of the caller's applications."""

    applications: OwnApplications
    keys: ApplicationKeys
    key_manager: KeyManager
    key_managers: KeyManagers

    def external(self, principal: Principal) -> list[ExternalKeyManager]:
        """The external key managers that the caller's applications may have keys at, by name."""
        return [found for found in self.key_managers.all(principal.tenant) if found.enabled]

    def map(
        self, principal: Principal, application_id: str, key_type: KeyType, key_manager: str, client_id: str
    ) -> ApplicationKey:
        """A key for a client that the developer has at an external key manager.

        Its secret is not asked for, because nothing here would use it: who knows no secret gets no token over there.
        Raises ApplicationNotFound, ApplicationInactive, KeyManagerUnknown, KeyManagerDisabled, MappingNotSupported,
        KeyExists, KeyMapped, Changed.
        """
        application = self.applications.active(principal, application_id)
        at = self._mapping(principal.tenant, key_manager)
        key = ApplicationKey(
            tenant=application.tenant,
            application_id=application.id,
            id=str(uuid.uuid4()),
            key_type=key_type,
            client_id=client_id,
            key_manager=at.name,
            key_manager_id=at.id,
            mode=KeyMode.MAPPED,
            grant_types=tuple(at.document.get("availableGrantTypes", ())),
        )
        return self._added(principal, key)

    def generate(
        self, principal: Principal, application_id: str, key_type: KeyType, terms: KeyTerms, token: TokenTerms
    ) -> NewKey:
        """A new key, with a first token if it may have one by itself.

        Raises ApplicationNotFound, ApplicationInactive, KeyExists, InvalidScope, Changed, Unavailable.
        """
        application = self.applications.active(principal, application_id)
        if self._named(application, key_type) is not None:
            raise KeyExists(application=application_id, key_type=key_type)
        credentials = self._register(application, key_type, terms)
        with self._undone_on_failure(application.tenant, credentials.client_id):
            first = None
            if CLIENT_CREDENTIALS in terms.grant_types:
                first = self._token(application.tenant, credentials.client_id, token)
            key = ApplicationKey(
                tenant=application.tenant,
                application_id=application.id,
                id=str(uuid.uuid4()),
                key_type=key_type,
                client_id=credentials.client_id,
                grant_types=terms.grant_types,
                callback_url=terms.callback_url,
                properties=terms.properties,
            )
            return NewKey(key=self._added(principal, key), credentials=credentials, token=first)

    def all(self, principal: Principal, application_id: str) -> list[ApplicationKey]:
        """Every key of the application. Raises ApplicationNotFound."""
        application = self.applications.get(principal, application_id)
        return self.keys.of_application(application.tenant, application.id)

    def get(self, principal: Principal, application_id: str, key: str | KeyType) -> ApplicationKey:
        """The key of this id, or the resident key manager's of this type. Raises ApplicationNotFound, KeyNotFound."""
        for found in self.all(principal, application_id):
            if found.id == key or (found.key_type == key and found.key_manager == RESIDENT_KEY_MANAGER):
                return found
        raise KeyNotFound(application=application_id, key=key)

    def update(self, principal: Principal, application_id: str, key: str | KeyType, terms: KeyTerms) -> ApplicationKey:
        """Change what may change. Raises ApplicationNotFound, KeyNotFound, MappingNotSupported, Changed."""
        found = self._ours(principal, application_id, key)
        self.key_manager.update_client(
            tenant=found.tenant,
            client_id=found.client_id,
            grant_types=terms.grant_types,
            callback_url=terms.callback_url,
            lifetimes=terms.lifetimes,
        )
        changed = replace(
            found, grant_types=terms.grant_types, callback_url=terms.callback_url, properties=terms.properties
        )
        return self.keys.save(changed)

    def delete(self, principal: Principal, application_id: str, key: str | KeyType) -> None:
        """End its calls, then forget its client, unless it is an external key manager's.

        Raises ApplicationNotFound, KeyNotFound, Changed, Unavailable.
        """
        found = self.get(principal, application_id, key)
        if not found.key_manager_id:
            self.key_manager.delete_client(tenant=found.tenant, client_id=found.client_id)
        self.keys.remove(found)

    def regenerate_secret(self, principal: Principal, application_id: str, key: str | KeyType) -> ClientCredentials:
        """A new secret in place of the old one.

        Raises ApplicationNotFound, KeyNotFound, MappingNotSupported, Unavailable.
        """
        found = self._ours(principal, application_id, key)
        return self.key_manager.regenerate_secret(tenant=found.tenant, client_id=found.client_id)

    def token(self, principal: Principal, application_id: str, key: str | KeyType, terms: TokenTerms) -> IssuedToken:
        """A token of the application's own.

        Raises ApplicationNotFound, KeyNotFound, MappingNotSupported, Invalid, Unavailable.
        """
        found = self._ours(principal, application_id, key)
        if terms.revoke:
            self.key_manager.revoke_token(tenant=found.tenant, client_id=found.client_id, token=terms.revoke)
        return self._token(found.tenant, found.client_id, terms)

    def _ours(self, principal: Principal, application_id: str, key: str | KeyType) -> ApplicationKey:
        found = self.get(principal, application_id, key)
        if found.key_manager_id:
            raise MappingNotSupported(f"The client is kept by '{found.key_manager}': change it and get tokens there.")
        return found

    def _mapping(self, tenant: str, name: str) -> ExternalKeyManager:
        """The key manager of this name, if clients can be mapped there."""
        if name == RESIDENT_KEY_MANAGER:
            raise MappingNotSupported.field("keyManager", "makes keys itself; clients are mapped at external ones only")
        found = self.key_managers.named(tenant, name)
        if found is None:
            raise KeyManagerUnknown.field("keyManager", f"there is no key manager '{name}'")
        if not found.enabled:
            raise KeyManagerDisabled.field("keyManager", f"'{name}' is not enabled")
        if not found.maps_clients:
            raise MappingNotSupported.field("keyManager", f"clients of '{name}' may not be mapped to applications")
        return found

    def _added(self, principal: Principal, key: ApplicationKey) -> ApplicationKey:
        """Kept, with the grant of the application as it is now, though it may have changed since we looked."""
        for _ in range(ATTEMPTS - 1):
            with suppress(Changed):
                return self.keys.add(key, self.applications.active(principal, key.application_id))
        return self.keys.add(key, self.applications.active(principal, key.application_id))

    def _named(self, application: Application, key_type: KeyType) -> ApplicationKey | None:
        keys = self.keys.of_application(application.tenant, application.id)
        resident = (key for key in keys if key.key_manager == RESIDENT_KEY_MANAGER)
        return next((key for key in resident if key.key_type is key_type), None)

    def _register(self, application: Application, key_type: KeyType, terms: KeyTerms) -> ClientCredentials:
        # WSO2's convention; its consent page shows the name.
        name = f"{application.owner}_{application.id}_{key_type}"
        try:
            return self._create(application, name, terms)
        except ClientExists:
            # Left over by a request that broke off, or another one's that is under way: it is not ours to take.
            return self._create(application, f"{name}_{uuid.uuid4().hex[:8]}", terms)

    def _create(self, application: Application, name: str, terms: KeyTerms) -> ClientCredentials:
        return self.key_manager.create_client(
            tenant=application.tenant,
            owner=application.owner,
            name=name,
            grant_types=terms.grant_types,
            callback_url=terms.callback_url,
            lifetimes=terms.lifetimes,
        )

    @contextmanager
    def _undone_on_failure(self, tenant: str, client_id: str) -> Iterator[None]:
        try:
            yield
        except GatehouseError:
            self.key_manager.delete_client(tenant=tenant, client_id=client_id)
            raise

    def _token(self, tenant: str, client_id: str, terms: TokenTerms) -> IssuedToken:
        try:
            return self.key_manager.issue_application_token(
                tenant=tenant,
                client_id=client_id,
                client_secret=terms.secret,
                scopes=terms.scopes,
                validity_seconds=terms.validity_seconds,
            )
        except InvalidClient as error:
            # To the store's caller this is a wrong field, not a wrong log-in.
            raise Invalid.field("consumerSecret", "is not the secret of these keys") from error


def check_key_manager(name: str) -> None:
    """Raises KeyManagerUnknown unless this key manager makes keys: an external one's are mapped."""
    if name != RESIDENT_KEY_MANAGER:
        problem = f"'{name}' makes no keys here; use '{RESIDENT_KEY_MANAGER}', or map a client that you have there"
        raise KeyManagerUnknown.field("keyManager", problem)
