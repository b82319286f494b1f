"""Table `workflows`.

| pk           | sk        | body                                                     |
|--------------|-----------|----------------------------------------------------------|
| `T#PENDING`  | reference | a workflow that waits; the list of all that do           |
| `T#DECIDED`  | reference | one that was decided; it expires                         |

A row is written in the transaction of its subject, which stands in another table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.table import Row, Transaction, bind, get, query
from gatehouse.domain.body import from_body, to_body
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.workflow import Workflow, WorkflowDecided

if TYPE_CHECKING:
    from gatehouse.ports.publishing.workflows import Along

DECIDED_SECONDS = 90 * 24 * 3600
"""How long a decision can be looked up by the reference of its workflow."""


class WorkflowRow(Row):
    """One row of table `workflows`."""


class WorkflowTable:
    """Implements `ports.publishing.workflows.Workflows`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(WorkflowRow, table_name)

    def get(self, tenant: str, reference: str) -> Workflow | None:
        """The workflow of this reference, or None."""
        # In this order: one that is decided between the two reads is found by the second.
        row = get(self._row, _pending(tenant), reference) or get(self._row, _decided(tenant), reference)
        return _workflow(row) if row else None

    def pending(self, tenant: str) -> list[Workflow]:
        """Every one that waits, oldest first."""
        found = [_workflow(row) for row in query(self._row, _pending(tenant))]
        return sorted(found, key=lambda workflow: (workflow.created_at, workflow.id))

    def opening(self, workflow: Workflow) -> Along:
        """Keep a new one."""
        row = self._row(_pending(workflow.tenant), workflow.id, body=to_body(workflow))

        def write(transaction: Transaction) -> None:
            transaction.create(row, otherwise=Changed(workflow=workflow.id))

        return write

    def deciding(self, workflow: Workflow) -> Along:
        """Keep the decision about one that waits. Raises WorkflowDecided."""
        waiting = self._row(_pending(workflow.tenant), workflow.id)
        expiry = workflow.updated_at // 1000 + DECIDED_SECONDS
        kept = self._row(_decided(workflow.tenant), workflow.id, body=to_body(workflow), ttl=expiry)

        def write(transaction: Transaction) -> None:
            gone = WorkflowDecided(f"Workflow '{workflow.id}' is decided already")
            transaction.delete(waiting, when=self._row.pk.exists(), otherwise=gone)
            transaction.put(kept)

        return write

    def dropping(self, tenant: str, reference: str) -> Along:
        """Forget one that waits; it need not be there."""

        def write(transaction: Transaction) -> None:
            transaction.delete(self._row(_pending(tenant), reference))

        return write

    def write(self, *along: Along) -> None:
        """Carry these out by themselves, all or none. Raises as they do."""
        transaction = Transaction()
        for part in along:
            part(transaction)
        transaction.commit()


def _workflow(row: WorkflowRow) -> Workflow:
    return from_body(Workflow, row.body)


def _pending(tenant: str) -> str:
    return f"{tenant}#PENDING"


def _decided(tenant: str) -> str:
    return f"{tenant}#DECIDED"
