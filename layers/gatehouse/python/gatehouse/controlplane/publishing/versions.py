"""New versions: an API is copied, with its documents, and its subscribers are taken along when the copy is published."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.apis.abroad import is_offered_to
from gatehouse.domain.apis.api import summary_of, version_order
from gatehouse.domain.applications.application import PlanFull, SubscriptionExists
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.applications.plan import places_of
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.certificate import CLIENT_CERTIFICATES
from gatehouse.domain.record import Kind, new_id
from gatehouse.domain.throttling.policy import PolicyKind

if TYPE_CHECKING:
    from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application, Subscription
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.applications.applications import Applications, Subscriptions
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.world import Clock

_LIVE = frozenset({SubscriptionStatus.UNBLOCKED, SubscriptionStatus.BLOCKED, SubscriptionStatus.PROD_ONLY_BLOCKED})
"""Subscriptions that nobody has yet to decide about."""
_CHANGING = SubscriptionStatus.TIER_UPDATE_PENDING
"""One that waits for another plan is carried over on the plan that it has."""
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Makes new versions of APIs."""

    design: Design
    records: Records
    custom: OperationPolicies

    def copy(self, principal: Principal, api_id: str, version: str, *, as_default: bool) -> Api:
        """A new version in state CREATED, with the documents and the policies of the old one.

        Credentials stay with the version that they were made for. Raises ApiNotFound, ApiVersionTaken, ContextTaken.
        """
        api = self.design.get(principal, api_id)
        document = {name: value for name, value in api.document.items() if name != CLIENT_CERTIFICATES}
        document |= {"version": version, "isDefaultVersion": as_default}
        content = json.loads(self.design.blobs.get(api.tenant, api.definition))
        content.setdefault("info", {})["version"] = version
        copied = self.design.inventory.add(
            principal,
            {**document, "name": api.name, "context": api.context},
            json.dumps(content).encode(),
            schema=api.schema,
            graph=api.graph,
        )
        for kept in self.records.all(api.tenant, Kind.DOCUMENT, api.id):
            self.records.add(replace(kept, owner=copied.id, id=new_id(), version=0), taken=Changed())
        self.custom.copy(principal, api, copied)
        return copied


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """Takes the subscribers of older versions along."""

    apis: ApiLookup
    subscriptions: Subscriptions
    applications: Applications
    policies: Policies
    clock: Clock

    def awaited(self, api: Api) -> list[str]:
        """The workflows that subscriptions to the API wait for."""
        return [one.workflow for one in self.subscriptions.of_api(api.tenant, api.id) if one.workflow]

    def carry_over(self, api: Api) -> None:
        """Subscribe to this version, as they are to the newest older one, all that are not subscribed to it.

        A plan that it does not offer, or that takes no more subscriptions, is not carried over, nor is a tenant that it is
        not offered to.
        """
        older = [
            one
            for one in self.apis.summaries(api.tenant)
            if one.name.lower() == api.name.lower() and version_order(one.version) < version_order(api.version)
        ]
        newest_first = sorted(older, key=lambda one: version_order(one.version), reverse=True)
        wanted: dict[str, Subscription] = {}
        for summary in newest_first:
            for subscription in self.subscriptions.of_api(api.tenant, summary.id):
                live = subscription.status in _LIVE or subscription.status is _CHANGING
                offered = subscription.policy in api.policies and is_offered_to(subscription.tenant, summary_of(api))
                if live and offered:
                    wanted.setdefault(subscription.application_id, subscription)
        there = {subscription.application_id for subscription in self.subscriptions.of_api(api.tenant, api.id)}
        for application_id, subscription in wanted.items():
            if application_id not in there:
                self._carry(api, subscription)

    def _carry(self, api: Api, subscription: Subscription) -> None:
        places = self._places(api, subscription.policy)
        for _ in range(_ATTEMPTS):
            application = self.applications.get(subscription.tenant, subscription.application_id)
            if application is None or not application.status.is_open:
                return
            with suppress(Changed):
                self._add(api, subscription, application, places)
                return
        raise Changed(application=subscription.application_id)

    def _add(self, api: Api, subscription: Subscription, application: Application, places: int) -> None:
        now = int(self.clock.now())
        status = SubscriptionStatus.UNBLOCKED if subscription.status is _CHANGING else subscription.status
        new = replace(
            subscription,
            id=str(uuid.uuid4()),
            api_id=api.id,
            status=status,
            created_at=now,
            requested="",
            workflow="",
            version=0,
        )
        # Somebody subscribed in this moment, or the plan is full: neither keeps an API from being published.
        with suppress(SubscriptionExists, PlanFull):
            self.subscriptions.add(new, application, api, places=places)

    def _places(self, api: Api, policy: str) -> int:
        plan = self.policies.named(api.tenant, PolicyKind.SUBSCRIPTION, policy)
        return places_of(plan) if plan else 0
