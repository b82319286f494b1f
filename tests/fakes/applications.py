"""Applications, keys and subscriptions in memory. Verified by tests/contract/test_applications.py."""

from __future__ import annotations

from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING

from gatehouse.domain.applications.application import (
    ApplicationExists,
    ApplicationStatus,
    KeyExists,
    PlanFull,
    SubscriptionExists,
    application_grant,
    application_profile,
    grant_key,
)
from gatehouse.domain.applications.sharing import circles_around
from gatehouse.domain.applications.subscription_grant import subscription_artifacts, subscription_end
from gatehouse.domain.artifact import ALL_TENANTS, Artifact, Withdrawal, application_key
from gatehouse.domain.errors import Changed
from gatehouse.domain.throttling.policy import PolicyKind
from gatehouse.domain.tokens.key_manager import KeyMapped
from gatehouse.ports.applications.application_directory import listed
from gatehouse.ports.applications.subscription_lines import line_of
from gatehouse.ports.tokens.key_managers import KeyManagerUser
from tests.fakes.api_keys import RevocableInMemoryApiKeys
from tests.fakes.application_directory import InMemoryDirectory
from tests.fakes.workflows import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.api_key import ApiKey
    from gatehouse.domain.applications.application import Application, ApplicationKey, Subscription
    from gatehouse.domain.artifact import ArtifactKey
    from gatehouse.ports.applications.application_directory import Listed
    from gatehouse.ports.applications.subscription_lines import SubscriptionLine
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.publishing.workflows import Along


class Shelf:
    """What the fakes share. `writes` counts what was written: "nothing written" is asserted on it."""

    def __init__(self, artifacts: Publication) -> None:
        self.artifacts = artifacts
        self.applications: dict[tuple[str, str], Application] = {}
        self.keys: dict[tuple[str, str, str, str], ApplicationKey] = {}
        self.api_keys: dict[tuple[str, str], ApiKey] = {}
        self.subscriptions: dict[tuple[str, str, str], Subscription] = {}
        self.welcomed: set[tuple[str, str]] = set()
        self.lock = RLock()
        self.writes = 0

    def keys_of(self, tenant: str, application_id: str) -> list[ApplicationKey]:
        return [key for where, key in sorted(self.keys.items()) if where[:2] == (tenant, application_id)]

    def subscriptions_of(self, tenant: str, application_id: str) -> list[Subscription]:
        found = [sub for where, sub in sorted(self.subscriptions.items()) if where[:2] == (tenant, application_id)]
        return [sub for sub in found if sub.application_id == application_id]

    def application(self, tenant: str, application_id: str) -> Application | None:
        found = self.applications.get((tenant, application_id))
        count = len(self.subscriptions_of(tenant, application_id))
        return replace(found, subscriptions=count) if found else None

    def require(self, application: Application) -> Application:
        found = self.application(application.tenant, application.id)
        if found is None or found.version != application.version:
            raise Changed
        return found


