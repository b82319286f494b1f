"""Deployment requests: where a tenant wants deployments to be approved, they are asked for first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.subjects.deployments import question
from gatehouse.domain.publishing.revision import DeploymentStatus
from gatehouse.domain.publishing.workflow import NothingPending, WorkflowKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.revision import Deployment, Revision
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.publishing.workflows import Along


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRequests:
    """One request per environment of an API: another one takes its place, and so does a deployment."""

    apis: Apis
    approvals: Approvals

    def needed(self, tenant: str) -> bool:
        """Whether deployments wait for an approval."""
        return self.approvals.needed(tenant, WorkflowKind.REVISION_DEPLOYMENT)

    def ask(
        self,
        principal: Principal,
        api: Api,
        revision: Revision,
        wanted: Sequence[Deployment],
        earlier: Sequence[Deployment],
    ) -> list[Deployment]:
        """Ask for these deployments, which their guards allow, in place of earlier requests. Raises Changed."""
        along = self.superseding(earlier, [one.environment for one in wanted])[1]
        requests = []
        for one in wanted:
            reference, opening = self.approvals.ask(question(principal, api, revision, one))
            requests.append(replace(one, status=DeploymentStatus.CREATED, workflow=reference))
            along.append(opening)
        self.apis.request(api, requests, along=along)
        return requests

    def superseding(
        self, requests: Sequence[Deployment], environments: Collection[str]
    ) -> tuple[list[Deployment], list[Along]]:
        """Those of the requests that are for these environments, and what gives up the workflows that they wait for."""
        gone = [one for one in requests if one.environment in environments]
        return gone, [along for one in gone for along in self._given_up(one)]

    def cancel(self, requests: Sequence[Deployment], environment: str) -> None:
        """Give up the one of these requests that waits for this environment. Raises NothingPending, Changed."""
        for one in requests:
            if one.environment == environment and one.status is DeploymentStatus.CREATED:
                self.forget([one])
                return
        raise NothingPending(f"No deployment to '{environment}' waits for an approval")

    def forget(self, requests: Iterable[Deployment]) -> None:
        """Forget requests, and give up what they wait for. Raises Changed."""
        for one in requests:
            self.apis.settle(one, along=self._given_up(one))

    def _given_up(self, request: Deployment) -> list[Along]:
        waits = request.status is DeploymentStatus.CREATED
        return self.approvals.given_up(request.tenant, request.workflow) if waits else []
