"""API keys that are bound to an API, and their associations with applications, through the store's surface."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.worlds.api_keys import UNHEARD, Associable, generate, grant, listed, of_api, of_application, refusal
from tests.worlds.store import StoreWorld


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def test_404_an_api_that_the_developer_does_not_see_is_like_none(world: StoreWorld) -> None:
    hidden = world.api("Hidden", visibility="RESTRICTED", visibleRoles=["gold-partners"])
    for method, end, body in (("POST", "/generate", {}), ("GET", "", None), ("POST", "/revoke", {"keyUUID": UNHEARD})):
        theirs = world.call(method, of_api(hidden.id) + end, body)
        nobody_s = world.call(method, of_api(UNHEARD) + end, body)
        assert (theirs.status, theirs.text.replace(hidden.id, UNHEARD)) == (404, nobody_s.text)


def test_200_keys_of_an_api_are_each_developer_s_own(world: StoreWorld) -> None:
    api = world.api()
    generate(world, of_api(api.id), keyName="hers", keyType="SANDBOX")
    assert listed(world, of_api(api.id), by="john") == []
    generate(world, of_api(api.id), by="john", keyName="his")
    (hers,) = listed(world, of_api(api.id))
    assert (hers["keyName"], hers["associatedApp"]) == ("hers", None)
    assert world.call("POST", f"{of_api(api.id)}/revoke", {"keyUUID": hers["keyUUID"]}, by="john").status == 404


def test_200_a_key_of_an_api_is_ended_after_the_api_has_left_the_store(world: StoreWorld) -> None:
    associable = Associable(world)
    world.apis.save(replace(world.apis.get(SUPER_TENANT, associable.api.id), state=LifecycleState.CREATED), [])
    assert world.call("GET", f"/apis/{associable.api.id}").status == 404
    assert world.call("POST", f"{of_api(associable.api.id)}/regenerate", {"keyUUID": associable.id}).status == 404
    assert world.call("POST", f"{of_api(associable.api.id)}/revoke", {"keyUUID": associable.id}).status == 200
    assert grant(world, associable.secret) is None


@pytest.mark.parametrize("side", ["api", "application"])
def test_200_a_key_of_an_api_comes_to_stand_for_an_application_and_leaves_it(world: StoreWorld, side: str) -> None:
    one = Associable(world)
    application, api = of_application(one.application_id), of_api(one.api.id)
    assert listed(world, f"{application}/associations") == []
    entry = {"keyUUID": one.id, "keyName": "browser", "apiName": "Pizza", "apiUUID": one.api.id}
    assert listed(world, f"{application}/subscriptions") == [entry]
    assert listed(world, f"{of_application(one.application_id, 'SANDBOX')}/subscriptions") == []
    path = api if side == "api" else application
    body = {
        "keyUUID": one.id,
        **({"applicationUUID": one.application_id} if side == "api" else {"apiUUID": one.api.id}),
    }
    for _ in range(2):  # it may be repeated
        answer = world.call("POST", f"{path}/associate", body)
        assert answer.status == 200, answer.text
        assert answer.json == {"keyName": "browser", "apiName": "Pizza", "applicationName": "Kiosk"}
    assert grant(world, one.secret)["application_id"] == one.application_id
    assert grant(world, one.secret)["api_id"] == one.api.id
    (known,) = listed(world, f"{application}/associations")
    assert known | entry == known
    assert [key["associatedApp"] for key in listed(world, api)] == ["Kiosk"]
    assert listed(world, f"{application}/subscriptions") == []
    assert world.call("POST", f"{path}/dissociate", {"keyUUID": one.id}).status == 200
    assert grant(world, one.secret)["application_id"] == ""
    assert world.call("POST", f"{path}/dissociate", {"keyUUID": one.id}).status == (400 if side == "api" else 404)


def test_200_a_key_keeps_standing_for_its_application_when_it_is_replaced(world: StoreWorld) -> None:
    one = Associable(world)
    body = {"keyUUID": one.id, "applicationUUID": one.application_id}
    assert world.call("POST", f"{of_api(one.api.id)}/associate", body).status == 200
    answer = world.call("POST", f"{of_api(one.api.id)}/regenerate", {"keyUUID": one.id})
    assert answer.status == 200
    assert grant(world, one.secret) is None
    assert grant(world, answer.json["apikey"])["application_id"] == one.application_id


def test_400_a_key_stands_for_one_application_at_a_time(world: StoreWorld) -> None:
    one, other = Associable(world), world.application("Other")
    world.subscribe(other, one.api)
    path = f"{of_api(one.api.id)}/associate"
    assert world.call("POST", path, {"keyUUID": one.id, "applicationUUID": one.application_id}).status == 200
    status, description = refusal(world.call("POST", path, {"keyUUID": one.id, "applicationUUID": other}))
    assert status == 400
    assert "keyUUID" in description


def test_400_an_association_demands_a_subscription(world: StoreWorld) -> None:
    one, other = Associable(world), world.application("Other")
    body = {"keyUUID": one.id, "applicationUUID": other}
    status, description = refusal(world.call("POST", f"{of_api(one.api.id)}/associate", body))
    assert status == 400
    assert "not subscribed" in description
    assert grant(world, one.secret)["application_id"] == ""


def test_200_an_api_without_subscriptions_demands_none(world: StoreWorld) -> None:
    api, application_id = world.api(policies=["DefaultSubscriptionless"]), world.application()
    secret = generate(world, of_api(api.id))
    (key,) = listed(world, of_api(api.id))
    body = {"keyUUID": key["keyUUID"], "applicationUUID": application_id}
    assert world.call("POST", f"{of_api(api.id)}/associate", body).status == 200
    assert grant(world, secret)["application_id"] == application_id


def test_404_only_one_s_own_application_and_key_come_together(world: StoreWorld) -> None:
    one, his = Associable(world), world.application("His", by="john")
    body = {"keyUUID": one.id, "applicationUUID": his}
    assert world.call("POST", f"{of_api(one.api.id)}/associate", body).status == 404
    assert world.call("POST", f"{of_api(one.api.id)}/associate", body, by="john").status == 404
    sandbox = of_application(one.application_id, "SANDBOX")
    assert world.call("POST", f"{sandbox}/associate", {"keyUUID": one.id, "apiUUID": one.api.id}).status == 404
