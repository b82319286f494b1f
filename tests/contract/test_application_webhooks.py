"""Webhooks: the promises of `ports/applications/webhooks`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.controlplane.store.applications import Draft
from gatehouse.controlplane.store.subscriptions import Wish
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.applications.webhook import Delivery, Standing, Webhook
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.market import MARY, Market
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application
    from gatehouse.ports.applications.webhooks import Webhooks
    from tests.conftest import DynamoDB

NOW = 1_700_000_000
TOPIC = "/orders"


class World:
    """The store's rules, in memory or on tables, and the webhooks of its applications."""

    def __init__(self, store: StoreWorld) -> None:
        self.store = store
        self.webhooks: Webhooks = store.webhooks

    def subscribed(self, name: str = "Kiosk", api: Api | None = None) -> tuple[Application, Api]:
        application = self.store.store.applications.create(MARY, Draft(name=name, policy="Unlimited"))
        api = api or self.store.api(f"Pizza{uuid.uuid4().hex[:8]}")
        wish = Wish(application_id=application.id, api_id=api.id, policy="Unlimited")
        self.store.store.subscriptions.subscribe(MARY, wish)
        return application, api

    def unsubscribe(self, application: Application) -> None:
        for found in self.store.store.subscriptions.of_application(MARY, application.id):
            self.store.store.subscriptions.unsubscribe(MARY, found.subscription.id)

    def webhook(self, application: Application, api: Api, **changes: Any) -> Webhook:
        values: dict[str, Any] = {
            "tenant": application.tenant,
            "application_id": application.id,
            "api_id": api.id,
            "topic": TOPIC,
            "callback": "https://kiosk.example/orders?of=all",
            "secret": "s3cret",
            "key_type": KeyType.SANDBOX,
            "subject": "mary@a.example",
            "created_at": NOW,
            "expires_at": NOW + 60,
        }
        return Webhook(**{**values, **changes})

    def keep(self, webhook: Webhook, places: int = 9, now: int = NOW) -> Standing:
        return self.webhooks.keep(webhook, places=places, now=now)

    def of(self, application: Application, api: Api) -> list[str]:
        return [one.callback for one in self.webhooks.of_application(application.tenant, application.id, api.id)]


