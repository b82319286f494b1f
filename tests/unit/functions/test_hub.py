"""The hub's function: it keeps webhooks, asks callbacks, and brings events to them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from gatehouse.domain.apis.websub import signature
from gatehouse.domain.applications.grant import KeyType, SubscriptionStatus
from gatehouse.domain.applications.webhook import Delivery, Standing
from gatehouse.domain.artifact import Withdrawal, revision_key
from gatehouse.domain.errors import Invalid, Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Algorithm, EventSource
from gatehouse.domain.throttling.limit import Rate, Unit
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from gatehouse.ports.backends import BackendForbidden, BackendReply, BackendTimeout
from tests.calls import API_ID, APPLICATION_ID
from tests.worlds.hub import CALLBACK, HubWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatehouse.ports.backends import BackendFailed, BackendRequest

OTHER = "https://other.example/"


@pytest.fixture
def world() -> Iterator[HubWorld]:
    one = HubWorld()
    yield one
    one.close()


def asked_of(request: BackendRequest) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}


def echo(request: BackendRequest) -> BackendReply:
    return BackendReply(status=200, headers=(), body=asked_of(request)["hub.challenge"].encode())


def answers(status: int) -> Callable[[BackendRequest], BackendReply]:
    return lambda _: BackendReply(status=status, headers=(), body=b"")


def fails(failure: BackendFailed) -> Callable[[BackendRequest], BackendReply]:
    def answer(_: BackendRequest) -> BackendReply:
        raise failure

    return answer


def test_who_subscribes_is_known_at_once_and_is_asked_all_the_same(world: HubWorld) -> None:
    assert world.hub.subscribe(world.registration()) is Standing.ACCEPTED
    assert world.callbacks == [CALLBACK]
    assert world.run() == 0
    [request] = world.subscribers.asked
    asked = asked_of(request)
    assert (asked["of"], asked["hub.mode"], asked["hub.topic"]) == ("all", "subscribe", "Orders")
    assert (asked["hub.lease_seconds"], len(asked["hub.challenge"])) == ("600", 43)
    assert world.callbacks == [CALLBACK], "nobody demanded an answer"


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (echo, [CALLBACK]),
        (answers(200), []),
        (answers(404), []),
        (fails(BackendTimeout()), []),
        (fails(BackendForbidden()), []),
    ],
)
def test_who_must_confirm_is_known_when_the_challenge_comes_back(
    world: HubWorld, answer: Callable[[BackendRequest], BackendReply], kept: list[str]
) -> None:
    world.subscribers.answers[CALLBACK.partition("?")[0]] = answer
    assert world.hub.subscribe(world.registration(verified=True)) is Standing.ACCEPTED
    assert world.callbacks == []
    assert world.run() == 0
    assert world.callbacks == kept


def test_a_place_is_given_once_also_to_those_that_confirm_later(world: HubWorld) -> None:
    for url in (CALLBACK, OTHER):
        world.subscribers.answers[url.partition("?")[0]] = echo
    first, second = (
        world.registration(verified=True, places=1),
        world.registration(verified=True, places=1, callback=OTHER),
    )
    assert [world.hub.subscribe(one) for one in (first, second)] == [Standing.ACCEPTED, Standing.ACCEPTED]
    denied = answers(200)
    world.subscribers.answers[OTHER] = lambda request: echo(request) if "challenge" in request.url else denied(request)
    world.run()
    assert world.callbacks == [CALLBACK]
    assert asked_of(world.subscribers.asked[-1])["hub.mode"] == "denied"
    assert world.hub.subscribe(second) is Standing.FULL
    assert world.hub.subscribe(first) is Standing.ACCEPTED, "it has its place already"


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8080", "[::1]", "169.254.169.254", "10.0.0.7", "a.localhost."]
)
def test_a_callback_inside_is_refused_and_never_called(world: HubWorld, host: str) -> None:
    assert world.hub.subscribe(world.registration(callback=f"http://{host}/")) is Standing.FORBIDDEN
    assert (world.errands, world.callbacks) == ([], [])


def test_a_full_plan_and_an_ended_subscription_take_nothing(world: HubWorld) -> None:
    assert world.hub.subscribe(world.registration(places=1)) is Standing.ACCEPTED
    assert world.hub.subscribe(world.registration(places=1, callback=OTHER)) is Standing.FULL
    world.shelf.subscriptions.clear()
    assert world.hub.subscribe(world.registration()) is Standing.ENDED


def test_who_unsubscribes_gets_no_more_events_and_need_not_be_there(world: HubWorld) -> None:
    world.hub.subscribe(world.registration())
    world.run()
    for _ in range(2):
        assert world.hub.unsubscribe(world.webhook()) is Standing.ACCEPTED
    world.publish()
    assert world.subscribers.events == []


def test_an_event_comes_as_it_was_sent_with_links_and_the_subscriber_s_signature(world: HubWorld) -> None:
    world.deploy(events=EventSource(algorithm=Algorithm.SHA384, header="x-orders-signature"))
    world.hub.subscribe(world.registration())
    world.hub.subscribe(world.registration(callback=OTHER, secret=""))
    world.publish(event := world.event(b"\x00\xff\r\n"))
    by_url = {request.url: request for request in world.subscribers.events}
    request = by_url[CALLBACK]
    assert (request.method, request.body) == ("POST", event.body)
    assert request.headers == {
        "content-type": "application/json",
        "link": '<https://gateway.example/menu/1.0.0>; rel="hub", '
        '<https://gateway.example/menu/1.0.0?hub.topic=/orders>; rel="self"',
        "user-agent": "Gatehouse-Hub",
        "activityid": "event-1",
        "x-orders-signature": signature(event.body, "s3cret", Algorithm.SHA384),
    }
    assert "x-orders-signature" not in by_url[OTHER].headers
    [first, _] = world.webhooks.of_application(SUPER_TENANT, APPLICATION_ID)
    assert (first.delivery, first.delivered_at) == (Delivery.MADE, int(world.clock.now()))


def test_links_name_the_host_that_the_api_is_served_at(world: HubWorld) -> None:
    world.deploy(host="events.example")
    world.hub.subscribe(world.registration())
    world.publish()
    assert world.subscribers.events[0].headers["link"].startswith("<https://events.example/menu/1.0.0>")


def test_what_fails_is_tried_again_alone_until_it_is_given_up(world: HubWorld) -> None:
    world.hub.subscribe(world.registration())
    world.hub.subscribe(world.registration(callback=OTHER))
    world.run()
    for answer in (answers(500), answers(302), fails(BackendTimeout()), fails(BackendForbidden())):
        world.subscribers.answers[OTHER] = answer
        before = len(world.subscribers.events)
        world.hub.publish(world.event())
        assert world.run() == 1
        assert len(world.subscribers.events) - before == 1 + 3
        failed = {one.callback: one.delivery for one in world.webhooks.of_application(SUPER_TENANT, APPLICATION_ID)}
        assert failed == {CALLBACK: Delivery.MADE, OTHER: Delivery.FAILED}
    assert {line["error"] for line in world.lines if "error" in line} == {"Undelivered"}


def test_a_callback_that_is_gone_is_forgotten(world: HubWorld) -> None:
    world.hub.subscribe(world.registration())
    world.run()
    world.subscribers.answers[CALLBACK.partition("?")[0]] = answers(410)
    world.publish()
    assert (world.callbacks, len(world.subscribers.events)) == ([], 1)


def test_a_lease_that_has_run_out_gets_nothing_not_even_what_was_on_its_way(world: HubWorld) -> None:
    world.hub.subscribe(world.registration())
    world.run()
    world.hub.publish(world.event())
    world.orders(world.errands.pop())
    world.clock.advance(601)
    world.run()
    world.publish()
    assert (world.subscribers.events, world.callbacks) == ([], [])
    assert [line["result"] for line in world.lines if line["action"] == "deliver"] == ["expired"]


def test_renewing_a_lease_makes_it_longer(world: HubWorld) -> None:
    world.hub.subscribe(world.registration())
    world.clock.advance(500)
    world.hub.subscribe(world.registration())
    world.clock.advance(500)
    world.publish()
    assert len(world.subscribers.events) == 1


@pytest.mark.parametrize(
    ("status", "key_type", "events"),
    [
        (SubscriptionStatus.BLOCKED, KeyType.PRODUCTION, 0),
        (SubscriptionStatus.PROD_ONLY_BLOCKED, KeyType.PRODUCTION, 0),
        (SubscriptionStatus.PROD_ONLY_BLOCKED, KeyType.SANDBOX, 1),
        (SubscriptionStatus.UNBLOCKED, KeyType.SANDBOX, 1),
    ],
)
def test_what_is_blocked_gets_nothing(
    world: HubWorld, status: SubscriptionStatus, key_type: KeyType, events: int
) -> None:
    world.hub.subscribe(world.registration(key_type=key_type))
    world.calls.subscribe(status)
    world.publish()
    assert len(world.subscribers.events) == events


def test_a_blocked_api_and_one_that_is_gone_deliver_nothing(world: HubWorld) -> None:
    world.hub.subscribe(world.registration())
    world.deploy(state="BLOCKED")
    world.publish()
    world.calls.artifacts.publish([Withdrawal(revision_key(SUPER_TENANT, API_ID))])
    world.publish()
    assert world.subscribers.events == []
    assert [line["result"] for line in world.lines if line["action"] == "deliver"] == ["700700", "404"]


def test_events_are_counted_where_the_plan_counts_them(world: HubWorld) -> None:
    rate = Rate(count=2, seconds=60, unit=Unit.EVENTS)
    world.calls.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Gold", limits=(rate,)))
    world.hub.subscribe(world.registration())
    for _ in range(4):
        world.publish()
    assert len(world.subscribers.events) == 2
    [webhook] = world.webhooks.of_application(SUPER_TENANT, APPLICATION_ID)
    assert webhook.delivery is Delivery.FAILED
    assert [line["result"] for line in world.lines if line["action"] == "deliver"][2:] == ["900808", "900808"]


def test_nothing_secret_is_logged_and_nothing_secret_travels_with_an_event(world: HubWorld) -> None:
    world.hub.subscribe(world.registration())
    world.run()
    world.hub.publish(world.event(b"confidential"))
    world.orders(world.errands.pop())
    assert "s3cret" not in str(world.errands)
    world.run()
    for hidden in ("s3cret", CALLBACK, "confidential"):
        assert hidden not in str(world.lines)


def test_a_failure_is_told_to_who_waits_and_makes_an_errand_fail(world: HubWorld) -> None:
    def down(*_: object, **__: object) -> None:
        raise Unavailable

    world.webhooks.keep = down  # type: ignore[assignment, method-assign]
    with pytest.raises(Unavailable):
        world.hub.subscribe(world.registration())
    world.webhooks.of_topic = down  # type: ignore[assignment, method-assign]
    world.hub.publish(world.event())
    assert world.run() == 1
    with pytest.raises(Invalid):
        world.orders({"action": "forget"})