class InMemoryApplications:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._api_keys = RevocableInMemoryApiKeys(shelf)

    def get(self, tenant: str, application_id: str) -> Application | None:
        return self._shelf.application(tenant, application_id)

    def owned(self, tenant: str, owner: str) -> list[Application]:
        found = [
            application
            for where in self._shelf.applications
            if where[0] == tenant and (application := self._shelf.application(*where))
        ]
        mine = [application for application in found if application.owner.lower() == owner.lower()]
        return sorted(mine, key=lambda application: application.name.lower())

    def lines(self, tenant: str, application_ids: Collection[str]) -> dict[str, Listed]:
        return {one.id: listed(one) for one in self.some(tenant, application_ids).values()}

    def owned_by(self, tenant: str, owner: str) -> list[Listed]:
        return InMemoryDirectory(self._shelf).owned_by(tenant, owner)

    def shared(self, tenant: str, circles: Collection[str]) -> list[Application]:
        found = [self._shelf.application(*where) for where in self._shelf.applications if where[0] == tenant]
        theirs = [one for one in found if one and not circles_around(one).isdisjoint(circles)]
        return sorted(theirs, key=lambda application: (application.name.lower(), application.id))

    def some(self, tenant: str, application_ids: Collection[str]) -> dict[str, Application]:
        found = {application_id: self.get(tenant, application_id) for application_id in application_ids}
        return {application_id: application for application_id, application in found.items() if application}

    def add(self, application: Application, *, along: Sequence[Along] = ()) -> Application:
        with self._shelf.lock:
            self._refuse_taken(application)
            carry_out(along)
            return self._keep(replace(application, version=1))

    def add_default(self, application: Application) -> bool:
        with self._shelf.lock:
            where = (application.tenant, application.owner.lower())
            if where in self._shelf.welcomed or self._taken(application):
                return False
            self._shelf.welcomed.add(where)
            self._keep(replace(application, version=1))
            return True

    def save(self, application: Application, *, along: Sequence[Along] = ()) -> Application:
        with self._shelf.lock:
            known = self._shelf.require(application)
            if (known.name.lower(), known.owner.lower()) != (application.name.lower(), application.owner.lower()):
                self._refuse_taken(application)
            carry_out(along)
            keys = self._shelf.keys_of(application.tenant, application.id) if application.status.serves else []
            self._shelf.artifacts.publish(
                [
                    Artifact(grant_key(key), application_grant(application, key).to_body())
                    for key in keys
                    if key.client_id
                ]
            )
            return self._keep(replace(application, version=application.version + 1))

    def withdraw(self, application: Application, *, along: Sequence[Along] = ()) -> Application:
        with self._shelf.lock:
            self._shelf.require(application)
            carry_out(along)
            tenant = application.tenant
            keys = self._shelf.keys_of(tenant, application.id)
            subscriptions = self._shelf.subscriptions_of(tenant, application.id)
            gone: list[ArtifactKey] = [grant_key(key) for key in keys if key.client_id]
            gone.append(application_key(tenant, application.id))
            ends = [end for sub in subscriptions for end in subscription_end(sub)]
            self._shelf.artifacts.publish([*(Withdrawal(key) for key in gone), *ends])
            self._api_keys.withdraw_all(application)
            marked = replace(application, status=ApplicationStatus.DELETE_PENDING, version=application.version + 1)
            return self._keep(marked)

    def remove(self, application: Application) -> None:
        with self._shelf.lock:
            where = (application.tenant, application.id)
            self._shelf.writes += 1
            self._api_keys.remove_all(application)
            self._shelf.applications.pop(where, None)
            for keys in [key for key in self._shelf.keys if key[:2] == where]:
                del self._shelf.keys[keys]
            for subscribed in [key for key in self._shelf.subscriptions if key[:2] == where]:
                del self._shelf.subscriptions[subscribed]

    def refers_to(self, tenant: str, kind: PolicyKind, name: str) -> bool:
        used = {
            PolicyKind.APPLICATION: {a.policy for a in self._shelf.applications.values() if a.tenant == tenant},
            PolicyKind.SUBSCRIPTION: {s.policy for s in self._shelf.subscriptions.values() if s.api_tenant == tenant},
        }
        return name in used.get(kind, set())

    def _taken(self, application: Application) -> bool:
        owned = self.owned(application.tenant, application.owner)
        return application.name.lower() in {other.name.lower() for other in owned}

    def _refuse_taken(self, application: Application) -> None:
        if self._taken(application):
            raise ApplicationExists

    def _keep(self, application: Application) -> Application:
        self._shelf.writes += 1
        self._shelf.applications[application.tenant, application.id] = application
        if application.status.serves:
            profile = application_profile(application).to_body()
            self._shelf.artifacts.publish([Artifact(application_key(application.tenant, application.id), profile)])
        return application


class InMemoryKeys:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def of_application(self, tenant: str, application_id: str) -> list[ApplicationKey]:
        return self._shelf.keys_of(tenant, application_id)

    def add(self, key: ApplicationKey, application: Application, *, along: Sequence[Along] = ()) -> ApplicationKey:
        with self._shelf.lock:
            if _where(key) in self._shelf.keys:
                raise KeyExists
            self._grant(key, application, along)
            return self._keep(replace(key, version=1))

    def complete(self, key: ApplicationKey, application: Application, *, along: Sequence[Along] = ()) -> ApplicationKey:
        with self._shelf.lock:
            self._refuse_changed(key)
            self._grant(key, application, along)
            return self._keep(replace(key, version=key.version + 1))

    def save(self, key: ApplicationKey, *, along: Sequence[Along] = ()) -> ApplicationKey:
        with self._shelf.lock:
            self._refuse_changed(key)
            carry_out(along)
            return self._keep(replace(key, version=key.version + 1))

    def remove(self, key: ApplicationKey, *, along: Sequence[Along] = ()) -> None:
        with self._shelf.lock:
            self._refuse_changed(key)
            carry_out(along)
            self._shelf.writes += 1
            del self._shelf.keys[_where(key)]
            if key.client_id:
                self._shelf.artifacts.publish([Withdrawal(grant_key(key))])

    def _grant(self, key: ApplicationKey, application: Application, along: Sequence[Along]) -> None:
        owner = ALL_TENANTS if key.everybodys else key.tenant
        if key.client_id and self._clients(owner, key.key_manager_id, key.client_id):
            raise KeyMapped
        self._shelf.require(application)
        carry_out(along)
        if key.client_id:
            grant = application_grant(application, key).to_body()
            self._shelf.artifacts.publish([Artifact(grant_key(key), grant)])

    def _keep(self, key: ApplicationKey) -> ApplicationKey:
        self._shelf.writes += 1
        self._shelf.keys[_where(key)] = key
        return key

    def uses(self, tenant: str, key_manager_id: str) -> bool:
        return bool([key for key in self._clients(tenant, key_manager_id) if key.client_id])

    def users(self, tenant: str, key_manager_id: str) -> list[KeyManagerUser]:
        keys = [key for key in self._clients(tenant, key_manager_id) if key.client_id]
        return sorted({KeyManagerUser(key.tenant, key.application_id) for key in keys})

    def _clients(self, tenant: str, key_manager_id: str, *client_ids: str) -> list[ApplicationKey]:
        keys = [key for key in self._shelf.keys.values() if (ALL_TENANTS if key.everybodys else key.tenant) == tenant]
        there = [key for key in keys if key.key_manager_id == key_manager_id]
        return [key for key in there if not client_ids or key.client_id in client_ids]

    def _refuse_changed(self, key: ApplicationKey) -> None:
        known = self._shelf.keys.get(_where(key))
        if known is None or known.version != key.version:
            raise Changed


