"""Subscriptions of one tenant's applications to another's APIs: both find them, and with either side they go."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.applications import applications, subscriptions
from gatehouse.adapters.estates import Ties
from gatehouse.domain.applications.application import PlanFull, SubscriptionExists
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.applications.subscription_grant import subscription_grant
from gatehouse.domain.artifact import Category, abroad_key, subscription_key
from gatehouse.domain.publishing.workflow import Workflow, WorkflowKind
from gatehouse.domain.throttling.policy import PolicyKind
from gatehouse.ports.applications.subscription_lines import line_of
from tests.fakes.workflows import InMemoryWorkflows
from tests.worlds.kept_applications import World, in_memory, on_dynamodb

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application, Subscription
    from tests.conftest import DynamoDB


class Abroad:
    """An application of one tenant (`home`), and an API of another (`world.tenant`)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.home = f"{uuid.uuid4().hex}.example"
        self.application, self.api = self.register(), world.api()

    def register(self) -> Application:
        return self.world.applications.add(self.world.application(uuid.uuid4().hex, tenant=self.home))

    def subscription(self, application: Application, api: Api, **more: str) -> Subscription:
        return self.world.subscription(application, api, abroad=self.world.tenant, **more)

    def subscribed(self) -> Subscription:
        made = self.subscription(self.application, self.api)
        return self.world.subscriptions.add(made, self.application, self.api)

    def granted(self) -> object:
        key = subscription_key(self.world.tenant, self.application.id, self.api.id)
        return self.world.artifacts.get([key])[0]

    def known_at_home(self) -> object:
        return self.world.artifacts.get([abroad_key(self.home, self.application.id, self.api.id)])[0]

    def nothing_is_left(self) -> bool:
        kept = self.world.subscriptions
        places = [kept.all(self.world.tenant), kept.across(self.home), kept.across(self.world.tenant)]
        counted = self.world.applications.get(self.home, self.application.id)
        return (
            not any(places)
            and self.granted() is self.known_at_home() is None
            and not (counted and counted.subscriptions)
        )


