"""Moving an API, or an API product, through its life: guards before, effects with, history after. Publishing does not deploy.

Which states there are, and which steps wait for an approval, is the tenant's to say.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.controlplane.publishing.compiling.compilation import last_changes, state_change, withdrawal_changes
from gatehouse.controlplane.workflows.subjects.lifecycle import kind_of, question
from gatehouse.domain.apis.access import OAUTH2
from gatehouse.domain.apis.api import version_order
from gatehouse.domain.apis.streaming import is_advertised
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.publishing.governance import GovernedState
from gatehouse.domain.publishing.lifecycle import (
    DEPRECATE,
    DEPRECATE_OLD_VERSIONS,
    REQUIRE_RESUBSCRIPTION,
    LifecycleState,
    Transition,
)
from gatehouse.domain.publishing.workflow import WorkflowPending

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gatehouse.controlplane.governance.enforcement import Enforcement
    from gatehouse.controlplane.publishing.compiling.facts import Facts
    from gatehouse.controlplane.publishing.default_version import DefaultVersions
    from gatehouse.controlplane.publishing.designs import Designs
    from gatehouse.controlplane.publishing.direct import DirectRoutes
    from gatehouse.controlplane.publishing.notices import Notices
    from gatehouse.controlplane.publishing.tenant_rules import TenantRules
    from gatehouse.controlplane.publishing.versions import Succession
    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.lifecycle import Machine
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.publishing.subscriptions import ApiSubscriptions
    from gatehouse.ports.publishing.workflows import Along
    from gatehouse.ports.world import Clock

_PUBLIC = frozenset({LifecycleState.PUBLISHED, LifecycleState.BLOCKED})
"""From other states, subscribers of older versions are taken along to a version that is published."""

CHECKLIST = (DEPRECATE_OLD_VERSIONS, REQUIRE_RESUBSCRIPTION)


class NotPublishable(Invalid):
    """Something that a published API must have is missing."""

    message = "The API cannot be published"


class PropertiesMissing(NotPublishable):
    """The tenant demands properties of its own."""

    code = 903015


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycles:
    """The lives of a tenant's APIs, or of its API products: `designs` says which."""

    designs: Designs
    apis: Apis
    facts: Facts
    defaults: DefaultVersions
    direct: DirectRoutes
    subscriptions: ApiSubscriptions
    succession: Succession
    governance: Enforcement
    approvals: Approvals
    notices: Notices
    rules: TenantRules
    clock: Clock

    def change(
        self,
        principal: Principal,
        api_id: str,
        event: str,
        checklist: Mapping[str, bool],
        wanted: Collection[int] | None = None,
    ) -> Api:
        """Apply an event; the API in its new state, or in its old one with the `workflow` that it waits for.

        `wanted` are the versions that may be changed. Raises TransitionNotAllowed, NotPublishable, NotCompliant, Invalid for
        an unknown checklist item, WorkflowPending, Outdated, Changed.
        """
        api = self.designs.get(principal, api_id)
        access.require_current(api, wanted)
        ticked = _ticked(api, checklist)
        if api.workflow:
            raise WorkflowPending("A change of the API's state waits for an approval")
        state = self._next(api, event)
        machine = self.machine(api.tenant)
        if not self.approvals.rules.needed_for_step(api.tenant, kind_of(api), machine.shown(api.state), event):
            return self._changed(principal, api, state, ticked)
        reference, opening = self.approvals.ask(question(principal, api, event, machine, ticked))
        return self.apis.save(replace(api, workflow=reference), [], along=[opening])

    def carry_out(self, principal: Principal, api: Api, event: str, ticked: Collection[str], along: Along) -> None:
        """Apply an event that was approved, if its guards still allow it. Raises as `change`."""
        self._changed(principal, api, self._next(api, event), ticked, [along])

    def give_up(self, principal: Principal, api_id: str) -> None:
        """Forget a change of state that waits for an approval, if there is one. Raises ApiNotFound, Changed."""
        api = self.designs.get(principal, api_id)
        if api.workflow:
            self.apis.save(replace(api, workflow=""), [], along=self.approvals.given_up(api.tenant, api.workflow))

    def machine(self, tenant: str) -> Machine:
        """Which events lead from which state to which."""
        return self.rules.machine(tenant)

    def _next(self, api: Api, event: str) -> LifecycleState:
        """Where the event leads, when its guards allow it."""
        state = self.machine(api.tenant).next(api.state, event)
        if state is LifecycleState.PUBLISHED:
            self.designs.check_reachable(api)
            _check_subscribable(api)
            self._check_properties(api)
            self.governance.check(GovernedState.API_PUBLISH, api)
        return state

    def _changed(
        self,
        principal: Principal,
        api: Api,
        state: LifecycleState,
        ticked: Collection[str],
        along: Sequence[Along] = (),
    ) -> Api:
        moved = self._moved(principal, api, state, along)
        if state is not LifecycleState.PUBLISHED:
            return moved
        if DEPRECATE_OLD_VERSIONS in ticked:
            self._deprecate_older(principal, moved)
        if api.state not in _PUBLIC and REQUIRE_RESUBSCRIPTION not in ticked:
            self.succession.carry_over(moved)
        if api.state not in _PUBLIC:
            self.notices.published(moved)
        return moved

    def history(self, principal: Principal, api_id: str) -> list[Transition]:
        """The API's life so far, oldest first."""
        api = self.designs.get(principal, api_id)
        return self.apis.history(api.tenant, api.id)

    def _moved(self, principal: Principal, api: Api, state: LifecycleState, along: Sequence[Along] = ()) -> Api:
        """In the new state, and waiting for no other: `along` decides what it waited for, or that is given up."""
        now = int(self.clock.now() * 1000)
        user = display_username(principal.tenant, principal.user)
        along = along or self.approvals.given_up(api.tenant, api.workflow)
        moved = replace(api, state=state, updated_at=now, updated_by=user, workflow="")
        step = Transition(previous=api.state, next=state, user=user, at=now)
        deployed = self.apis.deployments(api.tenant, api.id)
        # A retirement that breaks off at the front door has not begun, and can be repeated.
        with self.direct.led(api, None) if state is LifecycleState.RETIRED else nullcontext():
            moved = self.apis.save(moved, [state_change(moved)] if deployed else [], step, along=along)
        if state is LifecycleState.RETIRED:
            self._retire(moved)
        self.defaults.settle(moved)
        return moved

    def _retire(self, api: Api) -> None:
        """No calls, no revisions, no subscriptions, and nothing that waits."""
        deployments, requests = self.apis.board(api.tenant, api.id)
        for request in requests:
            self.apis.settle(request, along=self.approvals.given_up(api.tenant, request.workflow))
        if deployments:
            self.apis.undeploy(api, deployments, withdrawal_changes(api, deployments), last_changes(api))
        for revision in self.apis.revisions(api.tenant, api.id):
            self.apis.remove_revision(revision)
            self.facts.withdraw(revision)
        waiting = self.succession.awaited(api)
        self.subscriptions.remove_of_api(api.tenant, api.id)
        self.approvals.drop(api.tenant, waiting)

    def _check_properties(self, api: Api) -> None:
        """Raises PropertiesMissing when the tenant demands properties that the API has not."""
        given = {str(one.get("name")): one.get("value") for one in api.document.get("additionalProperties") or ()}
        wanted = [one.name for one in self.rules.custom_properties(api.tenant) if one.required]
        if missing := [name for name in wanted if not given.get(name)]:
            problem = f"the properties {', '.join(missing)} are needed before the API can be published"
            raise PropertiesMissing.field("additionalProperties", problem)

    def _deprecate_older(self, principal: Principal, api: Api) -> None:
        for summary in self.apis.summaries(api.tenant):
            same_name = summary.name.lower() == api.name.lower()
            older = version_order(summary.version) < version_order(api.version)
            theirs = access.may_work_on(principal, summary)
            if same_name and older and theirs and summary.state is LifecycleState.PUBLISHED:
                old = self.apis.get(api.tenant, summary.id)
                self._moved(principal, old, self.machine(old.tenant).next(old.state, DEPRECATE))


def _check_subscribable(api: Api) -> None:
    secured = OAUTH2 in (api.document.get("securityScheme") or ())
    if secured and not api.policies and not is_advertised(api.document):
        raise NotPublishable.field("policies", "at least one business plan is needed before the API can be published")


def checklist_of(*, product: bool) -> tuple[str, ...]:
    """What can be ticked, as the sort of API calls it."""
    return tuple(item.replace("the API", "the API Product") for item in CHECKLIST) if product else CHECKLIST


def _ticked(api: Api, checklist: Mapping[str, bool]) -> list[str]:
    """The items that are true, as CHECKLIST names them. Raises Invalid for one that nobody knows."""
    known = {
        **dict(zip(checklist_of(product=api.is_product), CHECKLIST, strict=True)),
        **{item: item for item in CHECKLIST},
    }
    for item in checklist:
        if item not in known:
            offered = "; ".join(checklist_of(product=api.is_product))
            raise Invalid.field("lifecycleChecklist", f"'{item}' is none of: {offered}")
    return [known[item] for item, value in checklist.items() if value]
