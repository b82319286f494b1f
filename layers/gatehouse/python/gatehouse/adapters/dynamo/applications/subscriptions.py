"""Subscriptions in table `applications`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.applications.rows import (
    ACTIONS_MAX,
    META,
    SUBSCRIPTION,
    ApplicationRow,
    application_pk,
    parts,
    places_pk,
    subscribers_pk,
    subscription_body,
    subscription_ids_pk,
    subscription_of,
)
from gatehouse.adapters.dynamo.applications.webhooks import WebhookTable
from gatehouse.adapters.dynamo.table import Transaction, batch, bind, get, query
from gatehouse.domain.applications.application import PlanFull, SubscriptionExists
from gatehouse.domain.applications.subscription_grant import subscription_artifacts, subscription_end
from gatehouse.domain.errors import Changed, Conflict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from gatehouse.adapters.dynamo.apis import ApiTable
    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application, Subscription
    from gatehouse.domain.artifact import Change
    from gatehouse.ports.publishing.workflows import Along

ACTIONS_PER_REMOVAL = 8
"""Of a subscription abroad; others take two fewer."""

REMOVAL_ATTEMPTS = 5


class SubscriptionTable:
    """Implements `ports.applications.applications.Subscriptions`."""

    def __init__(self, table_name: str, apis: ApiTable, artifacts: ArtifactTable) -> None:
        """On the table of this name; `apis` and `artifacts` take part in its transactions."""
        self._row = bind(ApplicationRow, table_name)
        self._apis = apis
        self._artifacts = artifacts
        self._webhooks = WebhookTable(table_name)

    def get(self, tenant: str, subscription_id: str) -> Subscription | None:
        """The subscription with this id, or None."""
        pointer = get(self._row, subscription_ids_pk(tenant), subscription_id)
        if pointer is None:
            return None
        row = get(self._row, *_place(tenant, pointer))
        # Between the two reads the pair may have been subscribed anew.
        return subscription_of(row) if row and row.body["id"] == subscription_id else None

    def of_application(self, tenant: str, application_id: str) -> list[Subscription]:
        """Every subscription of the application."""
        found = query(self._row, application_pk(tenant, application_id), prefix=SUBSCRIPTION)
        return [subscription_of(row) for row in found]

    def all(self, tenant: str) -> list[Subscription]:
        """Every subscription to the tenant's APIs, by id."""
        return self._pointed_at(tenant, [row for row in self._pointers(tenant) if not row.body.get("abroad")])

    def across(self, tenant: str) -> list[Subscription]:
        """Every subscription between this tenant and another, by id."""
        abroad = [row for row in self._pointers(tenant) if row.body.get("abroad") or row.body.get("tenant")]
        return self._pointed_at(tenant, abroad)

    def of_api(self, tenant: str, api_id: str) -> list[Subscription]:
        """Every subscription to the API."""
        found = query(self._row, subscribers_pk(tenant, api_id))
        return self._some((application_pk(row.body.get("tenant", tenant), row.sk), api_id) for row in found)

    def between(self, tenant: str, application_ids: Collection[str], api_id: str) -> list[Subscription]:
        """The subscriptions of these applications to the API."""
        return self._some((application_pk(tenant, application_id), api_id) for application_id in application_ids)

    def subscribed(self, tenant: str, api_id: str) -> bool:
        """Whether any application is subscribed to the API."""
        return any(True for _ in query(self._row, subscribers_pk(tenant, api_id), limit=1))

    def add(
        self,
        subscription: Subscription,
        application: Application,
        api: Api,
        *,
        places: int = 0,
        along: Sequence[Along] = (),
    ) -> Subscription:
        """Keep a new subscription; returns it with its version. Raises SubscriptionExists, PlanFull, Changed."""
        taken = SubscriptionExists(application=subscription.application_id, api=subscription.api_id)
        transaction = Transaction()
        transaction.create(self._subscription_row(subscription), otherwise=taken)
        for pointer in self._pointers_to(subscription):
            transaction.create(pointer, otherwise=Conflict(cause="subscription id taken"))
        transaction.create(self._subscriber(subscription), otherwise=taken)
        transaction.update(
            self._meta(subscription),
            [self._row.subscriptions.add(1)],
            when=self._row.version == application.version,
            otherwise=Changed(application=application.id),
        )
        self._apis.require_unchanged(transaction, api)
        self._take_place(transaction, subscription, places)
        self._commit(transaction, subscription_artifacts(subscription), along)
        return replace(subscription, version=1)

    def save(self, subscription: Subscription, *, places: int = 0, along: Sequence[Along] = ()) -> Subscription:
        """Replace plan and status of a subscription read before. Raises Changed, PlanFull."""
        transaction = Transaction()
        transaction.replace(self._subscription_row(subscription), expected_version=subscription.version)
        for pointer in self._pointers_to(subscription):
            transaction.put(pointer)
        self._take_place(transaction, subscription, places)
        self._commit(transaction, subscription_artifacts(subscription), along)
        return replace(subscription, version=subscription.version + 1)

    def remove(self, subscription: Subscription, *, along: Sequence[Along] = ()) -> None:
        """End a subscription read before, and its webhooks. Raises Changed."""
        self._remove([subscription], along)

    def remove_of_api(self, tenant: str, api_id: str) -> None:
        """End every subscription to the API, at the gateway too, and forget whose places its plans kept count of.

        May be repeated. Raises Changed when subscriptions do not stop coming.
        """
        for _ in range(REMOVAL_ATTEMPTS):
            try:
                for part in parts(self.of_api(tenant, api_id), ACTIONS_MAX // ACTIONS_PER_REMOVAL):
                    self._remove(part)
            except Changed:
                continue  # a subscriber was faster; look again
            for counted in query(self._row, places_pk(tenant, api_id)):
                counted.delete()
            return
        raise Changed(api=api_id)

    def _remove(self, subscriptions: Sequence[Subscription], along: Sequence[Along] = ()) -> None:
        """In one transaction; no two may be of the same application."""
        transaction = Transaction()
        self._webhooks.end(transaction, subscriptions)
        for subscription in subscriptions:
            unchanged = self._row.version == subscription.version
            transaction.delete(self._subscription_row(subscription), when=unchanged, otherwise=Changed())
            for pointer in self._pointers_to(subscription):
                transaction.delete(pointer)
            transaction.delete(self._subscriber(subscription))
            transaction.update(self._meta(subscription), [self._row.subscriptions.add(-1)], when=self._row.pk.exists())
        self._commit(transaction, [end for one in subscriptions for end in subscription_end(one)], along)

    def _pointers(self, tenant: str) -> Iterator[ApplicationRow]:
        return query(self._row, subscription_ids_pk(tenant))

    def _pointed_at(self, tenant: str, pointers: Sequence[ApplicationRow]) -> list[Subscription]:
        places, ids = {_place(tenant, row) for row in pointers}, {row.sk for row in pointers}
        found = [subscription_of(row) for row in batch(self._row, sorted(places))] if places else []
        return sorted((one for one in found if one.id in ids), key=lambda one: one.id)

    def _some(self, pairs: Iterable[tuple[str, str]]) -> list[Subscription]:
        """Those of these pairs of an application's partition and an API that there are."""
        keys = sorted({(partition, f"{SUBSCRIPTION}{api_id}") for partition, api_id in pairs})
        rows = batch(self._row, keys) if keys else []
        return [subscription_of(row) for row in sorted(rows, key=lambda row: str(row.pk))]

    def _take_place(self, transaction: Transaction, subscription: Subscription, places: int) -> None:
        """Of those who count at the same time, one goes through: all must move the same row on. Leaving needs no row."""
        if not places:
            return
        partition = places_pk(subscription.api_tenant, subscription.api_id)
        seen = get(self._row, partition, subscription.policy)  # before the others are counted, or it proves nothing
        others = [one for one in self.of_api(subscription.api_tenant, subscription.api_id) if one.takes_place]
        taken = sum(other.policy == subscription.policy and other.id != subscription.id for other in others)
        if taken >= places:
            raise PlanFull(f"throttlingPolicy: the plan '{subscription.policy}' takes {places} subscriptions to an API")
        row = self._row(partition, subscription.policy)
        if seen is None:
            transaction.create(row, otherwise=Changed(plan=subscription.policy))
        else:
            transaction.replace(row, expected_version=int(seen.version))

    def _commit(self, transaction: Transaction, changes: Sequence[Change], along: Sequence[Along]) -> None:
        for write in along:
            write(transaction)
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def _subscription_row(self, subscription: Subscription) -> ApplicationRow:
        partition = application_pk(subscription.tenant, subscription.application_id)
        return self._row(partition, f"{SUBSCRIPTION}{subscription.api_id}", body=subscription_body(subscription))

    def _pointers_to(self, subscription: Subscription) -> list[ApplicationRow]:
        """What leads from its id to it, in the tenant of the application and in that of the API, if that is another."""
        body = {
            "application_id": subscription.application_id,
            "api_id": subscription.api_id,
            "policy": subscription.policy,
        }
        here, there = subscription_ids_pk(subscription.tenant), subscription_ids_pk(subscription.api_tenant)
        if here == there:
            return [self._row(here, subscription.id, body=body)]
        return [
            self._row(here, subscription.id, body={**body, "abroad": subscription.abroad}),
            self._row(there, subscription.id, body={**body, "tenant": subscription.tenant}),
        ]

    def _subscriber(self, subscription: Subscription) -> ApplicationRow:
        partition = subscribers_pk(subscription.api_tenant, subscription.api_id)
        body = {"tenant": subscription.tenant} if subscription.abroad else {}
        return self._row(partition, subscription.application_id, body=body)

    def _meta(self, subscription: Subscription) -> ApplicationRow:
        return self._row(application_pk(subscription.tenant, subscription.application_id), META)


def _place(tenant: str, pointer: ApplicationRow) -> tuple[str, str]:
    """Where the subscription stands that a pointer of this tenant leads to."""
    application = application_pk(pointer.body.get("tenant", tenant), pointer.body["application_id"])
    return application, f"{SUBSCRIPTION}{pointer.body['api_id']}"
