"""Subscribers: the subscriptions to a tenant's APIs, of whoever's applications, as their providers see and steer them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.currency import require_current
from gatehouse.controlplane.publishing import access
from gatehouse.controlplane.two_sides import applications_of, lines_of
from gatehouse.domain.apis.api import ApiNotFound
from gatehouse.domain.applications.application import SubscriptionNotFound, TierNotAllowed
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.applications.plan import places_of
from gatehouse.domain.portal.search import WORD, terms_of
from gatehouse.domain.publishing.workflow import RejectedRequest, WorkflowPending
from gatehouse.domain.throttling.policy import UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application, Subscription
    from gatehouse.domain.people.identity import Principal, User
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.applications.application_directory import Listed
    from gatehouse.ports.applications.applications import Applications, Subscriptions
    from gatehouse.ports.applications.subscription_lines import SubscriptionLine
    from gatehouse.ports.people.identity import UserLookup
    from gatehouse.ports.throttling.policies import Policies


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscription with the application that has it."""

    subscription: Subscription
    application: Application


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribers:
    """The subscriptions to APIs and products that the caller may see."""

    apis: ApiLookup
    subscriptions: Subscriptions
    applications: Applications
    policies: Policies
    users: UserLookup

    def all(self, principal: Principal, api_id: str = "", query: str = "") -> list[SubscriptionLine]:
        """Those to one API, or to all, by application; a query is held against application and subscriber.

        They are lines: `some` has the subscriptions of those that are shown. Raises ApiNotFound.
        """
        tenant = principal.tenant
        if api_id:
            found = self.subscriptions.lines(tenant, self._api(principal, api_id).id)
        else:
            seen = {one.id for one in self.apis.summaries(tenant) if access.may_work_on(principal, one)}
            found = [one for one in self.subscriptions.lines(tenant) if one.api_id in seen]
        applications = lines_of(self.applications, found)
        there = [one for one in found if one.application_id in applications]
        # Lines come by id, and sorting leaves equals as they come.
        return sorted(_matching(there, applications, query), key=lambda one: applications[one.application_id].name)

    def some(self, lines: Sequence[SubscriptionLine]) -> list[Subscriber]:
        """The subscriptions of these lines, in their order; what has gone meanwhile is left out."""
        found = self.subscriptions.some(lines)
        applications = applications_of(self.applications, found)
        return [
            Subscriber(one, applications[one.application_id]) for one in found if one.application_id in applications
        ]

    def set_status(
        self,
        principal: Principal,
        subscription_id: str,
        status: SubscriptionStatus,
        wanted: Collection[int] | None = None,
    ) -> Subscriber:
        """Block it, or admit its calls again. `wanted` are the versions of the subscription that may be changed.

        Raises SubscriptionNotFound, WorkflowPending, RejectedRequest, Outdated, Changed.
        """
        found = self._settled(principal, subscription_id, wanted)
        changed = replace(found.subscription, status=status)
        return replace(found, subscription=self.subscriptions.save(changed))

    def change_plan(
        self, principal: Principal, subscription_id: str, plan: str, wanted: Collection[int] | None = None
    ) -> Subscriber:
        """Put it on another plan that its API offers. `wanted` is as in `set_status`.

        Raises SubscriptionNotFound, TierNotAllowed, PlanFull, WorkflowPending, RejectedRequest, Outdated, Changed.
        """
        found = self._settled(principal, subscription_id, wanted)
        api = self._api(principal, found.subscription.api_id)
        policy = None if plan == UNLIMITED else self.policies.named(api.tenant, PolicyKind.SUBSCRIPTION, plan)
        if plan not in api.policies or (plan != UNLIMITED and policy is None):
            offered = ", ".join(api.policies) or "none"
            raise TierNotAllowed(f"businessPlan: the API does not offer the plan '{plan}'; it offers {offered}")
        changed = replace(found.subscription, policy=plan)
        saved = self.subscriptions.save(changed, places=places_of(policy) if policy else 0)
        return replace(found, subscription=saved)

    def person(self, principal: Principal, subscription_id: str) -> tuple[str, User | None]:
        """The name of who owns the subscribed application, and the user, None when gone. Raises SubscriptionNotFound."""
        application = self._get(principal, subscription_id).application
        return application.owner, self.users.get(application.tenant, application.owner)

    def api_of(self, principal: Principal, subscription_id: str) -> Api:
        """What it is a subscription to. Raises SubscriptionNotFound."""
        return self._api(principal, self._get(principal, subscription_id).subscription.api_id)

    def _settled(self, principal: Principal, subscription_id: str, wanted: Collection[int] | None) -> Subscriber:
        """One that nobody has yet to decide about: to steer it would be to decide."""
        found = self._get(principal, subscription_id)
        require_current(subscription_id, found.subscription.version, wanted)
        if found.subscription.workflow:
            raise WorkflowPending("The subscription waits for an approval: approve or reject it")
        if found.subscription.status is SubscriptionStatus.REJECTED:
            raise RejectedRequest("The subscription was rejected: its subscriber can end it and ask again")
        return found

    def _get(self, principal: Principal, subscription_id: str) -> Subscriber:
        found = self.subscriptions.get(principal.tenant, subscription_id)
        application = self.applications.get(found.tenant, found.application_id) if found else None
        if found is None or application is None:
            raise SubscriptionNotFound.by_id(subscription_id)
        try:
            self._api(principal, found.api_id)
        except ApiNotFound:
            raise SubscriptionNotFound.by_id(subscription_id) from None
        return Subscriber(found, application)

    def _api(self, principal: Principal, api_id: str) -> Api:
        return access.find_either(self.apis, principal, api_id)


def _matching(lines: list[SubscriptionLine], applications: Mapping[str, Listed], query: str) -> list[SubscriptionLine]:
    def texts(one: SubscriptionLine, attribute: str) -> list[str]:
        application = applications[one.application_id]
        match attribute:
            case "name" | "application":
                return [application.name]
            case "subscriber":
                return [application.owner]
            case "status":
                return [one.status]
            case attribute if attribute == WORD:
                return [application.name, application.owner]
            case _:
                return []

    for term in terms_of(query):
        lines = [one for one in lines if term.matches(texts(one, term.attribute))]
    return lines
