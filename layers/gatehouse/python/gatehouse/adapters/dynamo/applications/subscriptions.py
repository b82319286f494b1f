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
    subscription_of,
)
from gatehouse.adapters.dynamo.applications.subscription_ids import SubscriptionIds
from gatehouse.adapters.dynamo.applications.webhooks import WebhookTable
from gatehouse.adapters.dynamo.table import Transaction, batch, bind, get, query
from gatehouse.domain.applications.application import PlanFull, SubscriptionExists
from gatehouse.domain.applications.subscription_grant import subscription_artifacts, subscription_end
from gatehouse.domain.errors import Changed
from gatehouse.ports.applications.subscription_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gatehouse.adapters.dynamo.apis import ApiTable
    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application, Subscription
    from gatehouse.domain.artifact import Change
    from gatehouse.ports.applications.subscription_lines import SubscriptionLine
    from gatehouse.ports.publishing.workflows import Along

ACTIONS_PER_REMOVAL = 10
"""Of a subscription abroad; others take three fewer."""

READ_MAX = 200
"""So many subscriptions to an API are read to list them; of more, the mirror has the lines."""

REMOVAL_ATTEMPTS = 5


class SubscriptionTable:
    """Implements `ports.applications.applications.Subscriptions`."""

    def __init__(self, table_name: str, apis: ApiTable, artifacts: ArtifactTable) -> None:
        """On the table of this name; `apis` and `artifacts` take part in its transactions."""
        self._row = bind(ApplicationRow, table_name)
        self._apis = apis
        self._artifacts = artifacts
        self._ids = SubscriptionIds(table_name)
        self._webhooks = WebhookTable(table_name)

    def get(self, tenant: str, subscription_id: str) -> Subscription | None:
        """The subscription with this id, or None."""
        line = self._ids.get(tenant, subscription_id)
        row = get(self._row, *_place(line)) if line else None
        # Between the two reads the pair may have been subscribed anew.
        return subscription_of(row) if row and row.body["id"] == subscription_id else None

    def of_application(self, tenant: str, application_id: str) -> list[Subscription]:
        """Every subscription of the application."""
        found = query(self._row, application_pk(tenant, application_id), prefix=SUBSCRIPTION)
        return [subscription_of(row) for row in found]

    def all(self, tenant: str) -> list[Subscription]:
        """Every subscription to the tenant's APIs, by id."""
        return self.some(self.lines(tenant))

    def lines(self, tenant: str, api_id: str = "") -> list[SubscriptionLine]:
        """The line of every subscription to the tenant's APIs, or to one of them, by id."""
        rows = list(query(self._row, subscribers_pk(tenant, api_id), limit=READ_MAX + 1)) if api_id else []
        if api_id and len(rows) <= READ_MAX:
            return sorted(map(line_of, self._subscriptions_of(tenant, api_id, rows)), key=lambda line: line.id)
        there = [line for line in self._ids.all(tenant) if (line.abroad or line.tenant) == tenant]
        return [line for line in there if api_id in {"", line.api_id}]

    def some(self, lines: Sequence[SubscriptionLine]) -> list[Subscription]:
        """Those of these lines that there still are, in their order."""
        found = {one.id: one for one in self._some(_place(line) for line in lines)}
        return [found[line.id] for line in lines if line.id in found]

    def across(self, tenant: str) -> list[Subscription]:
        """Every subscription between this tenant and another, by id."""
        return self.some([line for line in self._ids.all(tenant) if line.abroad])

    def of_api(self, tenant: str, api_id: str) -> list[Subscription]:
        """Every subscription to the API."""
        return self._subscriptions_of(tenant, api_id, query(self._row, subscribers_pk(tenant, api_id)))

    def between(self, tenant: str, application_ids: Collection[str], api_id: str) -> list[Subscription]:
        """The subscriptions of these applications to the API."""
        where = f"{SUBSCRIPTION}{api_id}"
        return self._some((application_pk(tenant, application_id), where) for application_id in application_ids)

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
        self._ids.add(transaction, subscription)
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
        self._ids.put(transaction, subscription)
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
            self._ids.remove(transaction, subscription)
            transaction.delete(self._subscriber(subscription))
            transaction.update(self._meta(subscription), [self._row.subscriptions.add(-1)], when=self._row.pk.exists())
        self._commit(transaction, [end for one in subscriptions for end in subscription_end(one)], along)

    def _subscriptions_of(self, tenant: str, api_id: str, subscribers: Iterable[ApplicationRow]) -> list[Subscription]:
        where = f"{SUBSCRIPTION}{api_id}"
        return self._some((application_pk(row.body.get("tenant", tenant), row.sk), where) for row in subscribers)

    def _some(self, places: Iterable[tuple[str, str]]) -> list[Subscription]:
        """Those that stand at these places, by their applications."""
        keys = sorted(set(places))
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

    def _subscriber(self, subscription: Subscription) -> ApplicationRow:
        partition = subscribers_pk(subscription.api_tenant, subscription.api_id)
        body = {"tenant": subscription.tenant} if subscription.abroad else {}
        return self._row(partition, subscription.application_id, body=body)

    def _meta(self, subscription: Subscription) -> ApplicationRow:
        return self._row(application_pk(subscription.tenant, subscription.application_id), META)


def _place(line: SubscriptionLine) -> tuple[str, str]:
    return application_pk(line.tenant, line.application_id), f"{SUBSCRIPTION}{line.api_id}"
