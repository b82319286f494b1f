"""Subscriptions through the publisher interface: providers see and steer them, and the gateway follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.applications.application import Application, Subscription
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.artifact import subscription_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT
from tests.worlds.publisher import PublisherWorld, blamed


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture
def pizza(world: PublisherWorld) -> str:
    return str(world.design(policies=["Unlimited", "Gold"])["id"])


def subscribed(
    world: PublisherWorld, api_id: str, name: str = "Phone", owner: str = "mary", tenant: str = SUPER_TENANT
) -> Subscription:
    application = world.applications.add(
        Application(tenant=tenant, id=f"app-{name}", name=name, owner=owner, policy="Unlimited")
    )
    wanted = Subscription(
        tenant=tenant,
        id=f"sub-{name}",
        application_id=application.id,
        api_id=api_id,
        policy="Unlimited",
        abroad=SUPER_TENANT if tenant != SUPER_TENANT else "",
    )
    return world.kept_subscriptions.add(wanted, application, world.apis.get(SUPER_TENANT, api_id))


def granted(world: PublisherWorld, subscription: Subscription) -> Any:
    key = subscription_key(SUPER_TENANT, subscription.application_id, subscription.api_id)
    return world.artifact(key)


def steered(world: PublisherWorld, what: str, **query: str) -> Any:
    return world.call("POST", f"/subscriptions/{what}", query=query)


def test_200_subscriptions_are_listed_with_their_applications(world: PublisherWorld, pizza: str) -> None:
    subscribed(world, pizza, "Phone")
    subscribed(world, pizza, "Desk", owner="john")
    other = world.design("Other")["id"]
    subscribed(world, other, "Car")
    listed = world.made("GET", "/subscriptions", query={"apiId": pizza})
    assert [one["applicationInfo"]["name"] for one in listed["list"]] == ["Desk", "Phone"]
    assert listed["list"][1] == {
        "subscriptionId": "sub-Phone",
        "applicationInfo": {
            "applicationId": "app-Phone",
            "name": "Phone",
            "subscriber": "mary",
            "description": "",
            "subscriptionCount": 1,
        },
        "throttlingPolicy": "Unlimited",
        "subscriptionStatus": "UNBLOCKED",
    }
    assert world.made("GET", "/subscriptions")["count"] == 3
    assert world.made("GET", "/subscriptions", query={"query": "john"})["count"] == 1
    assert world.made("GET", "/subscriptions", query={"query": "application:car"})["count"] == 1
    assert world.made("GET", "/subscriptions", query={"query": "status:BLOCKED"})["count"] == 3


def test_200_a_guests_subscription_is_listed_by_the_guests_full_name_and_steered_as_any(
    world: PublisherWorld, pizza: str
) -> None:
    subscription = subscribed(world, pizza, tenant=OTHER_TENANT)
    (listed,) = world.made("GET", "/subscriptions")["list"]
    assert listed["applicationInfo"]["subscriber"] == f"mary@{OTHER_TENANT}"
    assert world.made("GET", "/subscriptions", query={"apiId": pizza})["list"] == [listed]
    assert steered(world, "block-subscription", subscriptionId=subscription.id, blockState="BLOCKED").status == 200
    assert granted(world, subscription)["status"] == "BLOCKED"
    assert steered(world, "change-business-plan", subscriptionId=subscription.id, businessPlan="Gold").status == 200
    assert granted(world, subscription)["policy"] == "Gold"
    assert world.made("GET", f"/subscriptions/{subscription.id}/subscriber-info")["name"] == "mary"


@pytest.mark.parametrize("state", ["BLOCKED", "PROD_ONLY_BLOCKED"])
def test_200_a_subscription_is_blocked_and_admitted_again(world: PublisherWorld, pizza: str, state: str) -> None:
    subscription = subscribed(world, pizza)
    blocked = steered(world, "block-subscription", subscriptionId=subscription.id, blockState=state)
    assert (blocked.status, granted(world, subscription)["status"]) == (200, state)
    assert steered(world, "unblock-subscription", subscriptionId=subscription.id).status == 200
    assert granted(world, subscription)["status"] == "UNBLOCKED"


def test_200_a_subscription_is_put_on_another_plan(world: PublisherWorld, pizza: str) -> None:
    subscription = subscribed(world, pizza)
    assert steered(world, "change-business-plan", subscriptionId=subscription.id, businessPlan="Gold").status == 200
    assert granted(world, subscription)["policy"] == "Gold"
    refused = steered(world, "change-business-plan", subscriptionId=subscription.id, businessPlan="Bronze")
    assert (refused.status, granted(world, subscription)["policy"]) == (403, "Gold")


def test_400_steering_without_saying_where_to(world: PublisherWorld, pizza: str) -> None:
    subscription = subscribed(world, pizza)
    odd = steered(world, "block-subscription", subscriptionId=subscription.id, blockState="UNBLOCKED")
    assert blamed(odd) == ["blockState"]
    assert blamed(steered(world, "unblock-subscription")) == ["subscriptionId"]


def test_404_subscriptions_to_what_one_may_not_see(world: PublisherWorld) -> None:
    hidden = world.design(accessControl="RESTRICTED", accessControlRoles=["kitchen"])["id"]
    subscription = subscribed(world, hidden)
    assert world.made("GET", "/subscriptions", by="baker")["count"] == 0
    assert world.call("GET", "/subscriptions", by="baker", query={"apiId": hidden}).status == 404
    for by, one in (("baker", subscription.id), ("admin", "0"), (f"admin@{OTHER_TENANT}", subscription.id)):
        query = {"subscriptionId": one, "blockState": "BLOCKED"}
        assert world.call("POST", "/subscriptions/block-subscription", by=by, query=query).status == 404
    assert granted(world, subscription)["status"] == "UNBLOCKED"


def test_200_a_subscriber_is_named(world: PublisherWorld, pizza: str) -> None:
    subscription = subscribed(world, pizza)
    assert world.made("GET", f"/subscriptions/{subscription.id}/subscriber-info") == {"name": "mary", "claims": []}


@pytest.mark.parametrize(
    ("status", "workflow", "expected"),
    [
        (SubscriptionStatus.ON_HOLD, "w", (409, 900553)),
        (SubscriptionStatus.DELETE_PENDING, "w", (409, 900553)),
        (SubscriptionStatus.REJECTED, "", (403, 900558)),
    ],
)
def test_what_must_be_approved_is_not_opened_by_blocking_and_unblocking_it(
    world: PublisherWorld, pizza: str, status: SubscriptionStatus, workflow: str, expected: tuple[int, int]
) -> None:
    kept = subscribed(world, pizza)
    world.kept_subscriptions.save(replace(kept, status=status, workflow=workflow))
    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("block-subscription", {"blockState": "BLOCKED"}),
        ("unblock-subscription", {}),
        ("change-business-plan", {"businessPlan": "Gold"}),
    )
    for what, more in steps:
        reply = steered(world, what, subscriptionId=kept.id, **more)
        assert (reply.status, reply.json["code"]) == expected, what
    assert granted(world, kept)["status"] == status
