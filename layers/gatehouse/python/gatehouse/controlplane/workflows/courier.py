"""The courier: people learn what waits for them, and what became of what they asked for, where their tenant wants that.

It comes after the fact: what it tells of stands, whether anybody could be told or not.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.rules import SECTION
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.mail_address import mail_address
from gatehouse.domain.publishing.workflow import Workflow, WorkflowStatus, WorkflowTurn
from gatehouse.ports.people.mail import Letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.people.identity import UserLookup
    from gatehouse.ports.people.mail import Mail
    from gatehouse.ports.tenant_configuration import TenantConfigurations

NOTIFICATIONS, REQUESTER, APPROVERS = "Notifications", "requester", "approvers"
MAIL = "mail"
"""Where a workflow's details name the address of who asked, when it may be gone with the decision."""

_ASKING = "Approve "
"""What the description of every workflow begins with: it is written for who decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """`management_url` is where approvers find what waits."""

    configurations: TenantConfigurations
    users: UserLookup
    mail: Mail
    management_url: str

    def tell(self, turn: WorkflowTurn, workflow: Workflow) -> None:
        """Write to whom the tenant's configuration names. Raises Unavailable when nobody can be found out."""
        section = self.configurations.get(workflow.tenant).get(SECTION)
        wanted = section.get(NOTIFICATIONS) if isinstance(section, dict) else None
        if not isinstance(wanted, dict):
            return
        if turn is WorkflowTurn.OPENED:
            self._write_to_approvers(workflow, wanted)
        elif turn is WorkflowTurn.DECIDED and wanted.get(REQUESTER) is True:
            self._write_to_requester(workflow)

    def _write_to_approvers(self, workflow: Workflow, wanted: Mapping[str, object]) -> None:
        addresses = wanted.get(APPROVERS)
        where = f"{self.management_url}/api/am/admin/v4/workflows/{workflow.id}"
        text = (
            f"{workflow.description}.\n\n"
            f"{workflow.by} has asked for it. It waits for your decision under the reference {workflow.id}: {where}\n"
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
        user = self.users.get(workflow.tenant, workflow.by)
        return mail_address(user) if user and user.active else ""

    def _send(self, address: str, subject: str, text: str) -> None:
        # Whoever keeps the post has written down why it did not go out; the next one may.
        with suppress(Unavailable):
            self.mail.send(Letter(to=address, subject=subject, text=text))


def _wish(workflow: Workflow) -> str:
    """What is asked for, on one line."""
    return " ".join(workflow.description.removeprefix(_ASKING).split())
