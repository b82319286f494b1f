"""Workflows: keeping what waits for an approval, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.publishing.workflow import Workflow

Along = Callable[[Any], None]
"""What else is written in the transaction of a repository: made by one adapter, called with the transaction of another.

It raises what its conditions demand when that transaction does not go through for their sake.
"""


class Workflows(Protocol):
    """Keeping workflows. What is written goes along with a write of the subject, so that neither is without the other."""

    def get(self, tenant: str, reference: str) -> Workflow | None:
        """The workflow of this reference, or None. One that was decided is found for some weeks."""
        ...

    def pending(self, tenant: str) -> list[Workflow]:
        """Every one that waits, oldest first."""
        ...

    def opening(self, workflow: Workflow) -> Along:
        """Keep a new one."""
        ...

    def deciding(self, workflow: Workflow) -> Along:
        """Keep the decision about one that waits. Raises WorkflowDecided when it does not wait any more."""
        ...

    def dropping(self, tenant: str, reference: str) -> Along:
        """Forget one that waits; it need not be there."""
        ...

    def write(self, *along: Along) -> None:
        """Carry these out by themselves, all or none, where there is no subject to be written. Raises as they do."""
        ...


class Desk(Protocol):
    """Whoever has the subjects of a workflow: it carries a decision out."""

    def decide(self, workflow: Workflow, answer: Mapping[str, Any], *, approved: bool, by: str) -> Workflow:
        """Carry the decision out and keep it, in one transaction with the subject; the workflow as it is then.

        `by` is a user of the workflow's tenant. Raises WorkflowDecided, Changed, Unavailable, and what the subject's rules
        raise when it cannot be what was asked for any more.
        """
        ...
