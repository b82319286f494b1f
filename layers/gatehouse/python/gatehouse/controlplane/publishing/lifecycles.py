"""Moving an API, or an API product, through its life: guards before, effects with, history after. Publishing does not deploy."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.controlplane.publishing.compilation import last_changes, state_change, withdrawal_changes
from gatehouse.domain.access import OAUTH2
from gatehouse.domain.api import version_order
from gatehouse.domain.errors import Invalid
from gatehouse.domain.governance import GovernedState
from gatehouse.domain.identity import display_username
from gatehouse.domain.lifecycle import (
    DEPRECATE,
    DEPRECATE_OLD_VERSIONS,
    REQUIRE_RESUBSCRIPTION,
    LifecycleState,
    Transition,
    next_state,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.governance.enforcement import Enforcement
    from gatehouse.controlplane.publishing.default_version import DefaultVersions
    from gatehouse.controlplane.publishing.designs import Designs
    from gatehouse.controlplane.publishing.direct import DirectRoutes
    from gatehouse.controlplane.publishing.facts import Facts
    from gatehouse.controlplane.publishing.versions import Succession
    from gatehouse.domain.api import Api
    from gatehouse.domain.identity import Principal
    from gatehouse.ports.apis import Apis
    from gatehouse.ports.subscriptions import ApiSubscriptions
    from gatehouse.ports.world import Clock

_UNPUBLISHED = frozenset({LifecycleState.CREATED, LifecycleState.PROTOTYPED})
"""States of which subscribers of older versions are taken along to a version that is published."""

CHECKLIST = (DEPRECATE_OLD_VERSIONS, REQUIRE_RESUBSCRIPTION)


class NotPublishable(Invalid):
    """Something that a published API must have is missing."""

    message = "The API cannot be published"


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
    clock: Clock

    def change(self, principal: Principal, api_id: str, event: str, checklist: Mapping[str, bool]) -> Api:
        """Apply an event; the API in its new state.

        Raises TransitionNotAllowed, NotPublishable, NotCompliant, Invalid for an unknown checklist item, Changed.
        """
        for item in checklist:
            if item not in CHECKLIST:
                raise Invalid.field("lifecycleChecklist", f"'{item}' is none of: {'; '.join(CHECKLIST)}")
        api = self.designs.get(principal, api_id)
        state = next_state(api.state, event)
        if state is LifecycleState.PUBLISHED:
            self.designs.check_reachable(api)
            _check_subscribable(api)
            self.governance.check(GovernedState.API_PUBLISH, api)
        moved = self._moved(principal, api, state)
        if state is LifecycleState.PUBLISHED and checklist.get(DEPRECATE_OLD_VERSIONS):
            self._deprecate_older(principal, moved)
        if (
            state is LifecycleState.PUBLISHED
            and api.state in _UNPUBLISHED
            and not checklist.get(REQUIRE_RESUBSCRIPTION)
        ):
            self.succession.carry_over(moved)
        return moved

    def history(self, principal: Principal, api_id: str) -> list[Transition]:
        """The API's life so far, oldest first."""
        api = self.designs.get(principal, api_id)
        return self.apis.history(api.tenant, api.id)

    def _moved(self, principal: Principal, api: Api, state: LifecycleState) -> Api:
        now = int(self.clock.now() * 1000)
        user = display_username(principal.tenant, principal.user)
        moved = replace(api, state=state, updated_at=now, updated_by=user)
        step = Transition(previous=api.state, next=state, user=user, at=now)
        deployed = self.apis.deployments(api.tenant, api.id)
        # A retirement that breaks off at the front door has not begun, and can be repeated.
        with self.direct.led(api, None) if state is LifecycleState.RETIRED else nullcontext():
            moved = self.apis.save(moved, [state_change(moved)] if deployed else [], step)
        if state is LifecycleState.RETIRED:
            self._retire(moved)
        self.defaults.settle(moved)
        return moved

    def _retire(self, api: Api) -> None:
        """No calls, no revisions, no subscriptions."""
        deployments = self.apis.deployments(api.tenant, api.id)
        if deployments:
            self.apis.undeploy(api, deployments, withdrawal_changes(api, deployments), last_changes(api))
        for revision in self.apis.revisions(api.tenant, api.id):
            self.apis.remove_revision(revision)
            self.facts.withdraw(revision)
        self.subscriptions.remove_of_api(api.tenant, api.id)

    def _deprecate_older(self, principal: Principal, api: Api) -> None:
        for summary in self.apis.summaries(api.tenant):
            same_name = summary.name.lower() == api.name.lower()
            older = version_order(summary.version) < version_order(api.version)
            theirs = access.may_work_on(principal, summary)
            if same_name and older and theirs and summary.state is LifecycleState.PUBLISHED:
                old = self.apis.get(api.tenant, summary.id)
                self._moved(principal, old, next_state(old.state, DEPRECATE))


def _check_subscribable(api: Api) -> None:
    if OAUTH2 in (api.document.get("securityScheme") or ()) and not api.policies:
        raise NotPublishable.field("policies", "at least one business plan is needed before the API can be published")
