"""Keys at external key managers: clients that are made there for an application, or that a developer has there already.

A client is made first and bound second, as with our own. Its secret is shown once and not kept: who wants a token through us
brings it along.
"""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.key_management.desks import client_properties, desk_of
from gatehouse.controlplane.store.binding import ATTEMPTS, bind
from gatehouse.controlplane.store.terms import NewKey, told
from gatehouse.domain.applications.application import ApplicationKey, KeyExists, KeyMode, KeyNotFound
from gatehouse.domain.applications.registration import WantedClient
from gatehouse.domain.errors import Changed, GatehouseError, Invalid
from gatehouse.domain.tokens.key_manager import MappingNotSupported
from gatehouse.domain.tokens.oauth import CLIENT_CREDENTIALS, ClientCredentials, InvalidClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.external_clients import ExternalClients
    from gatehouse.controlplane.store.terms import KeyTerms, TokenTerms
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.applications.grant import KeyType
    from gatehouse.domain.applications.registration import Registration
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.domain.tokens.oauth import IssuedToken
    from gatehouse.ports.applications.applications import ApplicationKeys
    from gatehouse.ports.publishing.workflows import Along

_OF_NAMES = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalKeys:
    """The keys of the caller's applications at external key managers.

    What asks a key manager raises RegistrationRefused, RegistrationFailed and Unavailable besides.
    """

    applications: OwnApplications
    keys: ApplicationKeys
    clients: ExternalClients

    def map(
        self, principal: Principal, application: Application, key_type: KeyType, key_manager: str, client_id: str
    ) -> ApplicationKey:
        """A key for a client that the developer has at an external key manager.

        Its secret is not asked for, because nothing here would use it: who knows no secret gets no token over there.
        Raises KeyManagerUnknown, KeyManagerDisabled, KeyManagerRestricted, MappingNotSupported, KeyExists, KeyMapped, Changed.
        """
        at = self.clients.named(principal, key_manager)
        if not at.maps_clients:
            raise MappingNotSupported.field("keyManager", f"clients of '{at.name}' may not be mapped to applications")
        key = replace(
            self._key(application, key_type, at, client_id),
            mode=KeyMode.MAPPED,
            grant_types=tuple(at.document.get("availableGrantTypes", ())),
        )
        return bind(self.applications, self.keys, principal, key)

    def prepared(
        self, principal: Principal, application: Application, key_type: KeyType, key_manager: str, terms: KeyTerms
    ) -> tuple[ApplicationKey, KeyTerms]:
        """A key that has no client yet, and its terms as the key manager takes them.

        Raises KeyManagerUnknown, KeyManagerDisabled, KeyManagerRestricted, MappingNotSupported, KeyExists, Invalid.
        """
        at = self.clients.named(principal, key_manager)
        if not at.makes_clients:
            problem = f"'{at.name}' makes no keys here; map a client that you have there, or use another key manager"
            raise MappingNotSupported.field("keyManager", problem)
        known = self.keys.of_application(application.tenant, application.id)
        if any(key.key_manager_id == at.id and key.key_type is key_type for key in known):
            raise KeyExists(application=application.id, key_type=key_type)
        terms = replace(terms, properties=_checked(at, "grantTypesToBeSupported", terms))
        return self._key(application, key_type, at, ""), terms

    def made(
        self,
        principal: Principal,
        application: Application,
        key: ApplicationKey,
        terms: KeyTerms,
        token: TokenTerms,
        along: Sequence[Along] = (),
    ) -> NewKey:
        """A prepared key with a new client there, and with a first token if the key manager gives one.

        Raises KeyManagerUnknown, KeyManagerDisabled, KeyManagerRestricted, KeyExists, Changed.
        """
        at = self.clients.of(principal, key)
        desk = desk_of(at)
        made = self.clients.registrar.register(desk, _wanted(application, key, terms))
        credentials = ClientCredentials(client_id=made.registration.client_id, client_secret=made.client_secret)
        with self.clients.undone_on_failure(desk, made.registration):
            complete = replace(told(key, terms), client_id=credentials.client_id, registration=made.registration)
            bound = bind(self.applications, self.keys, principal, complete, along)
        return NewKey(key=bound, credentials=credentials, token=self._first_token(at, bound, credentials, token))

    def update(self, principal: Principal, key: ApplicationKey, terms: KeyTerms) -> ApplicationKey:
        """Change a client that was made here.

        Raises KeyManagerUnknown, KeyManagerDisabled, KeyManagerRestricted, MappingNotSupported, Invalid, KeyNotFound, Changed.
        """
        at, registration = self._made(principal, key)
        terms = replace(terms, properties=_checked(at, "supportedGrantTypes", terms))
        application = self.applications.get(principal, key.application_id)
        registration = self.clients.registrar.update(desk_of(at), registration, _wanted(application, key, terms))
        return self._kept(told(key, terms), registration)

    def renew_secret(self, principal: Principal, key: ApplicationKey) -> ClientCredentials:
        """A new secret in place of the old one. Raises as `update`."""
        at, registration = self._made(principal, key)
        made = self.clients.registrar.renew_secret(desk_of(at), registration)
        if made.registration != registration:
            self._kept(key, made.registration)
        return ClientCredentials(client_id=key.client_id, client_secret=made.client_secret)

    def token(self, principal: Principal, key: ApplicationKey, terms: TokenTerms) -> IssuedToken:
        """A token of the client's own, of a mapped one too. Its lifetime is the key manager's to say.

        Raises KeyManagerUnknown, KeyManagerDisabled, KeyManagerRestricted, MappingNotSupported, Invalid.
        """
        at = self.clients.of(principal, key)
        if not at.gives_tokens:
            raise MappingNotSupported(f"'{at.name}' gives no tokens here: get them there.")
        if not terms.secret:
            raise Invalid.field("consumerSecret", f"is required: secrets of clients at '{at.name}' are not kept here")
        client = ClientCredentials(client_id=key.client_id, client_secret=terms.secret)
        try:
            if terms.revoke:
                self.clients.registrar.revoke(desk_of(at), client, terms.revoke, key.properties)
            return self.clients.registrar.token(desk_of(at), client, terms.scopes, key.properties)
        except InvalidClient as error:
            # To the store's caller this is a wrong field, not a wrong log-in.
            raise Invalid.field("consumerSecret", "is not the secret of these keys") from error

    def _made(self, principal: Principal, key: ApplicationKey) -> tuple[ExternalKeyManager, Registration]:
        at = self.clients.of(principal, key)
        if key.mode is KeyMode.MAPPED or key.registration is None:
            raise MappingNotSupported(f"The client is kept by '{key.key_manager}': change it there.")
        return at, key.registration

    def _first_token(
        self, at: ExternalKeyManager, key: ApplicationKey, client: ClientCredentials, terms: TokenTerms
    ) -> IssuedToken | None:
        """None too when the key manager gives none: the keys are good, and asking for a token again says why."""
        if CLIENT_CREDENTIALS in key.grant_types and at.gives_tokens and client.client_secret:
            with suppress(GatehouseError):
                return self.clients.registrar.token(desk_of(at), client, terms.scopes, key.properties)
        return None

    def _kept(self, key: ApplicationKey, registration: Registration) -> ApplicationKey:
        """The key as it is now, whatever another request has made of it: what the key manager gave must not be lost."""
        changed = replace(key, registration=registration)
        for _ in range(ATTEMPTS - 1):
            with suppress(Changed):
                return self.keys.save(changed)
            known = self.keys.of_application(key.tenant, key.application_id)
            current = next((one for one in known if one.id == key.id), None)
            if current is None:
                raise KeyNotFound(application=key.application_id, key=key.id)
            changed = replace(changed, version=current.version)
        return self.keys.save(changed)

    def _key(
        self, application: Application, key_type: KeyType, at: ExternalKeyManager, client_id: str
    ) -> ApplicationKey:
        return ApplicationKey(
            tenant=application.tenant,
            application_id=application.id,
            id=str(uuid.uuid4()),
            key_type=key_type,
            client_id=client_id,
            key_manager=at.name,
            key_manager_id=at.id,
            everybodys=at.is_global,
        )


def _wanted(application: Application, key: ApplicationKey, terms: KeyTerms) -> WantedClient:
    """The client, named so that the key manager's admins see whose it is, and so that no two are named alike."""
    parts = (application.owner, application.name, key.key_type, key.id[:8])
    return WantedClient(
        name="_".join(_OF_NAMES.sub("-", part) for part in parts),
        grant_types=terms.grant_types,
        callback_urls=tuple(filter(None, (url.strip() for url in terms.callback_url.split(",")))),
        properties=terms.properties,
    )


def _checked(at: ExternalKeyManager, path: str, terms: KeyTerms) -> dict[str, object]:
    """The properties as the key manager takes them. Raises UnknownClientProperty, Invalid."""
    available = at.document.get("availableGrantTypes") or ()
    for index, grant in enumerate(terms.grant_types):
        if available and grant not in available:
            raise Invalid.field(
                f"{path}.{index}", f"'{grant}' is none of {', '.join(available)}, which '{at.name}' has"
            )
    return client_properties(at, terms.properties)
