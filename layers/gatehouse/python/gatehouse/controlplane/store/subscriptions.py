"""The subscriptions of a developer's own applications. Only published APIs take new ones, on a plan that they offer."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from gatehouse.controlplane.store.visitor import visitor
from gatehouse.controlplane.two_sides import apis_of
from gatehouse.controlplane.workflows.subjects.subscriptions import question
from gatehouse.domain.apis.abroad import NotForTenant
from gatehouse.domain.apis.api import summary_of
from gatehouse.domain.applications.application import (
    NotSubscribable,
    PlanFrozen,
    Subscription,
    SubscriptionExists,
    SubscriptionNotFound,
    TierNotAllowed,
)
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.applications.plan import places_of
from gatehouse.domain.errors import Changed, Invalid
from gatehouse.domain.publishing.lifecycle import SUBSCRIBABLE
from gatehouse.domain.publishing.workflow import WorkflowKind, WorkflowPending
from gatehouse.domain.throttling.policy import UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.glance import Glance
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.applications.applications import Subscriptions
    from gatehouse.ports.publishing.workflows import Along
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.world import Clock

ATTEMPTS = 3
"""How often a subscription is tried when its application or API changes in that very moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a developer asks for. `tenant` is that of the API, "" the developer's own."""

    application_id: str
    api_id: str
    policy: str
    tenant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A subscription with both its sides. `api` is None when it is gone."""

    subscription: Subscription
    application: Application
    api: Api | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSubscriptions:
    """The subscriptions of the caller's applications."""

    applications: OwnApplications
    storefront: Storefront
    subscriptions: Subscriptions
    policies: Policies
    approvals: Approvals
    clock: Clock

    def subscribe(self, principal: Principal, wish: Wish) -> Subscribed:
        """A new subscription, ON_HOLD where it must wait for an approval.

        Raises ApplicationNotFound, ApplicationInactive, ApiNotFound, NotSubscribable, NotForTenant, TierNotAllowed, PlanFull,
        SubscriptionExists, Changed, and what the storefront raises.
        """
        for _ in range(ATTEMPTS - 1):
            with suppress(Changed):
                return self._subscribed(principal, wish)
        return self._subscribed(principal, wish)

    def subscribe_all(self, principal: Principal, wishes: Sequence[Wish]) -> list[Subscribed]:
        """Several new subscriptions; what can be refused is refused before the first is written. Raises like `subscribe`."""
        for index, wish in enumerate(wishes):
            if any(_same_pair(wish, other) for other in wishes[:index]):
                raise Invalid.field(f"subscriptions.{index}", "asks for the same API and application as another one")
            application, *_ = self._checked(principal, wish)
            if self.subscriptions.between(principal.tenant, [application.id], wish.api_id):
                raise SubscriptionExists(application=wish.application_id, api=wish.api_id)
        return [self.subscribe(principal, wish) for wish in wishes]

    def of_application(self, principal: Principal, application_id: str) -> list[Subscribed]:
        """Raises ApplicationNotFound."""
        application = self.applications.get(principal, application_id)
        found = self.subscriptions.of_application(application.tenant, application.id)
        return self._with_apis(found, {application.id: application})

    def to_api(self, principal: Principal, api_id: str) -> list[Subscribed]:
        """Those of the caller's applications to this API, of whatever tenant; none when there is no such API."""
        mine = {application.id: application for application in self.applications.all(principal)}
        return self._with_apis(self.subscriptions.between(principal.tenant, mine, api_id), mine)

    def to_shown_api(self, looking: Visitor, principal: Principal, api_id: str) -> list[Subscribed]:
        """As `to_api`, of an API that the caller sees where they look. Raises ApiNotFound."""
        return self.to_api(principal, self.storefront.get(looking, api_id).id)

    def glances(self, principal: Principal) -> Callable[[Subscription], Glance]:
        """What the API of each subscription is shown by: read once for each tenant."""
        of_tenant = cache(lambda tenant: self.storefront.glance(visitor(tenant, principal)))
        return lambda subscription: of_tenant(subscription.api_tenant)

    def get(self, principal: Principal, subscription_id: str) -> Subscribed:
        """Raises SubscriptionNotFound, also when it is somebody else's."""
        found = self.subscriptions.get(principal.tenant, subscription_id)
        application = self.applications.find(principal, found.application_id) if found else None
        if found is None or application is None:
            raise SubscriptionNotFound.by_id(subscription_id)
        return self._with_apis([found], {application.id: application})[0]

    def change_plan(self, principal: Principal, subscription_id: str, policy: str) -> Subscribed:
        """Move it to another plan, or let that wait for an approval.

        Raises SubscriptionNotFound, PlanFrozen, TierNotAllowed, PlanFull, Changed.
        """
        found = self.get(principal, subscription_id)
        subscription = found.subscription
        if subscription.policy == policy:
            return found
        if subscription.status is not SubscriptionStatus.UNBLOCKED or found.api is None:
            raise PlanFrozen(f"The plan of a subscription that is {subscription.status} cannot be changed.")
        places = self._places(visitor(found.api.tenant, principal), found.api, policy)
        if self.approvals.needed(subscription.api_tenant, WorkflowKind.SUBSCRIPTION_UPDATE):
            waiting = replace(subscription, status=SubscriptionStatus.TIER_UPDATE_PENDING, requested=policy)
            return self._waits(WorkflowKind.SUBSCRIPTION_UPDATE, found, waiting, policy)
        changed = self.subscriptions.save(replace(subscription, policy=policy), places=places)
        return replace(found, subscription=changed)

    def unsubscribe(self, principal: Principal, subscription_id: str) -> Subscribed | None:
        """End it, and give up what it waits for; the subscription when the end must wait for an approval itself.

        Raises SubscriptionNotFound, WorkflowPending, Changed.
        """
        found = self.get(principal, subscription_id)
        subscription = found.subscription
        if subscription.status is SubscriptionStatus.DELETE_PENDING:
            raise WorkflowPending("The end of the subscription waits for an approval already")
        kind = WorkflowKind.SUBSCRIPTION_DELETION
        # One that nobody has approved ends without an approval.
        if not subscription.status.approved or not self.approvals.needed(subscription.api_tenant, kind):
            given_up = self.approvals.given_up(subscription.api_tenant, subscription.workflow)
            self.subscriptions.remove(subscription, along=given_up)
            return None
        blocked = subscription.status if subscription.status.blocked else None
        waiting = replace(subscription, status=SubscriptionStatus.DELETE_PENDING, requested="", blocked_as=blocked)
        return self._waits(kind, found, waiting, subscription.policy)

    def _waits(self, kind: WorkflowKind, found: Subscribed, waiting: Subscription, policy: str) -> Subscribed:
        """A subscription that waits for this from now on, and not for anything else any more. Raises Changed."""
        before = found.subscription
        if before.status is SubscriptionStatus.TIER_UPDATE_PENDING:
            before = replace(before, status=SubscriptionStatus.UNBLOCKED)
        reference, opening = self.approvals.ask(question(kind, before, found.application, found.api, policy=policy))
        along = [*self.approvals.given_up(before.api_tenant, before.workflow), opening]
        kept = self.subscriptions.save(replace(waiting, workflow=reference), along=along)
        return replace(found, subscription=kept)

    def _subscribed(self, principal: Principal, wish: Wish) -> Subscribed:
        application, api, places = self._checked(principal, wish)
        subscription = Subscription(
            tenant=principal.tenant,
            id=str(uuid.uuid4()),
            application_id=application.id,
            api_id=api.id,
            policy=wish.policy,
            created_at=int(self.clock.now()),
            abroad=api.tenant if api.tenant != principal.tenant else "",
        )
        along: list[Along] = []
        kind = WorkflowKind.SUBSCRIPTION_CREATION
        if self.approvals.needed(api.tenant, kind):
            reference, opening = self.approvals.ask(question(kind, subscription, application, api, policy=wish.policy))
            subscription = replace(subscription, status=SubscriptionStatus.ON_HOLD, workflow=reference)
            along = [opening]
        kept = self.subscriptions.add(subscription, application, api, places=places, along=along)
        return Subscribed(subscription=kept, application=application, api=api)

    def _checked(self, principal: Principal, wish: Wish) -> tuple[Application, Api, int]:
        application = self.applications.active(principal, wish.application_id)
        looking = visitor(wish.tenant or principal.tenant, principal)
        api = self._subscribable(looking, principal, wish.api_id)
        return application, api, self._places(looking, api, wish.policy)

    def _subscribable(self, looking: Visitor, principal: Principal, api_id: str) -> Api:
        api = self.storefront.get(looking, api_id)
        if api.state not in SUBSCRIBABLE:
            raise NotSubscribable.field("apiId", f"the API is {api.state}; only a published API takes subscriptions")
        if not self.storefront.reception.display(api.tenant).sells_to(principal.tenant, summary_of(api)):
            raise NotForTenant.of(principal.tenant)
        return api

    def _places(self, looking: Visitor, api: Api, policy: str) -> int:
        """How many subscriptions the plan takes, 0 any number. Raises TierNotAllowed.

        A plan that is closed to the caller is one that the API does not offer.
        """
        plan = None if policy == UNLIMITED else self.policies.named(api.tenant, PolicyKind.SUBSCRIPTION, policy)
        plans = looking.plans_of(api)
        if policy not in plans or (plan and not looking.may_choose(plan)):
            known = self.policies.all(api.tenant, PolicyKind.SUBSCRIPTION)
            closed = {one.name for one in known if not looking.may_choose(one)}
            offered = ", ".join(name for name in plans if name not in closed) or "none"
            raise TierNotAllowed(f"throttlingPolicy: the API does not offer the plan '{policy}'; it offers {offered}")
        if policy != UNLIMITED and plan is None:
            raise TierNotAllowed(f"throttlingPolicy: the plan '{policy}' no longer exists")
        return places_of(plan) if plan else 0

    def _with_apis(self, found: list[Subscription], applications: Mapping[str, Application]) -> list[Subscribed]:
        apis = apis_of(self.storefront.apis, found)
        return [
            Subscribed(
                subscription=subscription,
                application=applications[subscription.application_id],
                api=apis.get(subscription.api_id),
            )
            for subscription in found
        ]


def _same_pair(one: Wish, other: Wish) -> bool:
    return (one.application_id, one.api_id) == (other.application_id, other.api_id)


def check_same(path: str, given: str | None, known: str) -> None:
    """Raises Invalid for a property that a client sent back changed, though it cannot change."""
    if given not in (None, known):
        raise Invalid.field(path, f"is '{known}' and cannot be changed")
