"""What leads from the id of a subscription to it: in the tenant of the application, and in that of the API.

| pk              | sk              | body                               |
|-----------------|-----------------|------------------------------------|
| `T#SUBID`       | subscription id | its line (`SubscriptionLine`)      |
| `T#SUBID-NOTES` | time            | what changed (`mirror`)            |
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.applications.rows import ApplicationRow, subscription_ids_pk
from gatehouse.adapters.dynamo.mirror import Mirror
from gatehouse.adapters.dynamo.table import bind, get
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.errors import Conflict
from gatehouse.ports.applications.subscription_lines import SubscriptionLine, line_of

if TYPE_CHECKING:
    from gatehouse.adapters.dynamo.table import Transaction
    from gatehouse.domain.applications.application import Subscription


class SubscriptionIds:
    """Takes part in the transactions of whoever writes subscriptions."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(ApplicationRow, table_name)
        self._lines = Mirror(self._row, "SUBID", _line)

    def get(self, tenant: str, subscription_id: str) -> SubscriptionLine | None:
        """The line of one subscription, or None."""
        row = get(self._row, subscription_ids_pk(tenant), subscription_id)
        return _line(row) if row else None

    def all(self, tenant: str) -> list[SubscriptionLine]:
        """The line of every subscription that has the application or the API in this tenant, by id."""
        return self._lines.all(tenant)

    def add(self, transaction: Transaction, subscription: Subscription) -> None:
        """Write the lines of a new subscription along."""
        for tenant in _tenants(subscription):
            row = self._row(subscription_ids_pk(tenant), subscription.id, body=asdict(line_of(subscription)))
            transaction.create(row, otherwise=Conflict(cause="subscription id taken"))
            self._lines.note(transaction, tenant, subscription.id)

    def put(self, transaction: Transaction, subscription: Subscription) -> None:
        """Write its lines along, in place of those before."""
        for tenant in _tenants(subscription):
            self._lines.put(transaction, tenant, subscription.id, asdict(line_of(subscription)))

    def remove(self, transaction: Transaction, subscription: Subscription) -> None:
        """Take its lines away along."""
        for tenant in _tenants(subscription):
            self._lines.delete(transaction, tenant, subscription.id)


def _tenants(subscription: Subscription) -> list[str]:
    return sorted({subscription.tenant, subscription.api_tenant})


def _line(row: ApplicationRow) -> SubscriptionLine:
    return SubscriptionLine(**{**row.body, "status": SubscriptionStatus(row.body["status"])})
