"""Arrival: what an import does once the API is there. It is deployed where the archive says, and led to its state of life."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.parameters import ENVIRONMENTS
from gatehouse.controlplane.archives.project import listed, text_of
from gatehouse.controlplane.publishing.wanted import Wanted
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.publishing.lifecycle import LifecycleState, TransitionNotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.lifecycle import Machine
    from gatehouse.domain.publishing.revision import Revision

DESCRIPTION = "Imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Deploys and leads what has been imported: APIs, or API products."""

    revisions: Revisions
    lifecycles: Lifecycles

    def settle(
        self,
        principal: Principal,
        api: Api,
        *,
        environments: Sequence[Wanted],
        state: LifecycleState,
        rotate: bool,
    ) -> Revision | None:
        """The revision that was deployed, None when the archive names no environment.

        It is deployed before it is published, so that developers find what can be called. With `rotate`, a revision too
        many takes the place of the earliest. Raises what `Revisions.create`, `Revisions.deploy` and `Lifecycles.change` raise.
        """
        revision = None
        if environments and state is not LifecycleState.RETIRED:
            if rotate:
                self._make_room(principal, api)
            revision = self.revisions.create(principal, api.id, DESCRIPTION)
            self.revisions.deploy(principal, api.id, revision.id, environments)
        for event in path(self.lifecycles.machine(api.tenant), api.state, state):
            if self.lifecycles.change(principal, api.id, event, {}).workflow:
                break  # it waits for an approval: where it is to go from there, its provider says afterwards
        return revision

    def target(self, tenant: str, given: object, before: LifecycleState) -> LifecycleState:
        """The state that an archive names; `before` when it names none. Raises ArchiveRefused, TransitionNotAllowed."""
        text, machine = text_of(given, "data.lifeCycleStatus").upper(), self.lifecycles.machine(tenant)
        if not text:
            return before
        known = {str(state): state for state in machine.transitions}
        if text not in known:
            raise ArchiveRefused.entry("data.lifeCycleStatus", f"'{text}' is none of {', '.join(known)}")
        path(machine, before, known[text])
        return known[text]

    def _make_room(self, principal: Principal, api: Api) -> None:
        found = self.revisions.all(principal, api.id)
        if len(found) < self.revisions.rules.revisions_max(api.tenant):
            return
        # The earliest that nobody calls: to give up one that is deployed would leave callers without an answer for a moment.
        revision, deployments = next((pair for pair in found if not pair[1]), found[0])
        if deployments:
            self.revisions.undeploy(principal, api.id, revision.id, [])
        self.revisions.delete(principal, api.id, revision.id)


def path(machine: Machine, state: LifecycleState, target: LifecycleState) -> list[str]:
    """The fewest events that lead from one state to the other, none when they are one. Raises TransitionNotAllowed."""
    ways: dict[LifecycleState, list[str]] = {state: []}
    waiting = deque([state])
    while waiting:
        here = waiting.popleft()
        if here is target:
            return ways[here]
        for event, there in machine.transitions.get(here, {}).items():
            if there not in ways:
                ways[there] = [*ways[here], event]
                waiting.append(there)
    raise TransitionNotAllowed(f"data.lifeCycleStatus: nothing leads from {state} to {target}")


def environments_of(project: Project) -> list[Wanted]:
    """Where the project is to be deployed. Raises ArchiveRefused."""
    data = listed(project.data(ENVIRONMENTS, ENVIRONMENTS), ENVIRONMENTS)
    return [_wanted(one, f"{ENVIRONMENTS}: data.{index}") for index, one in enumerate(data)]


def _wanted(given: dict[str, Any], where: str) -> Wanted:
    displayed = given.get("displayOnDevportal", True)
    # Until 4.1 it was spelled otherwise, and people write "true" in quotes.
    if isinstance(given.get("displayOnDevPortal"), bool):
        displayed = given["displayOnDevPortal"]
    return Wanted(
        environment=text_of(given.get("deploymentEnvironment"), f"{where}.deploymentEnvironment"),
        vhost=text_of(given.get("deploymentVhost"), f"{where}.deploymentVhost"),
        displayed=str(displayed).lower() == "true",
        path=where,
    )