class InMemorySubscriptions:
    """`api_version` tells the stored version of an API, None when it is gone or going."""

    def __init__(self, shelf: Shelf, api_version: Callable[[str, str], int | None]) -> None:
        self._shelf = shelf
        self._api_version = api_version

    def get(self, tenant: str, subscription_id: str) -> Subscription | None:
        here = [sub for sub in self._all() if tenant in {sub.tenant, sub.api_tenant}]
        return next((sub for sub in here if sub.id == subscription_id), None)

    def of_application(self, tenant: str, application_id: str) -> list[Subscription]:
        return self._shelf.subscriptions_of(tenant, application_id)

    def all(self, tenant: str) -> list[Subscription]:
        return sorted((sub for sub in self._all() if sub.api_tenant == tenant), key=lambda sub: sub.id)

    def lines(self, tenant: str, api_id: str = "") -> list[SubscriptionLine]:
        return [line_of(sub) for sub in self.all(tenant) if api_id in {"", sub.api_id}]

    def some(self, lines: Sequence[SubscriptionLine]) -> list[Subscription]:
        found = {sub.id: sub for sub in self._all()}
        return [found[line.id] for line in lines if line.id in found]

    def across(self, tenant: str) -> list[Subscription]:
        theirs = [sub for sub in self._all() if sub.abroad and tenant in {sub.tenant, sub.abroad}]
        return sorted(theirs, key=lambda sub: sub.id)

    def of_api(self, tenant: str, api_id: str) -> list[Subscription]:
        return [sub for sub in self._all() if (sub.api_tenant, sub.api_id) == (tenant, api_id)]

    def between(self, tenant: str, application_ids: Collection[str], api_id: str) -> list[Subscription]:
        theirs = [sub for sub in self._all() if (sub.tenant, sub.api_id) == (tenant, api_id)]
        return [sub for sub in theirs if sub.application_id in application_ids]

    def subscribed(self, tenant: str, api_id: str) -> bool:
        return bool(self.of_api(tenant, api_id))

    def add(
        self,
        subscription: Subscription,
        application: Application,
        api: Api,
        *,
        places: int = 0,
        along: Sequence[Along] = (),
    ) -> Subscription:
        with self._shelf.lock:
            if self._place(subscription) in self._shelf.subscriptions:
                raise SubscriptionExists
            self._shelf.require(application)
            if self._api_version(api.tenant, api.id) != api.stored_version:
                raise Changed
            self._refuse_full(subscription, places)
            carry_out(along)
            return self._keep(replace(subscription, version=1))

    def save(self, subscription: Subscription, *, places: int = 0, along: Sequence[Along] = ()) -> Subscription:
        with self._shelf.lock:
            self._refuse_changed(subscription)
            self._refuse_full(subscription, places)
            carry_out(along)
            return self._keep(replace(subscription, version=subscription.version + 1))

    def remove(self, subscription: Subscription, *, along: Sequence[Along] = ()) -> None:
        with self._shelf.lock:
            self._refuse_changed(subscription)
            carry_out(along)
            self._forget(subscription)

    def remove_of_api(self, tenant: str, api_id: str) -> None:
        with self._shelf.lock:
            for subscription in self.of_api(tenant, api_id):
                self._forget(subscription)

    def _all(self) -> list[Subscription]:
        return [sub for _, sub in sorted(self._shelf.subscriptions.items())]

    def _refuse_full(self, subscription: Subscription, places: int) -> None:
        there = [one for one in self.of_api(subscription.api_tenant, subscription.api_id) if one.takes_place]
        others = [other for other in there if other.id != subscription.id]
        if places and sum(other.policy == subscription.policy for other in others) >= places:
            raise PlanFull(f"throttlingPolicy: the plan '{subscription.policy}' takes {places} subscriptions to an API")

    def _forget(self, subscription: Subscription) -> None:
        self._shelf.writes += 1
        del self._shelf.subscriptions[self._place(subscription)]
        self._shelf.artifacts.publish(subscription_end(subscription))

    def _keep(self, subscription: Subscription) -> Subscription:
        self._shelf.writes += 1
        self._shelf.subscriptions[self._place(subscription)] = subscription
        self._shelf.artifacts.publish(subscription_artifacts(subscription))
        return subscription

    def _refuse_changed(self, subscription: Subscription) -> None:
        known = self._shelf.subscriptions.get(self._place(subscription))
        if known is None or known.version != subscription.version:
            raise Changed

    @staticmethod
    def _place(subscription: Subscription) -> tuple[str, str, str]:
        return subscription.tenant, subscription.application_id, subscription.api_id


def _where(key: ApplicationKey) -> tuple[str, str, str, str]:
    return key.tenant, key.application_id, key.key_type, key.key_manager
