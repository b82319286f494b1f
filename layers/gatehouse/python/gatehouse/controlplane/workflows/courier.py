"""The courier: people and other systems learn what waits for them, and what became of it, where their tenant wants that.

It comes after the fact: what it tells of stands, whether anybody could be told or not.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.rules import SECTION
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.mail_address import mail_address
from gatehouse.domain.publishing.webhook import Message
from gatehouse.domain.publishing.workflow import Workflow, WorkflowStatus, WorkflowTurn
from gatehouse.ports.people.mail import Letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.workflows.hooks import Hooks
    from gatehouse.ports.people.identity import UserLookup
    from gatehouse.ports.people.mail import Mail
    from gatehouse.ports.publishing.webhooks import Webhooks
    from gatehouse.ports.publishing.workflows import Workflows
    from gatehouse.ports.tenant_configuration import TenantConfigurations
    from gatehouse.ports.world import Clock

NOTIFICATIONS, REQUESTER, APPROVERS = "Notifications", "requester", "approvers"
MAIL = "mail"
"""Where a workflow's details name the address of who asked, when it may be gone with the decision."""

_WORKFLOWS = "/api/am/admin/v4/workflows"
_ASKING = "Approve "
"""What the description of every workflow begins with: it is written for who decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """`management_url` is where approvers find what waits, and where other systems decide."""

    configurations: TenantConfigurations
    workflows: Workflows
    users: UserLookup
    mail: Mail
    hooks: Hooks
    webhooks: Webhooks
    clock: Clock
    management_url: str

    def tell(self, turn: WorkflowTurn, workflow: Workflow) -> None:
        """Write to whom the tenant's configuration names, and post to its webhook. Raises Unavailable.

        What was decided has left the list of what waits, too: then it is no news that it did.
        """
        if turn is WorkflowTurn.WITHDRAWN and self.workflows.get(workflow.tenant, workflow.id) is not None:
            return
        configuration = self.configurations.get(workflow.tenant)
        section = configuration.get(SECTION)
        wanted = section.get(NOTIFICATIONS) if isinstance(section, dict) else None
        if isinstance(wanted, dict):
            self._write(turn, workflow, wanted)
        hook = self.hooks.of(workflow.tenant, workflow.kind, configuration)
        if hook is not None:
            self.webhooks.post(hook, self._message(turn, workflow))

    def _message(self, turn: WorkflowTurn, workflow: Workflow) -> Message:
        now = int(self.clock.now())
        decide = f"{self.management_url}{_WORKFLOWS}/update-workflow-status?workflowReferenceId={workflow.id}"
        data = {
            "workflowReferenceId": workflow.id,
            "workflowType": workflow.kind,
            "tenantDomain": workflow.tenant,
            "userName": workflow.asker,
            "description": workflow.description,
            "properties": dict(workflow.properties),
            "status": WorkflowTurn.WITHDRAWN if turn is WorkflowTurn.WITHDRAWN else workflow.status,
            **({"callbackUrl": decide} if turn is WorkflowTurn.OPENED else {}),
        }
        at = datetime.fromtimestamp(now, tz=UTC).isoformat().replace("+00:00", "Z")
        body = json.dumps({"type": f"workflow.{turn.lower()}", "timestamp": at, "data": data}).encode()
        return Message(id=f"{workflow.id}.{turn.lower()}", at=now, body=body)

    def _write(self, turn: WorkflowTurn, workflow: Workflow, wanted: Mapping[str, object]) -> None:
        if turn is WorkflowTurn.OPENED:
            self._write_to_approvers(workflow, wanted)
        elif turn is WorkflowTurn.DECIDED and wanted.get(REQUESTER) is True:
            self._write_to_requester(workflow)

    def _write_to_approvers(self, workflow: Workflow, wanted: Mapping[str, object]) -> None:
        addresses = wanted.get(APPROVERS)
        where = f"{self.management_url}{_WORKFLOWS}/{workflow.id}"
        text = (
            f"{workflow.description}.\n\n"
            f"{workflow.asker} has asked for it. It waits for your decision under the reference {workflow.id}: {where}\n"
        )
        for address in addresses if isinstance(addresses, list) else ():
            self._send(str(address), f"To be decided: {_wish(workflow)}", text)

    def _write_to_requester(self, workflow: Workflow) -> None:
        address = str(workflow.details.get(MAIL) or "") or self._address_of(workflow)
        if not address:
            return
        decision = "Approved" if workflow.status is WorkflowStatus.APPROVED else "Rejected"
        reason = str(workflow.answer.get("description") or "")
        text = f"You have asked for this: {_wish(workflow)}. It was {decision.lower()}.\n"
        self._send(address, f"{decision}: {_wish(workflow)}", f"{text}\n{reason}\n" if reason else text)

    def _address_of(self, workflow: Workflow) -> str:
        user = self.users.get(workflow.home or workflow.tenant, workflow.by)
        return mail_address(user) if user and user.active else ""

    def _send(self, address: str, subject: str, text: str) -> None:
        # Whoever keeps the post has written down why it did not go out; the next one may.
        with suppress(Unavailable):
            self.mail.send(Letter(to=address, subject=subject, text=text))


def _wish(workflow: Workflow) -> str:
    """What is asked for, on one line."""
    return " ".join(workflow.description.removeprefix(_ASKING).split())
