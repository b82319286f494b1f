"""A store whose requests may wait, and the administrator and the provider who decide about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.workflows.deciding import Decisions
from gatehouse.controlplane.workflows.office import AdminOffice, ProviderOffice
from gatehouse.domain.publishing.workflow import WorkflowKind
from gatehouse.edge.operation import Interface
from gatehouse.edge.shared.workflows import workflow_routes
from tests.callers import client
from tests.worlds.approvals import waits
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from gatehouse.edge.operation import Operation
    from tests.callers import Reply

VIEW, MANAGE = "apim:subscription_approval_view", "apim:subscription_approval_manage"


class WaitingWorld(StoreWorld):
    """`admin` and `provider` send requests to the routes of workflows."""

    def __init__(self, *kinds: WorkflowKind) -> None:
        super().__init__()
        waits(self.configurations, *kinds)
        decisions = Decisions(workflows=self.approvals.workflows, desks=dict.fromkeys(WorkflowKind, self.desk))
        office = ProviderOffice(decisions, self.apis)
        self.admin = client(
            _interface("admin", workflow_routes(AdminOffice(decisions), view=("apim:admin",), decide=("apim:admin",)))
        )
        self.provider = client(_interface("publisher", workflow_routes(office, view=(VIEW,), decide=(VIEW, MANAGE))))

    def pending(self, **query: str) -> list[dict[str, Any]]:
        """What waits, as the administrator sees it."""
        reply = self.admin("GET", "/workflows", query=query)
        assert reply.status == 200, reply.text
        return list(reply.json["list"])

    def decide(self, status: str, reference: str = "", **more: Any) -> Reply:
        """The administrator decides about this, or about the one thing that waits."""
        if not reference:
            (waiting,) = self.pending()
            reference = waiting["referenceId"]
        query = {"workflowReferenceId": reference}
        return self.admin("POST", "/workflows/update-workflow-status", {"status": status, **more}, query=query)

    def status(self, subscription_id: str) -> Any:
        return self.call("GET", f"/subscriptions/{subscription_id}").json["status"]


def _interface(name: str, operations: tuple[Operation, ...]) -> Interface:
    return Interface(name=name, title=name, base=f"/api/am/{name}", version="v4", operations=operations)
