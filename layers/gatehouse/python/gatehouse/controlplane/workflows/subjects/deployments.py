"""Deployments of revisions that wait for an approval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.approvals import Question
from gatehouse.controlplane.workflows.subjects.lifecycle import asking
from gatehouse.domain.publishing.revision import DeploymentStatus
from gatehouse.domain.publishing.workflow import WorkflowDecided, WorkflowKind

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.controlplane.workflows.deciding import Effect
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.revision import Deployment, Revision
    from gatehouse.domain.publishing.workflow import Workflow
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.publishing.workflows import Along


def question(principal: Principal, api: Api, revision: Revision, wanted: Deployment) -> Question:
    """Asks for a deployment."""
    noun = "API product" if api.is_product else "API"
    return Question(
        kind=WorkflowKind.REVISION_DEPLOYMENT,
        tenant=api.tenant,
        by=principal.user,
        subject=revision.id,
        api_id=api.id,
        description=f"Approve the deployment of [{revision.display_name}] of {noun} [{api.name} - {api.version}] to "
        f"[{wanted.environment}]",
        properties={
            "revisionId": str(revision.number),
            "environment": wanted.environment,
            "apiName": api.name,
            "apiVersion": api.version,
            "userName": principal.user,
        },
        details={"roles": sorted(principal.roles), "environment": wanted.environment},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentEffects:
    """What decisions about deployments do; `revisions` are those of APIs, `products` those of API products."""

    apis: Apis
    revisions: Revisions
    products: Revisions

    def all(self) -> dict[WorkflowKind, Effect]:
        """The effect of each kind."""
        return {WorkflowKind.REVISION_DEPLOYMENT: self}

    def approve(self, workflow: Workflow, along: Along) -> None:
        """Deploy. Raises what `Revisions.deploy` raises when it cannot be done any more."""
        api, request = self._waiting(workflow)
        kept = self.products if api.is_product else self.revisions
        kept.carry_out(asking(workflow), api, request, along)

    def reject(self, workflow: Workflow, along: Along) -> None:
        """Show that it was rejected until it is asked for again."""
        _, request = self._waiting(workflow)
        self.apis.settle(request, replace(request, status=DeploymentStatus.REJECTED), along=[along])

    def _waiting(self, workflow: Workflow) -> tuple[Api, Deployment]:
        api = self.apis.some(workflow.tenant, [workflow.api_id]).get(workflow.api_id)
        requests = self.apis.board(workflow.tenant, workflow.api_id)[1] if api else []
        found = [one for one in requests if one.workflow == workflow.id and one.status is DeploymentStatus.CREATED]
        if api is None or not found:
            raise WorkflowDecided(f"Nothing waits for workflow '{workflow.id}' any more")
        return api, found[0]
