"""Table `workflows`.

| pk           | sk        | body                                                     |
|--------------|-----------|----------------------------------------------------------|
| `T#PENDING`  | reference | a workflow that waits; the list of all that do           |
| `T#DECIDED`  | reference | one that was decided; it expires                         |

A row is written in the transaction of its subject, which stands in another table. The table has a stream (`turn_of`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.table import Row, Transaction, bind, get, query
from gatehouse.domain.body import from_body, to_body
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.workflow import Workflow, WorkflowDecided, WorkflowTurn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.publishing.workflows import Along

DECIDED_SECONDS = 90 * 24 * 3600
"""How long a decision can be looked up by the reference of its workflow."""


_PENDING = "#PENDING"


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


def turn_of(record: Mapping[str, Any]) -> tuple[WorkflowTurn, Workflow] | None:
    """What a record of the table's stream tells, whose images are both there; None for what is no news.

    A workflow that is decided leaves the list of those that wait, too: that it is WITHDRAWN is sure only when it is not found
    among the decided ones.
    """
    images, event = record["dynamodb"], record["eventName"]
    waits = str(images["Keys"]["pk"]["S"]).endswith(_PENDING)
    if event == "INSERT":
        turn, image = WorkflowTurn.OPENED if waits else WorkflowTurn.DECIDED, images["NewImage"]
    elif event == "REMOVE" and waits:
        turn, image = WorkflowTurn.WITHDRAWN, images["OldImage"]
    else:
        return None
    return turn, from_body(Workflow, json.loads(image["body"]["S"]))


def _workflow(row: WorkflowRow) -> Workflow:
    return from_body(Workflow, row.body)


def _pending(tenant: str) -> str:
    return f"{tenant}{_PENDING}"


def _decided(tenant: str) -> str:
    return f"{tenant}#DECIDED"
