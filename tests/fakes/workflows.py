"""Workflows in memory. Verified by tests/contract/test_workflows.py."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.workflow import WorkflowDecided

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.domain.publishing.workflow import Workflow
    from gatehouse.ports.publishing.workflows import Along


class InMemoryWorkflows:
    """`writes` counts what was written: "nothing written" is asserted on it."""

    def __init__(self) -> None:
        self._pending: dict[tuple[str, str], Workflow] = {}
        self._decided: dict[tuple[str, str], Workflow] = {}
        self._lock = RLock()
        self.writes = 0

    def get(self, tenant: str, reference: str) -> Workflow | None:
        where = (tenant, reference)
        return self._pending.get(where) or self._decided.get(where)

    def pending(self, tenant: str) -> list[Workflow]:
        found = [workflow for where, workflow in self._pending.items() if where[0] == tenant]
        return sorted(found, key=lambda workflow: (workflow.created_at, workflow.id))

    def opening(self, workflow: Workflow) -> Along:
        def write(_transaction: Any) -> None:
            with self._lock:
                if _where(workflow) in self._pending:
                    raise Changed
                self.writes += 1
                self._pending[_where(workflow)] = workflow

        return write

    def deciding(self, workflow: Workflow) -> Along:
        def write(_transaction: Any) -> None:
            with self._lock:
                if self._pending.pop(_where(workflow), None) is None:
                    raise WorkflowDecided
                self.writes += 1
                self._decided[_where(workflow)] = workflow

        return write

    def dropping(self, tenant: str, reference: str) -> Along:
        def write(_transaction: Any) -> None:
            with self._lock:
                self.writes += 1
                self._pending.pop((tenant, reference), None)

        return write

    def write(self, *along: Along) -> None:
        with self._lock:
            before = dict(self._pending), dict(self._decided)
            try:
                carry_out(along)
            except Exception:
                self._pending, self._decided = before
                raise


def carry_out(along: Iterable[Along]) -> None:
    """What a fake writes along with its own: after it has checked, before it writes."""
    for part in along:
        part(None)


def _where(workflow: Workflow) -> tuple[str, str]:
    return workflow.tenant, workflow.id
