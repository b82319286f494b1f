"""Subscriptions: the promises of `ports/applications/applications`, kept by the fake and by DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.applications.application import (
    Application,
    PlanFull,
    SubscriptionExists,
)
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.applications.subscription_grant import subscription_grant
from gatehouse.domain.errors import Changed
from tests.worlds.kept_applications import World, in_memory, on_dynamodb, wins

if TYPE_CHECKING:
    from tests.conftest import DynamoDB


class Promises:
    def test_a_subscription_comes_back_as_it_was_kept_and_the_gateway_knows_it(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        before = world.epoch()
        made = world.subscription(application, api)
        kept = world.subscriptions.add(made, application, api)
        assert kept == replace(made, version=1)
        assert world.subscriptions.get(world.tenant, made.id) == kept
        assert world.subscriptions.of_application(world.tenant, application.id) == [kept]
        assert world.subscriptions.of_api(world.tenant, api.id) == [kept]
        assert world.subscriptions.all(world.tenant) == [kept]
        assert world.subscriptions.between(world.tenant, [application.id, "unheard"], api.id) == [kept]
        assert world.subscriptions.subscribed(world.tenant, api.id)
        assert world.plan(application, api) == subscription_grant(kept).to_body()
        assert world.epoch() > before
        counted = world.applications.get(world.tenant, application.id)
        assert counted == replace(application, subscriptions=1)

    def test_what_is_not_there_is_not_found(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        kept = world.subscribed(application, api)
        assert world.subscriptions.get(world.tenant, "unheard") is None
        assert world.subscriptions.get("other.example", kept.id) is None
        assert world.subscriptions.of_api("other.example", api.id) == []
        assert world.subscriptions.all("other.example") == []
        assert world.subscriptions.between(world.tenant, [], api.id) == []
        assert not world.subscriptions.subscribed(world.tenant, "unheard")

    def test_an_application_is_subscribed_to_an_api_once(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        kept = world.subscribed(application, api)
        refused = world.subscription(application, api, policy="Silver")
        with pytest.raises(SubscriptionExists):
            world.subscriptions.add(refused, application, api)
        assert world.subscriptions.get(world.tenant, refused.id) is None
        assert world.plan(application, api) == subscription_grant(kept).to_body()

    def test_of_many_at_once_one_subscription_is_kept(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        assert wins(lambda: world.subscribed(application, api), SubscriptionExists) == 1
        (kept,) = world.subscriptions.of_api(world.tenant, api.id)
        assert world.plan(application, api) == subscription_grant(kept).to_body()
        assert world.applications.get(world.tenant, application.id) == replace(application, subscriptions=1)

    def test_many_applications_can_subscribe_to_one_api_at_once(self, world: World) -> None:
        api = world.api()
        applications = [world.applications.add(world.application(f"app {n}")) for n in range(8)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda application: world.subscribed(application, api), applications))
        assert len(world.subscriptions.of_api(world.tenant, api.id)) == 8

    def test_one_application_can_subscribe_to_many_apis_at_once(self, world: World) -> None:
        application, apis = world.applications.add(world.application()), [world.api() for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda api: world.subscribed(application, api), apis))
        assert world.applications.get(world.tenant, application.id) == replace(application, subscriptions=8)

    def test_a_plan_takes_so_many_subscriptions_and_no_more(self, world: World) -> None:
        api, names = world.api(), [f"app {n}" for n in range(8)]
        applications = [world.applications.add(world.application(name)) for name in names]

        def subscribe(application: Application) -> bool:
            for _ in range(20):
                try:
                    world.subscriptions.add(world.subscription(application, api), application, api, places=3)
                except Changed:
                    continue
                except PlanFull:
                    return False
                return True
            return False

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(subscribe, applications)) == 3
        kept = world.subscriptions.of_api(world.tenant, api.id)
        assert len(kept) == 3
        world.subscriptions.remove(kept[0])
        applications = [world.applications.get(world.tenant, one.id) or one for one in applications]
        other = next(one for one in applications if one.id not in {sub.application_id for sub in kept})
        silver = world.subscriptions.add(world.subscription(other, api, policy="Silver"), other, api, places=3)
        world.subscriptions.save(replace(silver, policy=kept[1].policy), places=3)
        last = next(one for one in applications if not world.subscriptions.of_application(world.tenant, one.id))
        with pytest.raises(PlanFull):
            world.subscriptions.add(world.subscription(last, api), last, api, places=3)

    def test_no_subscription_to_an_api_that_moved_on(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        world.keep_api(api)
        with pytest.raises(Changed):
            world.subscribed(application, api)
        assert not world.subscriptions.subscribed(world.tenant, api.id)
        assert world.plan(application, api) is None
        assert world.applications.get(world.tenant, application.id) == application

    def test_a_saved_subscription_has_moved_on_and_the_gateway_knows_it(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        read, before = world.subscribed(application, api), world.epoch()
        saved = world.subscriptions.save(replace(read, policy="Silver", status=SubscriptionStatus.BLOCKED))
        assert saved == replace(read, policy="Silver", status=SubscriptionStatus.BLOCKED, version=2)
        assert world.subscriptions.get(world.tenant, read.id) == saved
        assert world.plan(application, api) == subscription_grant(saved).to_body()
        assert world.epoch() > before
        with pytest.raises(Changed):
            world.subscriptions.save(read)
        with pytest.raises(Changed):
            world.subscriptions.remove(read)

    def test_a_removed_subscription_is_gone_and_the_pair_may_subscribe_again(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        first, before = world.subscribed(application, api), world.epoch()
        world.subscriptions.remove(first)
        assert world.subscriptions.get(world.tenant, first.id) is None
        assert not world.subscriptions.subscribed(world.tenant, api.id)
        assert world.plan(application, api) is None
        assert world.epoch() > before
        assert world.applications.get(world.tenant, application.id) == application
        with pytest.raises(Changed):
            world.subscriptions.remove(first)
        second = world.subscribed(application, api)
        assert world.subscriptions.get(world.tenant, first.id) is None
        assert world.subscriptions.get(world.tenant, second.id) == second

    def test_all_subscriptions_to_an_api_end_together(self, world: World) -> None:
        api, other = world.api(), world.api()
        applications = [world.applications.add(world.application(f"app {n}")) for n in range(30)]
        for application in applications:
            world.subscribed(application, api)
        kept = world.subscribed(applications[0], other)
        world.subscriptions.remove_of_api(world.tenant, api.id)
        world.subscriptions.remove_of_api(world.tenant, api.id)
        assert not world.subscriptions.subscribed(world.tenant, api.id)
        assert world.subscriptions.of_api(world.tenant, api.id) == []
        assert all(world.plan(application, api) is None for application in applications)
        assert world.subscriptions.of_application(world.tenant, applications[0].id) == [kept]
        counted = world.applications.get(world.tenant, applications[0].id)
        assert counted == replace(applications[0], subscriptions=1)


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
