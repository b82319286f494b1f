"""Revisions and their deployments: an immutable snapshot is taken, and put where the gateway serves it.

When a deployment has been answered, the first call succeeds: what the gateway reads is written in the same transaction.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing.compilation import deployment_changes, withdrawal_changes
from gatehouse.domain.errors import Invalid
from gatehouse.domain.identity import display_username
from gatehouse.domain.lifecycle import LifecycleState
from gatehouse.domain.revision import (
    DEFAULT_ENVIRONMENT,
    Deployment,
    DeploymentNotFound,
    EnvironmentUnknown,
    RetiredApi,
    Revision,
    RevisionDeployed,
    RevisionNotFound,
    RevisionNumberUnknown,
    RevisionsExhausted,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.publishing.default_version import DefaultVersions
    from gatehouse.controlplane.publishing.designs import Designs
    from gatehouse.controlplane.publishing.direct import DirectRoutes
    from gatehouse.controlplane.publishing.facts import Facts
    from gatehouse.domain.api import Api
    from gatehouse.domain.identity import Principal
    from gatehouse.ports.apis import Apis
    from gatehouse.ports.world import Clock

REVISIONS_MAX = 20
"""How many revisions an API may have at a time."""

_HOST = re.compile(
    r"(?=.{1,255}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A deployment that is asked for, or one that shall end. `path` names it in errors."""

    environment: str
    vhost: str
    displayed: bool
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """The revisions of a tenant's APIs, or of its API products: `designs` says which. `vhost` is the gateway's host name."""

    designs: Designs
    apis: Apis
    facts: Facts
    defaults: DefaultVersions
    direct: DirectRoutes
    clock: Clock
    vhost: str

    def create(self, principal: Principal, api_id: str, description: str) -> Revision:
        """A snapshot of the API as it is now. Raises RetiredApi, RevisionsExhausted, Changed."""
        api = self._api(principal, api_id)
        if api.state is LifecycleState.RETIRED:
            raise RetiredApi(f"API '{api_id}' is retired; it has no revisions any more")
        if len(self.apis.revisions(api.tenant, api.id)) >= REVISIONS_MAX:
            raise RevisionsExhausted(f"An API has at most {REVISIONS_MAX} revisions. Delete one that is not deployed.")
        api = self.designs.snapshot(api)
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
        api = self._api(principal, api_id)
        # In this order: a revision read here that is deployed a moment later has moved on, and cannot be removed.
        revisions = self.apis.revisions(api.tenant, api.id)
        deployments = self.apis.deployments(api.tenant, api.id)
        return [
            (revision, [deployed for deployed in deployments if deployed.revision_id == revision.id])
            for revision in revisions
        ]

    def get(self, principal: Principal, api_id: str, revision_id: str) -> tuple[Revision, list[Deployment]]:
        """A revision with its deployments. Raises RevisionNotFound."""
        for revision, deployments in self.all(principal, api_id):
            if revision.id == revision_id:
                return revision, deployments
        raise RevisionNotFound(f"Revision '{revision_id}' of API '{api_id}' not found")

    def numbered(self, principal: Principal, api_id: str, number: str) -> Revision:
        """The revision of this number. Raises RevisionNumberUnknown."""
        for revision, _ in self.all(principal, api_id):
            if str(revision.number) == number:
                return revision
        raise RevisionNumberUnknown(f"revisionNumber: API '{api_id}' has no revision {number}")

    def delete(self, principal: Principal, api_id: str, revision_id: str) -> None:
        """Forget a revision that is deployed nowhere. Raises RevisionDeployed, Changed."""
        revision, deployments = self.get(principal, api_id, revision_id)
        if deployments:
            names = ", ".join(deployment.environment for deployment in deployments)
            raise RevisionDeployed(f"{revision.display_name} is deployed in {names}. Undeploy it first.")
        self.apis.remove_revision(revision)
        self.facts.withdraw(revision)

    def restore(self, principal: Principal, api_id: str, revision_id: str) -> Api:
        """Make the API what the revision is a snapshot of. Raises what `Designs.restore` raises."""
        api = self._api(principal, api_id)
        revision, _ = self.get(principal, api_id, revision_id)
        restored = replace(
            api,
            document=revision.document,
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
        """Serve this revision in these environments, in place of what is there.

        Raises EnvironmentUnknown, Invalid, NotServable, FrontDoorFull, RetiredApi, Changed, Unavailable.
        """
        api = self._api(principal, api_id)
        revision, _ = self.get(principal, api_id, revision_id)
        if api.state is LifecycleState.RETIRED:
            raise RetiredApi(f"API '{api_id}' is retired; its revisions cannot be deployed")
        now = int(self.clock.now() * 1000)
        deployments = [
            Deployment(
                tenant=api.tenant,
                api_id=api.id,
                environment=self._environment(one),
                vhost=self._vhost(one),
                revision_id=revision.id,
                revision_number=revision.number,
                displayed=one.displayed,
                deployed_at=now,
            )
            for one in wanted
        ]
        names = [deployment.environment for deployment in deployments]
        if not names:
            raise Invalid.field("", "name at least one environment to deploy to")
        if len(set(names)) != len(names):
            raise Invalid.field("", "an environment is named twice")
        changes = deployment_changes(api, revision)
        self.facts.publish(revision)
        with self.direct.led(api, revision):
            self.apis.deploy(api, deployments, changes)
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
        names = {self._environment(one) for one in wanted} or {deployment.environment for deployment in deployments}
        ended = [deployment for deployment in deployments if deployment.environment in names]
        if not ended:
            where = ", ".join(sorted(names)) or "any environment"
            raise DeploymentNotFound(f"Revision '{revision_id}' is not deployed in {where}")
        with self.direct.led(api, None):
            self.apis.undeploy(api, ended, withdrawal_changes(api))
        self.defaults.settle(api)
        return [deployment for deployment in deployments if deployment not in ended]

    def _api(self, principal: Principal, api_id: str) -> Api:
        return self.designs.get(principal, api_id)

    def _environment(self, wanted: Wanted) -> str:
        if wanted.environment != DEFAULT_ENVIRONMENT:
            problem = f"there is no gateway environment '{wanted.environment}'; there is '{DEFAULT_ENVIRONMENT}'"
            raise EnvironmentUnknown.field(f"{wanted.path}.name", problem)
        return wanted.environment

    def _vhost(self, wanted: Wanted) -> str:
        if wanted.vhost and not _HOST.fullmatch(wanted.vhost):
            raise Invalid.field(f"{wanted.path}.vhost", f"'{wanted.vhost}' is no host name")
        return wanted.vhost or self.vhost