class Promises:
    """Held by every implementation."""

    def test_both_tenants_find_it_and_the_gateway_does_with_the_api(self, world: World) -> None:
        abroad, kept = Abroad(world), world.subscriptions
        before = world.epoch()
        made = abroad.subscribed()
        assert (made.tenant, made.api_tenant) == (abroad.home, world.tenant)
        assert kept.get(abroad.home, made.id) == kept.get(world.tenant, made.id) == made
        assert kept.of_application(abroad.home, abroad.application.id) == [made]
        assert kept.between(abroad.home, [abroad.application.id], abroad.api.id) == [made]
        assert kept.of_api(world.tenant, abroad.api.id) == kept.all(world.tenant) == [made]
        assert kept.all(abroad.home) == [], "it is a subscription to none of their APIs"
        assert kept.across(abroad.home) == kept.across(world.tenant) == [made]
        assert kept.get("third.example", made.id) is None
        assert kept.lines(world.tenant) == kept.lines(world.tenant, abroad.api.id) == [line_of(made)]
        assert kept.lines(abroad.home) == kept.lines(world.tenant, "another") == []
        assert kept.some([line_of(replace(made, id="gone")), line_of(made)]) == [made]
        assert world.applications.lines(abroad.home, [abroad.application.id])[abroad.application.id].owner == "mary"
        assert abroad.granted() == subscription_grant(made).to_body()
        assert abroad.known_at_home() == {"tenant": world.tenant}
        assert world.epoch() > before
        assert world.artifacts.epoch(abroad.home).get(Category.APPLICATIONS, 0) > 0
        found = world.applications.get(abroad.home, abroad.application.id)
        assert found is not None
        assert found.subscriptions == 1

    def test_a_pair_is_subscribed_once(self, world: World) -> None:
        abroad = Abroad(world)
        abroad.subscribed()
        with pytest.raises(SubscriptionExists):
            abroad.subscribed()

    def test_a_change_is_seen_by_both_and_by_the_gateway(self, world: World) -> None:
        abroad = Abroad(world)
        saved = world.subscriptions.save(
            replace(abroad.subscribed(), policy="Silver", status=SubscriptionStatus.BLOCKED)
        )
        assert (
            world.subscriptions.get(abroad.home, saved.id) == world.subscriptions.get(world.tenant, saved.id) == saved
        )
        assert abroad.granted() == subscription_grant(saved).to_body()
        assert world.subscriptions.lines(world.tenant, abroad.api.id) == [line_of(saved)]

    def test_its_plan_is_that_of_the_tenant_of_the_api(self, world: World) -> None:
        abroad = Abroad(world)
        abroad.subscribed()
        assert world.attachments.refers_to(world.tenant, PolicyKind.SUBSCRIPTION, "Gold")
        assert not world.attachments.refers_to(abroad.home, PolicyKind.SUBSCRIPTION, "Gold")

    def test_a_plan_counts_the_subscriptions_of_all_tenants_together(self, world: World) -> None:
        abroad = Abroad(world)
        abroad.subscribed()
        own = world.applications.add(world.application())
        with pytest.raises(PlanFull):
            world.subscriptions.add(world.subscription(own, abroad.api), own, abroad.api, places=1)

    def test_with_its_end_nothing_of_it_is_left(self, world: World) -> None:
        abroad = Abroad(world)
        world.subscriptions.remove(abroad.subscribed())
        assert abroad.nothing_is_left()

    def test_it_goes_with_the_api(self, world: World) -> None:
        abroad = Abroad(world)
        abroad.subscribed()
        world.subscriptions.remove_of_api(world.tenant, abroad.api.id)
        assert abroad.nothing_is_left()

    def test_it_goes_with_the_application(self, world: World) -> None:
        abroad = Abroad(world)
        abroad.subscribed()
        found = world.applications.get(abroad.home, abroad.application.id)
        assert found is not None
        withdrawn = world.applications.withdraw(found)
        assert abroad.granted() is None
        world.applications.remove(withdrawn)
        assert abroad.nothing_is_left()
        assert not world.subscriptions.subscribed(world.tenant, abroad.api.id)

    @pytest.mark.parametrize("whose", ["application", "api"])
    def test_it_goes_with_either_tenant_and_so_does_what_it_waits_for(self, world: World, whose: str) -> None:
        abroad, workflows = Abroad(world), InMemoryWorkflows()
        made = abroad.subscription(abroad.application, abroad.api, workflow="r1")
        asked = Workflow(
            tenant=world.tenant,
            id="r1",
            kind=WorkflowKind.SUBSCRIPTION_CREATION,
            subject=made.id,
            by="mary",
            description="",
            created_at=1,
            updated_at=1,
        )
        workflows.opening(asked)(None)
        world.subscriptions.add(made, abroad.application, abroad.api)
        own = world.applications.add(world.application())
        kept = world.subscribed(own, abroad.api)
        ties = Ties(world.subscriptions, workflows)
        assert ties.erase(abroad.home if whose == "application" else world.tenant, items=10)
        assert world.subscriptions.all(world.tenant) == [kept], "what is within the tenant is another's business"
        world.subscriptions.remove(kept)
        assert abroad.nothing_is_left()
        assert workflows.pending(world.tenant) == []

    def test_many_go_with_the_api(self, world: World) -> None:
        abroad = Abroad(world)
        for _ in range(20):
            application = abroad.register()
            world.subscriptions.add(abroad.subscription(application, abroad.api), application, abroad.api)
        world.subscriptions.remove_of_api(world.tenant, abroad.api.id)
        assert abroad.nothing_is_left()


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture(params=[subscriptions.READ_MAX, 0], ids=["few", "many"])
    def world(self, request: pytest.FixtureRequest, dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch) -> World:
        for module in (subscriptions, applications):
            monkeypatch.setattr(module, "READ_MAX", request.param)
        return on_dynamodb(dynamodb)
