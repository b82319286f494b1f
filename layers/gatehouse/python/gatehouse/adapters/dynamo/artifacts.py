"""Table `artifacts`, as the control plane writes it. The call path reads it with `adapters.dynamo.lookup`.

Repositories of other tables let `join` add artifact changes to their own transactions and call `bump` after the commit,
before they return: an environment that then asks for the epoch sees the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PynamoDBException

from gatehouse.adapters.dynamo.table import Row, Transaction, bind
from gatehouse.domain.artifact import Artifact
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.artifact import Category, Change

EPOCH = "EPOCH"


class ArtifactRow(Row):
    """One artifact; its body is the JSON text the call path parses."""


class EpochRow(Row):
    """How often each category of a tenant has changed; one attribute per `Category`."""

    apis = NumberAttribute(null=True)
    applications = NumberAttribute(null=True)
    policies = NumberAttribute(null=True)
    revocations = NumberAttribute(null=True)
    keys = NumberAttribute(null=True)
    trust = NumberAttribute(null=True)


class ArtifactTable:
    """Implements `ports.artifacts.Publication`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(ArtifactRow, table_name)
        self._epoch = bind(EpochRow, table_name)

    def publish(self, changes: Sequence[Change]) -> None:
        """Write all changes in one transaction, then bump the epochs they touch, then return."""
        transaction = Transaction()
        self.join(transaction, changes)
        transaction.commit()
        self.announce(changes)

    def keep(self, artifact: Artifact) -> None:
        """Write one that nobody can have asked for yet: nothing has to be forgotten for it."""
        transaction = Transaction()
        self.join(transaction, [artifact])
        transaction.commit()

    def join(self, transaction: Transaction, changes: Sequence[Change]) -> None:
        """Add these changes to a repository's transaction."""
        for change in changes:
            key = change.key
            if isinstance(change, Artifact):
                ttl = change.expires_at or None
                transaction.put(self._row(key.partition, key.name, body=dict(change.body), ttl=ttl))
            else:
                transaction.delete(self._row(key.partition, key.name))

    def announce(self, changes: Sequence[Change]) -> None:
        """Bump the epoch of each tenant and category these changes touch."""
        for tenant, category in sorted({(change.key.tenant, change.key.category) for change in changes}):
            self.bump(tenant, category)

    def bump(self, tenant: str, category: Category) -> None:
        """Make every environment forget this category of the tenant within `max_staleness`."""
        counter: NumberAttribute = getattr(self._epoch, category)
        # A plain ADD outside any transaction: writers of one tenant must not contend on this one item.
        try:
            self._epoch(f"{tenant}#{EPOCH}", EPOCH).update(actions=[counter.add(1)])
        except PynamoDBException as error:
            raise Unavailable(cause=str(error), category=category) from error
