"""The keys of a developer's own applications: clients at the key manager that the gateway takes for the application.

A client is made at the key manager first and bound to the application second. If the binding fails the client is deleted
again; if even that fails it is left over there, and no call gets through with it.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.store.binding import bind
from gatehouse.controlplane.store.resident_terms import on_terms_of
from gatehouse.controlplane.store.terms import NewKey, told
from gatehouse.controlplane.workflows.subjects.keys import kind_of, question
from gatehouse.domain.applications.application import ApplicationKey, KeyExists, KeyNotFound, KeyState
from gatehouse.domain.errors import GatehouseError, Invalid
from gatehouse.domain.publishing.workflow import RejectedRequest, WorkflowPending
from gatehouse.domain.tokens.key_manager import MappingNotSupported, resident_id
from gatehouse.domain.tokens.oauth import CLIENT_CREDENTIALS, ClientExists, InvalidClient
from gatehouse.domain.tokens.token import RESIDENT_KEY_MANAGER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gatehouse.controlplane.key_management.resident import Residents
    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.external_keys import ExternalKeys
    from gatehouse.controlplane.store.terms import KeyTerms, TokenTerms
    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.applications.grant import KeyType
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.domain.tokens.oauth import ClientCredentials, IssuedToken
    from gatehouse.ports.applications.applications import ApplicationKeys
    from gatehouse.ports.publishing.workflows import Along
    from gatehouse.ports.tokens.key_manager import KeyManager


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKeys:
    """The keys of the caller's applications. Those at external key managers are `external`'s business."""

    applications: OwnApplications
    keys: ApplicationKeys
    key_manager: KeyManager
    external: ExternalKeys
    residents: Residents
    approvals: Approvals

    def key_managers(self, principal: Principal) -> list[ExternalKeyManager]:
        """The external key managers that the caller may have keys at, by name."""
        return self.external.clients.usable(principal)

    def residents_of(self, principal: Principal) -> list[ExternalKeyManager]:
        """Our own key manager, if it is on and for the caller."""
        found = self.residents.of(principal.tenant)
        return [found] if found.enabled and found.may_be_used_by(principal.roles) else []

    def map(
        self, principal: Principal, application_id: str, key_type: KeyType, key_manager: str, client_id: str
    ) -> ApplicationKey:
        """A key for a client that the developer has at an external key manager.

        Raises ApplicationNotFound, ApplicationInactive, and as `ExternalKeys.map`.
        """
        application = self.applications.active(principal, application_id)
        if is_resident(principal, key_manager):
            raise MappingNotSupported.field("keyManager", "makes keys itself; clients are mapped at external ones only")
        return self.external.map(principal, application, key_type, key_manager, client_id)

    def generate(
        self,
        principal: Principal,
        application_id: str,
        key_type: KeyType,
        terms: KeyTerms,
        token: TokenTerms,
        *,
        key_manager: str = RESIDENT_KEY_MANAGER,
    ) -> NewKey:
        """A new key, with a first token if it may have one by itself; one without a client when it must wait.

        Raises ApplicationNotFound, ApplicationInactive, KeyExists, InvalidScope, Changed, Unavailable, and as `on_terms_of`; of
        an external key manager as `ExternalKeys.generate`.
        """
        application = self.applications.active(principal, application_id)
        if is_resident(principal, key_manager):
            if self._named(application, key_type) is not None:
                raise KeyExists(application=application_id, key_type=key_type)
            terms = on_terms_of(self.residents.of(application.tenant), principal, terms, "grantTypesToBeSupported")
            key = ApplicationKey(
                tenant=application.tenant, application_id=application.id, id=str(uuid.uuid4()), key_type=key_type
            )
        else:
            key, terms = self.external.prepared(principal, application, key_type, key_manager, terms)
        if self.approvals.needed(application.tenant, kind_of(key_type)):
            reference, opening = self.approvals.ask(question(application, key, terms, principal.roles))
            asked = replace(told(key, terms), state=KeyState.CREATED, workflow=reference)
            return NewKey(key=bind(self.applications, self.keys, principal, asked, [opening]))
        return self.made(principal, application, key, terms, token)

    def made(
        self,
        principal: Principal,
        application: Application,
        key: ApplicationKey,
        terms: KeyTerms,
        token: TokenTerms,
        along: Sequence[Along] = (),
    ) -> NewKey:
        """A key that was prepared, with a client now. Raises as `generate`."""
        if key.key_manager_id:
            return self.external.made(principal, application, key, terms, token, along)
        credentials = self._register(application, key.key_type, terms)
        with self._undone_on_failure(application.tenant, credentials.client_id):
            first = None
            if CLIENT_CREDENTIALS in terms.grant_types:
                first = self._token(application.tenant, credentials.client_id, token)
            complete = replace(told(key, terms), client_id=credentials.client_id)
            bound = bind(self.applications, self.keys, principal, complete, along)
            return NewKey(key=bound, credentials=credentials, token=first)

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
        """Change what may change. Raises ApplicationNotFound, KeyNotFound, Changed, Unavailable; or as `ExternalKeys.update`."""
        found = self._usable(principal, application_id, key)
        if found.key_manager_id:
            return self.external.update(principal, found, terms)
        terms = on_terms_of(self.residents.of(found.tenant), principal, terms, "supportedGrantTypes")
        self.key_manager.update_client(
            tenant=found.tenant,
            client_id=found.client_id,
            grant_types=terms.grant_types,
            callback_url=terms.callback_url,
            lifetimes=terms.lifetimes,
            rules=terms.rules,
        )
        return self.keys.save(told(found, terms))

    def delete(self, principal: Principal, application_id: str, key: str | KeyType) -> None:
        """Forget a client, unless it is a mapped one, then the key: a key whose client is still there can be deleted again.

        One that waits for an approval waits no more.

        Raises ApplicationNotFound, KeyNotFound, Changed, RegistrationRefused, RegistrationFailed, Unavailable.
        """
        found = self.get(principal, application_id, key)
        if found.client_id and found.key_manager_id:
            self.external.clients.forget(found)
        elif found.client_id:
            self.key_manager.delete_client(tenant=found.tenant, client_id=found.client_id)
        self.keys.remove(found, along=self.approvals.given_up(found.tenant, found.workflow))

    def clean_up(self, principal: Principal, application_id: str, key: str | KeyType) -> None:
        """Forget a key, whatever its external key manager says to that: the client may be left over there.

        Raises ApplicationNotFound, KeyNotFound, Changed, Unavailable.
        """
        found = self.get(principal, application_id, key)
        if not (found.key_manager_id and found.client_id):
            self.delete(principal, application_id, key)
            return
        with suppress(GatehouseError):
            self.external.clients.forget(found)
        self.keys.remove(found)

    def regenerate_secret(self, principal: Principal, application_id: str, key: str | KeyType) -> ClientCredentials:
        """A new secret in place of the old one.

        Raises ApplicationNotFound, KeyNotFound, Unavailable; or as `ExternalKeys.renew_secret`.
        """
        found = self._usable(principal, application_id, key)
        if found.key_manager_id:
            return self.external.renew_secret(principal, found)
        return self.key_manager.regenerate_secret(tenant=found.tenant, client_id=found.client_id)

    def token(self, principal: Principal, application_id: str, key: str | KeyType, terms: TokenTerms) -> IssuedToken:
        """A token of the application's own.

        Raises ApplicationNotFound, KeyNotFound, Invalid, Unavailable; or as `ExternalKeys.token`.
        """
        found = self._usable(principal, application_id, key)
        if found.key_manager_id:
            return self.external.token(principal, found, terms)
        if terms.revoke:
            self.key_manager.revoke_token(tenant=found.tenant, client_id=found.client_id, token=terms.revoke)
        return self._token(found.tenant, found.client_id, terms)

    def _usable(self, principal: Principal, application_id: str, key: str | KeyType) -> ApplicationKey:
        """A key that has a client. Raises ApplicationNotFound, KeyNotFound, WorkflowPending, RejectedRequest."""
        found = self.get(principal, application_id, key)
        match found.state:
            case KeyState.CREATED:
                raise WorkflowPending("The keys wait for an approval")
            case KeyState.REJECTED:
                raise RejectedRequest("The keys were rejected: clean them up and ask for others")
            case KeyState.COMPLETED:
                return found

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
            rules=terms.rules,
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


def is_resident(principal: Principal, key_manager: str) -> bool:
    """Whether this names our own key manager, by its name or its id."""
    return key_manager in {RESIDENT_KEY_MANAGER, resident_id(principal.tenant)}
