"""Revisions and their deployments: an immutable snapshot is taken, and put where the gateway serves it.

When a deployment has been answered, the first call succeeds: what the gateway reads is written in the same transaction.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing.compiling.compilation import (
    deployed_api,
    deployment_changes,
    last_changes,
    withdrawal_changes,
)
from gatehouse.controlplane.publishing.one_direct import check_one_direct, still_served
from gatehouse.controlplane.publishing.placing import placed
from gatehouse.controlplane.publishing.wanted import Wanted
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.publishing.governance import GovernedState
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.publishing.revision import (
    DeploymentNotFound,
    RetiredApi,
    Revision,
    RevisionDeployed,
    RevisionNotFound,
    RevisionNumberUnknown,
    RevisionsExhausted,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.environments.keys import EnvironmentKeys
    from gatehouse.controlplane.environments.lookup import Environments
    from gatehouse.controlplane.governance.enforcement import Enforcement
    from gatehouse.controlplane.operation_policies.snapshots import PolicySnapshots
    from gatehouse.controlplane.publishing.compiling.facts import Facts
    from gatehouse.controlplane.publishing.default_version import DefaultVersions
    from gatehouse.controlplane.publishing.deployment_requests import DeploymentRequests
    from gatehouse.controlplane.publishing.designs import Designs
    from gatehouse.controlplane.publishing.direct import DirectRoutes
    from gatehouse.controlplane.publishing.tenant_rules import TenantRules
    from gatehouse.controlplane.publishing.wordings import Wordings
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.deployed import DeployedApi
    from gatehouse.domain.publishing.environment import Environment
    from gatehouse.domain.publishing.revision import Deployment
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.publishing.workflows import Along
    from gatehouse.ports.world import Clock


Overview = tuple["Revision", list["Deployment"], list["Deployment"]]
"""A revision, where it is deployed, and where it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """The revisions of a tenant's APIs, or of its API products: `designs` says which."""

    designs: Designs
    snapshots: PolicySnapshots
    apis: Apis
    facts: Facts
    wordings: Wordings
    defaults: DefaultVersions
    direct: DirectRoutes
    environments: Environments
    keys: EnvironmentKeys
    governance: Enforcement
    requests: DeploymentRequests
    rules: TenantRules
    clock: Clock

    def create(self, principal: Principal, api_id: str, description: str) -> Revision:
        """A snapshot of the API as it is now. Raises RetiredApi, RevisionsExhausted, Changed."""
        api = self._api(principal, api_id)
        if api.state is LifecycleState.RETIRED:
            raise RetiredApi(f"API '{api_id}' is retired; it has no revisions any more")
        allowed = self.rules.revisions_max(api.tenant)
        if len(self.apis.revisions(api.tenant, api.id)) >= allowed:
            raise RevisionsExhausted(f"An API has at most {allowed} revisions. Delete one that is not deployed.")
        api = self.snapshots.taken(self.designs.snapshot(api))
        revision = Revision(
            tenant=api.tenant,
            api_id=api.id,
            id=str(uuid.uuid4()),
            number=self.apis.next_revision_number(api.tenant, api.id),
            description=description,
            created_at=int(self.clock.now() * 1000),
            document=api.document,
            definition=api.definition,
            schema=api.schema,
            graph=api.graph,
        )
        self.apis.add_revision(revision)
        return revision

    def all(self, principal: Principal, api_id: str) -> list[tuple[Revision, list[Deployment]]]:
        """Every revision with its deployments, oldest first."""
        return [(revision, deployed) for revision, deployed, _ in self.overview(principal, api_id)]

    def overview(self, principal: Principal, api_id: str) -> list[Overview]:
        """Every revision with its deployments, and with those that were asked for, oldest first."""
        api = self._api(principal, api_id)
        # In this order: a revision read here that is deployed a moment later has moved on, and cannot be removed.
        revisions = self.apis.revisions(api.tenant, api.id)
        deployments, requests = self.apis.board(api.tenant, api.id)
        return [(one, _of(one, deployments), _of(one, requests)) for one in revisions]

    def get(self, principal: Principal, api_id: str, revision_id: str) -> tuple[Revision, list[Deployment]]:
        """A revision with its deployments. Raises RevisionNotFound."""
        return self._whole(principal, api_id, revision_id)[:2]

    def numbered(self, principal: Principal, api_id: str, number: str) -> Revision:
        """The revision of this number. Raises RevisionNumberUnknown."""
        for revision, _ in self.all(principal, api_id):
            if str(revision.number) == number:
                return revision
        raise RevisionNumberUnknown(f"revisionNumber: API '{api_id}' has no revision {number}")

    def delete(self, principal: Principal, api_id: str, revision_id: str) -> None:
        """Forget a revision that is deployed nowhere. Raises RevisionDeployed, Changed."""
        revision, deployments, requests = self._whole(principal, api_id, revision_id)
        if deployments:
            names = ", ".join(deployment.environment for deployment in deployments)
            raise RevisionDeployed(f"{revision.display_name} is deployed in {names}. Undeploy it first.")
        self.requests.forget(requests)
        self.apis.remove_revision(revision)
        self.facts.withdraw(revision)

    def restore(self, principal: Principal, api_id: str, revision_id: str) -> Api:
        """Make the API what the revision is a snapshot of. Raises what `Designs.restore` raises."""
        api = self._api(principal, api_id)
        revision, _ = self.get(principal, api_id, revision_id)
        restored = replace(
            api,
            document=self.snapshots.given_back(principal, api, revision.document),
            definition=revision.definition,
            schema=revision.schema,
            graph=revision.graph,
            updated_at=int(self.clock.now() * 1000),
            updated_by=display_username(principal.tenant, principal.user),
        )
        return self.designs.restore(api, restored)

    def deployments(self, principal: Principal, api_id: str) -> list[Deployment]:
        """Where the API is deployed."""
        api = self._api(principal, api_id)
        return self.apis.deployments(api.tenant, api.id)

    def deploy(self, principal: Principal, api_id: str, revision_id: str, wanted: Sequence[Wanted]) -> list[Deployment]:
        """Serve this revision in these environments, in place of what is there, or ask for it where that must be approved.

        Raises EnvironmentUnknown, EnvironmentClosed, HostInvalid, Invalid, NotServable, FrontDoorFull, RetiredApi,
        NotCompliant, Changed, Unavailable.
        """
        api = self._api(principal, api_id)
        revision, requests = self._among(self.overview(principal, api_id), revision_id, api_id)
        if not self.requests.needed(api.tenant):
            return self._deployed(principal, api, revision, wanted, requests)
        deployments, _ = self._prepared(principal, api, revision, wanted)
        return self.requests.ask(principal, api, revision, deployments, requests)

    def carry_out(self, principal: Principal, api: Api, request: Deployment, along: Along) -> None:
        """Serve what was asked for and approved, if its guards still allow it. Raises as `deploy`."""
        revision, requests = self._among(self.overview(principal, api.id), request.revision_id, api.id)
        wanted = Wanted(
            environment=request.environment, vhost=request.vhost, displayed=request.displayed, path=request.environment
        )
        self._deployed(principal, api, revision, [wanted], requests, [along])

    def cancel(self, principal: Principal, api_id: str, revision_id: str, environment: str) -> None:
        """Give up a deployment that waits for an approval. Raises RevisionNotFound, NothingPending, Changed."""
        self.requests.cancel(self._whole(principal, api_id, revision_id)[2], environment)

    def _whole(self, principal: Principal, api_id: str, revision_id: str) -> Overview:
        for found in self.overview(principal, api_id):
            if found[0].id == revision_id:
                return found
        raise RevisionNotFound(f"Revision '{revision_id}' of API '{api_id}' not found")

    def _among(self, all_of_them: list[Overview], revision_id: str, api_id: str) -> tuple[Revision, list[Deployment]]:
        """The revision of this id, and the deployments of any that were asked for. Raises RevisionNotFound."""
        requests = [request for *_, some in all_of_them for request in some]
        for revision, *_ in all_of_them:
            if revision.id == revision_id:
                return revision, requests
        raise RevisionNotFound(f"Revision '{revision_id}' of API '{api_id}' not found")

    def _prepared(
        self, principal: Principal, api: Api, revision: Revision, wanted: Sequence[Wanted]
    ) -> tuple[list[Deployment], list[DeployedApi]]:
        """The deployments, and what the gateway is to serve by them, when all guards allow it."""
        if api.state is LifecycleState.RETIRED:
            raise RetiredApi(f"API '{api.id}' is retired; its revisions cannot be deployed")
        names = [one.environment for one in wanted]
        if not names:
            raise Invalid.field("", "name at least one environment to deploy to")
        if len(set(names)) != len(names):
            raise Invalid.field("", "an environment is named twice")
        known = self._known(principal)
        now = int(self.clock.now() * 1000)
        deployments = [one.of(revision, one.among(known), now=now) for one in wanted]
        check_one_direct(self.apis, api, revision, names)
        compiled = deployed_api(api, revision)
        ids = [one.id for one in compiled.members] or [api.id]
        keys = {one: self.keys.everywhere(api.tenant, one) for one in ids}
        places = [placed(revision, compiled, known[one.environment], one.vhost, keys) for one in deployments]
        snapshot = replace(api, document=revision.document, definition=revision.definition)
        self.governance.check(GovernedState.API_DEPLOY, snapshot)
        return deployments, places

    def _deployed(
        self,
        principal: Principal,
        api: Api,
        revision: Revision,
        wanted: Sequence[Wanted],
        requests: Sequence[Deployment],
        along: Sequence[Along] = (),
    ) -> list[Deployment]:
        """Served. What was asked for in these environments is settled: `along` decides about it, or it is given up."""
        deployments, places = self._prepared(principal, api, revision, wanted)
        gone, given_up = self.requests.superseding(requests, [one.environment for one in wanted])
        self.facts.publish(revision)
        with self.direct.led(api, revision):
            changes = deployment_changes(api, places)
            words = self.wordings.of(revision)
            self.apis.deploy(api, deployments, changes, requests=gone, along=along or given_up, words=words)
        self.defaults.settle(api)
        return deployments

    def display(self, principal: Principal, api_id: str, deployment_id: str, *, displayed: bool) -> Deployment:
        """Show a deployment to developers, or hide it from them. Raises DeploymentNotFound, Changed."""
        api = self._api(principal, api_id)
        for deployment in self.apis.deployments(api.tenant, api.id):
            if deployment.id == deployment_id:
                shown = replace(deployment, displayed=displayed)
                self.apis.save_deployment(shown)
                return shown
        raise DeploymentNotFound(f"API '{api_id}' has no deployment '{deployment_id}'")

    def undeploy(
        self, principal: Principal, api_id: str, revision_id: str, wanted: Sequence[Wanted]
    ) -> list[Deployment]:
        """Serve this revision no longer in these environments (in all, when none is named); where it still is.

        Raises EnvironmentUnknown, DeploymentNotFound, Changed.
        """
        api = self._api(principal, api_id)
        _, deployments = self.get(principal, api_id, revision_id)
        # From an environment that is gone anybody may withdraw; from one that is closed to the caller, nobody.
        known = self._known(principal)
        closed = {one.name for one in self.environments.all(principal.tenant)} - set(known)
        reached = [deployment for deployment in deployments if deployment.environment not in closed]
        there = {deployment.environment for deployment in reached}
        for one in wanted:
            if one.environment not in there:
                one.among(known)
        names = {one.environment for one in wanted} or there
        ended = [deployment for deployment in reached if deployment.environment in names]
        if not ended:
            where = ", ".join(sorted(names)) or "any environment"
            raise DeploymentNotFound(f"Revision '{revision_id}' is not deployed in {where}")
        with self.direct.led(api, still_served(self.apis, api, ended)):
            self.apis.undeploy(api, ended, withdrawal_changes(api, ended), last_changes(api))
        self.defaults.settle(api)
        return [deployment for deployment in deployments if deployment not in ended]

    def _api(self, principal: Principal, api_id: str) -> Api:
        return self.designs.get(principal, api_id)

    def _known(self, principal: Principal) -> dict[str, Environment]:
        """The environments that are open to the caller, by name."""
        return {one.name: one for one in self.environments.open_to(principal.tenant, principal.roles)}


def _of(revision: Revision, deployments: Sequence[Deployment]) -> list[Deployment]:
    return [one for one in deployments if one.revision_id == revision.id]
