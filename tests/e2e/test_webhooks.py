"""WebSub through the front doors: a backend's events reach the callbacks of those who asked for them, and nobody else."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import ADMINISTRATION, DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, House, error, unique
from tests.subscribing import DEFINITION, EVENT, SECRET, Callback, Orders, customer, eventually, orders, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx


@pytest.fixture
def callbacks() -> Iterator[Callable[..., Callback]]:
    made: list[Callback] = []

    def callback(**told: Any) -> Callback:
        made.append(Callback(**told))
        return made[-1]

    yield callback
    for one in made:
        one.server.stop()


@pytest.fixture(scope="module")
def api(house: House) -> Orders:
    return orders(house)


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_event_reaches_who_subscribed_signed_with_their_secret_until_they_unsubscribe(
    house: House, api: Orders, callbacks: Callable[..., Callback]
) -> None:
    application_id, _, token = customer(house, api)
    leaver, stayer = callbacks(), callbacks(confirms=False)
    accepted = api.subscribe(token, leaver.url, secret="leaver's", lease_seconds="600")
    assert (accepted.status_code, accepted.content) == (202, b"")
    assert api.subscribe(token, stayer.url).status_code == 202
    [asked] = eventually(lambda: leaver.asked)
    assert (asked["of"], asked["hub.mode"], asked["hub.topic"]) == ("kiosk", "subscribe", "/orders")
    assert (asked["hub.lease_seconds"], len(asked["hub.challenge"]) > 30) == ("600", True)

    assert api.post().status_code == 200
    [event] = leaver.received(1)
    assert (event.body, event.path) == (EVENT, "/orders?of=kiosk")
    assert event.header("content-type") == "application/json"
    assert event.header("x-hub-signature") == signed(EVENT, "leaver's")
    hub = f"{house.ports.gateway_url}{api.path}"
    assert event.header("link") == f'<{hub}>; rel="hub", <{hub}?hub.topic=/orders>; rel="self"'
    [unsigned] = stayer.received(1)
    assert (unsigned.body, unsigned.header("x-hub-signature")) == (EVENT, "")

    shown = eventually(lambda: [one for one in api.listed(application_id) if one["deliveryStatus"] is not None][1:])
    assert len(shown) == 1, "both have a delivery"
    by_callback = {one["callBackUrl"]: one for one in api.listed(application_id)}
    assert set(by_callback) == {leaver.url, stayer.url}
    first = by_callback[leaver.url]
    assert (first["apiId"], first["appId"], first["topic"]) == (api.id, application_id, "/orders")
    assert (first["deliveryStatus"], first["deliveryTime"][:2]) == (1, "20")

    query = {"hub.mode": "unsubscribe", "hub.topic": "/orders", "hub.callback": leaver.url}
    assert house.gateway(api.path, token, method="POST", params=query).status_code == 200
    assert api.post(b"{}").status_code == 200
    stayer.received(2)
    assert len(leaver.events) == 1
    assert [one["callBackUrl"] for one in api.listed(application_id)] == [stayer.url]


def test_what_a_hub_does_not_accept(house: House, api: Orders, callbacks: Callable[..., Callback]) -> None:
    application_id, _, token = customer(house, api)
    callback = callbacks()
    assert told(api.subscribe(None, callback.url)) == (401, "900902")
    assert told(api.subscribe("no-token", callback.url)) == (401, "900901")
    assert told(api.subscribe(token, callback.url, topic="/nothing")) == (404, "404")
    for wrong in (
        {"mode": "listen"},
        {"callback": "ftp://kiosk.example"},
        {"lease_seconds": "0"},
        {"secret": "x" * 200},
    ):
        answer = api.subscribe(token, **{"callback": callback.url, **wrong})
        assert told(answer) == (400, "400")
        assert f"hub.{next(iter(wrong))}" in answer.json()["description"]
    assert told(house.gateway(api.path, token)) == (405, "405")
    assert told(house.gateway(f"{api.path}/orders", token, method="POST")) == (404, "404")
    stranger = house.token(house.keys(house.application()))
    assert told(api.subscribe(stranger, callback.url)) == (403, "900908")

    for signature in ("", "sha256=00", signed(EVENT, "another"), signed(EVENT, SECRET, "sha1")):
        answer = api.post(signature=signature)
        assert told(answer) == (401, "900901")
        assert "www-authenticate" in answer.headers
    assert told(api.post(topic="/nothing")) == (404, "404")
    assert told(api.post(b"x" * 700_001)) == (413, "413")
    assert (api.listed(application_id), callback.server.seen) == ([], [])


def test_a_callback_that_must_confirm_and_does_not_gets_nothing(
    house: House, callbacks: Callable[..., Callback]
) -> None:
    careful = orders(house, enableSubscriberVerification=True)
    application_id, _, token = customer(house, careful)
    willing, silent = callbacks(), callbacks(confirms=False)
    for callback in (willing, silent):
        assert careful.subscribe(token, callback.url).status_code == 202
        assert eventually(lambda callback=callback: callback.asked)
    assert eventually(lambda: careful.listed(application_id))
    assert careful.post().status_code == 200
    willing.received(1)
    assert (silent.events, [one["callBackUrl"] for one in careful.listed(application_id)]) == ([], [willing.url])


def test_a_delivery_that_fails_is_tried_again_and_a_callback_that_is_gone_is_forgotten(
    house: House, api: Orders, callbacks: Callable[..., Callback]
) -> None:
    application_id, _, token = customer(house, api)
    busy, gone = callbacks(statuses=[503]), callbacks(statuses=[410])
    for callback in (busy, gone):
        assert api.subscribe(token, callback.url).status_code == 202
    assert api.post().status_code == 200
    first, second = busy.received(2)
    assert first.header("activityid") == second.header("activityid")
    gone.received(1)
    assert eventually(lambda: [one["callBackUrl"] for one in api.listed(application_id)] == [busy.url])
    assert eventually(lambda: api.listed(application_id)[0]["deliveryStatus"] == 1)


def test_a_plan_limits_how_many_webhooks_there_are_and_how_many_events_they_get(
    house: House, callbacks: Callable[..., Callback]
) -> None:
    limit = {"timeUnit": "days", "unitTime": 1, "eventCount": 2}
    plan = {
        "policyName": unique("Two"),
        "defaultLimit": {"type": "EVENTCOUNTLIMIT", "eventCount": limit},
        "stopOnQuotaReach": True,
        "subscriberCount": 1,
    }
    name = str(house.made("POST", f"{ADMINISTRATION}/throttling/policies/subscription", json=plan)["policyName"])
    scarce = orders(house, name, "AsyncUnlimited")
    _, _, token = customer(house, scarce, name)
    _, _, free = customer(house, scarce)
    rationed, other, all_of_them = callbacks(), callbacks(), callbacks()
    assert scarce.subscribe(token, rationed.url).status_code == 202
    assert told(scarce.subscribe(token, other.url)) == (429, "900808")
    assert scarce.subscribe(token, rationed.url).status_code == 202, "it has its place already"
    assert scarce.subscribe(free, all_of_them.url).status_code == 202
    for number in range(1, 5):
        assert scarce.post().status_code == 200
        all_of_them.received(number)
    time.sleep(1)
    assert len(rationed.events) == 2
    assert other.events == []


def test_a_blocked_subscription_gets_no_events_and_what_ends_takes_its_webhooks_along(
    house: House, callbacks: Callable[..., Callback]
) -> None:
    api = orders(house)
    application_id, subscription_id, token = customer(house, api)
    _, _, others = customer(house, api)
    blocked, barrier = callbacks(), callbacks()
    assert api.subscribe(token, blocked.url).status_code == 202
    assert api.subscribe(others, barrier.url).status_code == 202
    query = {"subscriptionId": subscription_id, "blockState": "BLOCKED"}
    house.made("POST", f"{PUBLISHER}/subscriptions/block-subscription", params=query)
    time.sleep(MAX_STALENESS_SECONDS)
    assert api.post().status_code == 200
    barrier.received(1)
    assert blocked.events == []
    assert told(api.subscribe(token, blocked.url)) == (401, "900907")
    house.made("POST", f"{PUBLISHER}/subscriptions/unblock-subscription", params={"subscriptionId": subscription_id})
    assert len(api.listed(application_id)) == 1
    house.made("DELETE", f"{DEVPORTAL}/subscriptions/{subscription_id}")
    assert api.listed(application_id) == []
    house.subscribe(application_id, api.id, "AsyncUnlimited")
    assert api.listed(application_id) == [], "a new subscription begins without"


def test_a_topic_is_shown_and_other_streams_are_refused_by_name(house: House, api: Orders) -> None:
    topics = house.made("GET", f"{DEVPORTAL}/apis/{api.id}/topics")
    assert [(one["apiId"], one["name"], one["type"]) for one in topics["list"]] == [
        (api.id, "/orders", "SUBSCRIBE"),
        (api.id, "/bills", "SUBSCRIBE"),
    ]
    name = unique("Socket")
    properties = {
        "name": name,
        "version": "1.0.0",
        "context": f"/{name}",
        "type": "SSE",
        "policies": ["AsyncUnlimited"],
    }
    files = {"file": ("orders.yaml", DEFINITION), "additionalProperties": (None, json.dumps(properties))}
    stream = house.made("POST", f"{PUBLISHER}/apis/import-asyncapi", files=files)["id"]
    revision = house.made("POST", f"{PUBLISHER}/apis/{stream}/revisions", json={"description": ""})["id"]
    where = [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}]
    address = f"{PUBLISHER}/apis/{stream}/deploy-revision"
    refused = house.management("POST", address, params={"revisionId": revision}, json=where)
    assert refused.status_code == 400
    assert "'SSE' APIs can be published" in error(refused)["description"]
