"""Plans that are not for everybody, and plans that take only so many subscriptions, through the store's surface."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.controlplane.throttling.policies import terms_of
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.policy import PolicyKind
from tests.worlds.store import StoreWorld

SUBSCRIPTION = PolicyKind.SUBSCRIPTION


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def change(world: StoreWorld, plan: str, **document: Any) -> None:
    known = world.policies.named(SUPER_TENANT, SUBSCRIPTION, plan)
    assert known is not None
    changed = {**known.document, **document}
    world.policies.save(replace(known, document=changed), terms_of(SUBSCRIPTION, changed))


def permit(world: StoreWorld, plan: str, kind: str, *roles: str) -> None:
    change(world, plan, permissions={"permissionType": kind, "roles": list(roles)})


def names(answer: Any) -> set[str]:
    listed = answer if isinstance(answer, list) else answer["list"]
    return {plan["name"] for plan in listed}


@pytest.mark.parametrize(
    ("kind", "roles", "open_to"),
    [
        ("ALLOW", ("gold-partners",), {"gold"}),
        ("DENY", ("gold-partners",), {"mary", None}),
        ("ALLOW", ("Internal/subscriber", "unheard"), {"gold", "mary"}),
        ("ALLOW", ("Internal/everyone",), {"gold", "mary", None}),
        ("DENY", ("Internal/everyone",), set()),
    ],
)
def test_a_plan_is_shown_to_whom_it_is_open_and_to_nobody_else(
    world: StoreWorld, kind: str, roles: tuple[str, ...], open_to: set[str | None]
) -> None:
    permit(world, "Gold", kind, *roles)
    api = world.api()
    for who in ("gold", "mary", None):
        shown = who in open_to
        listed = world.call("GET", "/throttling-policies/subscription", by=who, query={"limit": 100}).json
        assert ("Gold" in names(listed)) is shown
        assert world.call("GET", "/throttling-policies/subscription/Gold", by=who).status == (200 if shown else 404)
        assert ("Gold" in names(world.call("GET", f"/apis/{api.id}/subscription-policies", by=who).json)) is shown
        read = world.call("GET", f"/apis/{api.id}", by=who).json
        assert ("Gold" in {tier["tierName"] for tier in read["tiers"]}) is shown
        (line,) = world.call("GET", "/apis", by=who).json["list"]
        assert ("Gold" in line["throttlingPolicies"]) is shown
        assert "Unlimited" in line["throttlingPolicies"]


def test_404_a_closed_plan_answers_as_one_that_does_not_exist(world: StoreWorld) -> None:
    permit(world, "Gold", "ALLOW", "gold-partners")
    closed = world.call("GET", "/throttling-policies/subscription/Gold")
    absent = world.call("GET", "/throttling-policies/subscription/Golden")
    assert (closed.status, closed.text) == (absent.status, absent.text)


def test_403_a_closed_plan_is_one_that_the_api_does_not_offer(world: StoreWorld) -> None:
    permit(world, "Gold", "ALLOW", "gold-partners")
    api, application_id = world.api(), world.application()
    body = {"applicationId": application_id, "apiId": api.id, "throttlingPolicy": "Gold"}
    before = world.writes
    refused = world.call("POST", "/subscriptions", body)
    assert (refused.status, refused.json["code"]) == (403, 902002)
    assert refused.json["description"].endswith("'Gold'; it offers Unlimited")
    assert world.writes == before
    subscription_id = world.subscribe(application_id, api, plan="Unlimited")
    assert world.call("PUT", f"/subscriptions/{subscription_id}", body).status == 403
    world.subscribe(world.application("Partner", by="gold"), api, by="gold")


def test_409_a_plan_that_is_full_until_somebody_leaves(world: StoreWorld) -> None:
    change(world, "Gold", subscriberCount=2)
    api, other = world.api(), world.api("Pasta")
    applications = [world.application(f"Kiosk{n}") for n in range(3)]
    first = world.subscribe(applications[0], api)
    world.subscribe(applications[1], api)
    body = {"applicationId": applications[2], "apiId": api.id, "throttlingPolicy": "Gold"}
    before = world.writes
    full = world.call("POST", "/subscriptions", body)
    assert (full.status, full.json["code"]) == (409, 409)
    assert "takes 2 subscriptions" in full.json["description"]
    assert world.writes == before
    world.subscribe(applications[2], other)
    waiting = world.subscribe(applications[2], api, plan="Unlimited")
    assert world.call("PUT", f"/subscriptions/{waiting}", body).status == 409
    assert world.call("DELETE", f"/subscriptions/{first}").status == 200
    assert world.call("PUT", f"/subscriptions/{waiting}", body).json["throttlingPolicy"] == "Gold"


def test_200_a_subscription_tells_of_no_plan_that_is_closed_to_the_caller(world: StoreWorld) -> None:
    api, application_id = world.api(policies=["Gold", "Silver"]), world.application()
    subscription_id = world.subscribe(application_id, api, plan="Gold")
    permit(world, "Silver", "ALLOW", "partners")
    one = world.call("GET", f"/subscriptions/{subscription_id}").json
    listed = world.call("GET", "/subscriptions", query={"applicationId": application_id}).json["list"]
    body = {"applicationId": application_id, "apiId": api.id, "throttlingPolicy": "Gold"}
    changed = world.call("PUT", f"/subscriptions/{subscription_id}", body).json
    for told in (one, listed[0], changed):
        assert told["apiInfo"]["throttlingPolicies"] == ["Gold"]
