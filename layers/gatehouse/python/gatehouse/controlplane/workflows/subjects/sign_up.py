"""People who signed up and wait for an approval: until then nobody can log in as them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.approvals import Question
from gatehouse.controlplane.workflows.courier import MAIL
from gatehouse.controlplane.workflows.deciding import OwnDesk
from gatehouse.domain.people.identity import EVERYONE, display_username
from gatehouse.domain.people.mail_address import mail_address
from gatehouse.domain.publishing.workflow import WorkflowDecided, WorkflowKind

if TYPE_CHECKING:
    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.domain.people.identity import User
    from gatehouse.domain.publishing.workflow import Workflow
    from gatehouse.ports.people.identity import Users
    from gatehouse.ports.publishing.workflows import Along


def question(user: User) -> Question:
    """Asks for an account."""
    name, roles = display_username(user.tenant, user.name), ", ".join(sorted(user.roles - {EVERYONE}))
    return Question(
        kind=WorkflowKind.USER_SIGNUP,
        tenant=user.tenant,
        by=user.name,
        subject=user.id,
        description=f"Approve the account of [{name}], who signed up, with the roles {roles or 'of everybody'}",
        properties={"userName": name, "tenantDomain": user.tenant, "roles": roles},
        # Who is rejected, is forgotten, and shall learn of it all the same.
        details={MAIL: address} if (address := mail_address(user)) else {},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpEffects:
    """What decisions about people do: who is rejected, is forgotten."""

    users: Users
    approvals: Approvals

    def desk(self) -> OwnDesk:
        """Decides about people who signed up."""
        approvals = self.approvals
        return OwnDesk(workflows=approvals.workflows, effects={WorkflowKind.USER_SIGNUP: self}, clock=approvals.clock)

    def approve(self, workflow: Workflow, along: Along) -> None:
        """Let them log in."""
        now = int(self.approvals.clock.now())
        user = replace(self._waiting(workflow), active=True, workflow="", modified_at=now)
        self.users.save(user, along=[along])

    def reject(self, workflow: Workflow, along: Along) -> None:
        """Forget them; the name is free again."""
        self.users.remove(self._waiting(workflow), along=[along])

    def _waiting(self, workflow: Workflow) -> User:
        found = self.users.by_id(workflow.tenant, workflow.subject)
        if found is None or found.workflow != workflow.id:
            raise WorkflowDecided(f"Nothing waits for workflow '{workflow.id}' any more")
        return found
