"""Where an application has events sent to, as its developer sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.applications.webhook import Delivery, Standing, Webhook
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api

PATH = "/webhooks/subscriptions"


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def subscribed(world: StoreWorld, application_id: str, api: Api, *topics: str, seconds: int = 60) -> list[Webhook]:
    body = {"applicationId": application_id, "apiId": api.id, "throttlingPolicy": "Unlimited"}
    world.call("POST", "/subscriptions", body)
    now = int(world.clock.now())
    made = [
        Webhook(
            tenant=SUPER_TENANT,
            application_id=application_id,
            api_id=api.id,
            topic=topic,
            callback=f"https://kiosk.example{topic}",
            secret="not shown",
            expires_at=now + seconds,
        )
        for topic in topics
    ]
    for one in made:
        assert world.webhooks.keep(one, places=9, now=now) is Standing.ACCEPTED
    return made


def test_200_an_application_s_webhooks_with_their_last_deliveries(world: StoreWorld) -> None:
    application_id, api = world.application(), world.api("Orders")
    [made, failed, never] = subscribed(world, application_id, api, "/a", "/b", "/c")
    world.webhooks.note(made, Delivery.MADE, 1_700_000_000)
    world.webhooks.note(failed, Delivery.FAILED, 1_700_000_060)
    answer = world.call("GET", PATH, query={"applicationId": application_id})
    shown = [(one["topic"], one["deliveryStatus"], one["deliveryTime"]) for one in answer.json["list"]]
    assert shown == [("/a", 1, "2023-11-14T22:13:20Z"), ("/b", 0, "2023-11-14T22:14:20Z"), ("/c", None, None)]
    first = answer.json["list"][0]
    assert (first["apiId"], first["appId"], first["callBackUrl"]) == (api.id, application_id, made.callback)
    assert never.secret not in answer.text


def test_200_they_are_paged_and_told_apart_by_api(world: StoreWorld) -> None:
    application_id, orders, bills = world.application(), world.api("Orders"), world.api("Bills")
    subscribed(world, application_id, orders, "/a", "/b", "/c")
    subscribed(world, application_id, bills, "/d")
    asked = {"applicationId": application_id, "apiId": orders.id}
    page = world.call("GET", PATH, query={**asked, "limit": "2", "offset": "1"}).json
    assert ([one["topic"] for one in page["list"]], page["count"]) == (["/b", "/c"], 2)
    assert (page["pagination"]["total"], page["pagination"]["previous"][:25]) == (3, "/webhooks/subscriptions?l")
    assert world.call("GET", PATH, query={"applicationId": application_id}).json["pagination"]["total"] == 4


def test_200_one_whose_lease_has_run_out_is_not_there(world: StoreWorld) -> None:
    application_id = world.application()
    subscribed(world, application_id, world.api("Orders"), "/a", seconds=60)
    world.clock.advance(61)
    assert world.call("GET", PATH, query={"applicationId": application_id}).json["list"] == []


def test_404_what_is_not_there_and_what_is_somebody_else_s(world: StoreWorld) -> None:
    application_id = world.application()
    query = {"applicationId": application_id}
    assert world.call("GET", PATH, query={**query, "apiId": "nobody"}).status == 404
    absent = world.call("GET", PATH, query={"applicationId": "nobody"})
    assert absent.status == 404
    theirs = world.call("GET", PATH, query=query, by="john")
    assert (theirs.status, theirs.text.replace(application_id, "nobody")) == (404, absent.text)
    assert world.call("GET", PATH).status == 400
