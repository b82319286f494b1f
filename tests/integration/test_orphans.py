"""Whatever happens at the same time, nothing is left in any table of what is gone, grants included."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.estates import Ties
from gatehouse.controlplane.store.api_keys import ApiKeyTerms
from gatehouse.controlplane.store.applications import Draft
from gatehouse.controlplane.store.terms import KeyTerms, TokenTerms
from gatehouse.domain.applications.grant import KeyType, SubscriptionStatus
from gatehouse.domain.applications.webhook import Webhook
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.fakes.workflows import InMemoryWorkflows
from tests.worlds.market import GUEST, MARY, Market

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from tests.conftest import DynamoDB

PLANS = ("Gold", "Silver", "Unlimited")
THREADS = 8
ROUNDS = 2
STEPS = 12


@pytest.fixture
def market(dynamodb: DynamoDB) -> Market:
    return Market(dynamodb)


class Trader:
    """Somebody who does one thing after the other, at random; what is refused is refused."""

    def __init__(self, market: Market, who: Principal, seed: int, applications: list[str], apis: list[Api]) -> None:
        self._market = market
        self._who = who
        self._store = market.store
        self._random = random.Random(seed)
        self._applications = applications
        self._apis = apis
        self._does: list[tuple[Callable[[], object], int]] = [
            (self._subscribe, 8),
            (self._unsubscribe, 4),
            (self._change_plan, 4),
            (self._block, 2),
            (self._generate_keys, 2),
            (self._delete_keys, 1),
            (self._keep_webhook, 6),
            (self._remove_webhook, 2),
            (self._application_key, 2),
            (self._api_key, 3),
            (self._associate, 3),
            (self._dissociate, 1),
            (self._revoke, 1),
            (self._change_application, 2),
            (self._delete_application, 2),
            (self._delete_api, 2),
        ]
        self.done = 0

    def trade(self) -> int:
        actions, weights = zip(*self._does, strict=True)
        for action in self._random.choices(actions, weights, k=STEPS):
            with suppress(GatehouseError):
                action()
                self.done += 1
        return self.done

    @property
    def _application(self) -> str:
        return self._random.choice(self._applications)

    @property
    def _api(self) -> Api:
        return self._random.choice(self._apis)

    def _subscription(self) -> Any:
        found = self._store.subscriptions.of_application(self._who, self._application)
        return self._random.choice([one.subscription for one in found] or [None])

    def _subscribe(self) -> None:
        self._market.subscribe(self._application, self._api, self._random.choice(PLANS), by=self._who)

    def _unsubscribe(self) -> None:
        if found := self._subscription():
            self._store.subscriptions.unsubscribe(self._who, found.id)

    def _change_plan(self) -> None:
        if found := self._subscription():
            self._store.subscriptions.change_plan(self._who, found.id, self._random.choice(PLANS))

    def _block(self) -> None:
        if found := self._subscription():
            self._market.subscriptions.save(replace(found, status=SubscriptionStatus.BLOCKED))

    def _generate_keys(self) -> None:
        kind = self._random.choice(list(KeyType))
        terms = KeyTerms(grant_types=("client_credentials",))
        self._store.keys.generate(self._who, self._application, kind, terms, TokenTerms())

    def _delete_keys(self) -> None:
        self._store.keys.delete(self._who, self._application, self._random.choice(list(KeyType)))

    def _webhook(self) -> Webhook:
        return Webhook(
            tenant=SUPER_TENANT,
            application_id=self._application,
            api_id=self._api.id,
            topic="/orders",
            callback=f"https://{self._random.randrange(4)}.example",
            expires_at=self._random.choice([1, 3]),
        )

    def _keep_webhook(self) -> None:
        self._market.webhooks.keep(self._webhook(), places=3, now=2)

    def _remove_webhook(self) -> None:
        self._market.webhooks.remove(self._webhook())

    def _application_key(self) -> None:
        self._store.api_keys.generate(self._who, self._application, KeyType.PRODUCTION, ApiKeyTerms(name="key"))

    def _api_key(self) -> None:
        self._store.bound_keys.generate(self._who, self._api.id, KeyType.PRODUCTION, ApiKeyTerms(name="key"))

    def _bound(self) -> tuple[str, str]:
        api = self._api
        found = self._store.bound_keys.of_api(self._who, api.id)
        return api.id, self._random.choice([one.key.id for one in found] or [""])

    def _associate(self) -> None:
        self._store.bound_keys.associate(self._who, *self._bound(), self._application)

    def _dissociate(self) -> None:
        self._store.bound_keys.dissociate(self._who, *self._bound())

    def _revoke(self) -> None:
        self._store.bound_keys.revoke(self._who, *self._bound())

    def _change_application(self) -> None:
        groups = self._random.choice([(), tuple(self._who.roles)])
        draft = Draft(name=f"renamed {self._random.random()}", policy="Unlimited", groups=groups)
        self._store.applications.update(self._who, self._application, draft)

    def _delete_application(self) -> None:
        self._store.applications.delete(self._who, self._application)

    def _delete_api(self) -> None:
        self._market.delete(self._api)


def everything_deleted(market: Market) -> None:
    for developer in (MARY, GUEST):
        for application in market.store.applications.all(developer):
            market.store.applications.delete(developer, application.id)
    for summary in market.apis.summaries(SUPER_TENANT):
        market.inventory.remove(market.apis.removable(SUPER_TENANT, summary.id))


def test_with_an_api_goes_what_was_kept_of_the_places_on_its_plans(market: Market) -> None:
    application, api = market.register("Kiosk"), market.api("Pizza", policies=list(PLANS))
    market.subscribe(application, api, "Gold")
    [subscribed] = market.store.subscriptions.of_application(MARY, application)
    market.store.subscriptions.unsubscribe(MARY, subscribed.subscription.id)
    market.delete(api)
    walk = market.walk()
    assert walk.orphans == []
    assert not [pk for pk, _ in walk.applications if api.id in pk]


def test_a_plan_that_is_changed_while_its_application_goes_leaves_no_grant(market: Market) -> None:
    application, api = market.register("Kiosk"), market.api("Pizza", policies=list(PLANS))
    market.subscribe(application, api, "Silver")
    [subscribed] = market.store.subscriptions.of_application(MARY, application)
    applications = market.store.applications.applications
    withdrawn = applications.withdraw(market.store.applications.get(MARY, application))
    market.subscriptions.save(replace(subscribed.subscription, policy="Unlimited"))
    applications.remove(withdrawn)
    assert market.orphans() == []


def test_with_either_tenant_goes_what_it_has_with_the_other(market: Market) -> None:
    kiosk, guests = market.register("Kiosk"), market.register("Guests", by=GUEST)
    api = market.api("Pizza", policies=list(PLANS), subscriptionAvailability="ALL_TENANTS")
    market.subscribe(kiosk, api, "Gold")
    for leaving in (GUEST.tenant, SUPER_TENANT):
        market.subscribe(guests, api, "Gold", by=GUEST)
        assert market.orphans() == []
        assert Ties(market.subscriptions, InMemoryWorkflows()).erase(leaving, items=10)
        assert market.orphans() == []
        [left] = market.subscriptions.of_api(SUPER_TENANT, api.id)
        assert left.application_id == kiosk


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_whatever_is_done_at_the_same_time_leaves_no_orphan(market: Market, seed: int) -> None:
    applications = {one: [market.register(f"App {number}", by=one) for number in range(4)] for one in (MARY, GUEST)}
    offer = {"policies": list(PLANS), "subscriptionAvailability": "ALL_TENANTS"}
    apis = [market.api(f"Api{number}", **offer) for number in range(4)]
    traders = [
        Trader(market, who, seed * THREADS + number, applications[who], apis)
        for number, who in zip(range(THREADS), cycle([MARY, GUEST]), strict=False)
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(Trader.trade, traders))
    assert sum(done) > THREADS, "something has happened"
    assert market.orphans() == []
    everything_deleted(market)
    walk = market.walk()
    assert walk.orphans == []
    assert not walk.applications, "with the applications and the APIs all that hung on them is gone"
    assert not market.key_manager.clients