class Promises:
    def test_a_webhook_comes_back_as_it_was_kept(self, world: World) -> None:
        application, api = world.subscribed()
        kept = world.webhook(application, api)
        assert world.keep(kept) is Standing.ACCEPTED
        assert world.webhooks.get(kept) == kept
        assert world.webhooks.of_topic(kept.tenant, api.id, TOPIC) == [kept]
        assert world.webhooks.of_application(kept.tenant, application.id) == [kept]
        assert world.webhooks.of_topic(kept.tenant, api.id, "/others") == []
        assert world.webhooks.of_topic("other.example", api.id, TOPIC) == []
        assert world.webhooks.of_application(kept.tenant, application.id, "another API") == []

    def test_a_topic_s_webhooks_are_those_of_all_applications(self, world: World) -> None:
        first, api = world.subscribed("First")
        second, _ = world.subscribed("Second", api)
        world.keep(world.webhook(first, api))
        world.keep(world.webhook(second, api))
        world.keep(world.webhook(second, api, topic="/others"))
        found = world.webhooks.of_topic(SUPER_TENANT, api.id, TOPIC)
        assert {one.application_id for one in found} == {first.id, second.id}

    def test_subscribed_again_it_is_changed_and_its_deliveries_are_remembered(self, world: World) -> None:
        application, api = world.subscribed()
        kept = world.webhook(application, api)
        world.keep(kept, places=1)
        world.webhooks.note(kept, Delivery.MADE, NOW + 1)
        renewed = replace(kept, secret="another", expires_at=NOW + 600)
        assert world.keep(renewed, places=1) is Standing.ACCEPTED
        known = replace(renewed, delivery=Delivery.MADE, delivered_at=NOW + 1)
        assert world.webhooks.of_application(kept.tenant, application.id) == [known]

    def test_the_last_delivery_is_known_and_one_of_a_webhook_that_is_gone_leaves_nothing(self, world: World) -> None:
        application, api = world.subscribed()
        kept, gone = world.webhook(application, api), world.webhook(application, api, callback="https://gone.example")
        world.keep(kept)
        for delivery in (Delivery.MADE, Delivery.FAILED):
            world.webhooks.note(kept, delivery, NOW + 5)
        world.webhooks.note(gone, Delivery.MADE, NOW)
        noted = replace(kept, delivery=Delivery.FAILED, delivered_at=NOW + 5)
        assert world.webhooks.of_application(kept.tenant, application.id) == [noted]

    def test_what_is_removed_is_gone_and_makes_room(self, world: World) -> None:
        application, api = world.subscribed()
        kept = world.webhook(application, api)
        world.keep(kept, places=1)
        assert world.keep(replace(kept, callback="https://b.example"), places=1) is Standing.FULL
        assert world.webhooks.remove(kept) is True
        assert world.webhooks.remove(kept) is False
        assert world.keep(replace(kept, callback="https://b.example"), places=1) is Standing.ACCEPTED
        assert world.of(application, api) == ["https://b.example"]

    def test_those_that_have_expired_make_room(self, world: World) -> None:
        application, api = world.subscribed()
        first = world.webhook(application, api, callback="https://first.example", expires_at=NOW + 1)
        world.keep(first, places=2)
        world.keep(world.webhook(application, api), places=2)
        late = replace(first, callback="https://late.example", expires_at=NOW + 90)
        assert world.keep(late, places=2) is Standing.FULL
        assert world.keep(late, places=2, now=NOW + 2) is Standing.ACCEPTED
        assert "https://first.example" not in world.of(application, api)

    def test_one_that_was_renewed_is_not_removed_as_expired(self, world: World) -> None:
        application, api = world.subscribed()
        kept = world.webhook(application, api)
        world.keep(replace(kept, expires_at=NOW + 90))
        assert world.webhooks.remove(kept, expired_by=NOW + 60) is False
        assert world.webhooks.remove(kept, expired_by=NOW + 90) is True
        assert world.of(application, api) == []

    def test_of_many_at_once_as_many_are_kept_as_there_are_places(self, world: World) -> None:
        application, api = world.subscribed()
        asked = [world.webhook(application, api, callback=f"https://{number}.example") for number in range(12)]
        with ThreadPoolExecutor(6) as pool:
            standings = list(pool.map(lambda one: world.keep(one, places=5), asked))
        assert standings.count(Standing.ACCEPTED) == 5
        assert len(world.of(application, api)) == 5

    def test_without_a_subscription_nothing_is_kept(self, world: World) -> None:
        application, api = world.subscribed()
        other = world.store.api("Other")
        assert world.keep(world.webhook(application, other)) is Standing.ENDED
        world.unsubscribe(application)
        assert world.keep(world.webhook(application, api)) is Standing.ENDED
        assert world.of(application, api) == []

    def test_webhooks_go_with_their_subscription_and_with_their_application(self, world: World) -> None:
        application, api = world.subscribed()
        stays, _ = world.subscribed("Stays", api)
        for number in range(3):
            world.keep(world.webhook(application, api, callback=f"https://{number}.example"))
        world.keep(world.webhook(stays, api))
        world.unsubscribe(application)
        assert world.of(application, api) == []
        left = world.webhooks.of_topic(SUPER_TENANT, api.id, TOPIC)
        assert [one.application_id for one in left] == [stays.id]
        world.store.store.applications.delete(MARY, stays.id)
        assert world.webhooks.of_topic(SUPER_TENANT, api.id, TOPIC) == []

    def test_webhooks_go_with_their_api(self, world: World) -> None:
        application, api = world.subscribed()
        world.keep(world.webhook(application, api))
        world.store.subscriptions.remove_of_api(api.tenant, api.id)
        assert world.webhooks.of_topic(api.tenant, api.id, TOPIC) == []
        assert world.webhooks.of_application(api.tenant, application.id) == []


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return World(StoreWorld())


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return World(Market(dynamodb))
