"""Subscriptions of a developer's applications, through the store's surface."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.throttling.policy import PolicyKind
from tests.callers import OTHER_TENANT
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api

UNHEARD = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def wish(application_id: str, api: Api | str, plan: str = "Gold", **more: Any) -> dict[str, Any]:
    api_id = api if isinstance(api, str) else api.id
    return {"applicationId": application_id, "apiId": api_id, "throttlingPolicy": plan, **more}


def test_201_a_subscription_reads_as_it_was_written_and_the_gateway_knows_it(world: StoreWorld) -> None:
    application_id, api = world.application(), world.api()
    made = world.call("POST", "/subscriptions", wish(application_id, api))
    assert made.status == 201
    subscription_id = made.json["subscriptionId"]
    assert made.headers["Location"] == f"/api/am/devportal/v3/subscriptions/{subscription_id}"
    read = world.call("GET", f"/subscriptions/{subscription_id}").json
    assert read | {"applicationInfo": None} == made.json | {"applicationInfo": None}
    assert (read["status"], read["throttlingPolicy"]) == ("UNBLOCKED", "Gold")
    assert read["apiInfo"]["name"] == "Pizza"
    assert read["applicationInfo"]["name"] == "Kiosk"
    assert read["applicationInfo"]["subscriptionCount"] == 1
    assert world.plan(application_id, api) == {
        "subscription_id": subscription_id,
        "policy": "Gold",
        "status": "UNBLOCKED",
    }


def test_200_an_application_knows_the_scopes_of_what_it_is_subscribed_to(world: StoreWorld) -> None:
    scope = {"name": "menu:read", "displayName": "Menu", "description": "", "bindings": []}
    api = world.api(scopes=[{"scope": scope, "shared": False}])
    application_id = world.application()
    world.subscribe(application_id, api)
    read = world.call("GET", f"/applications/{application_id}").json
    assert read["subscriptionScopes"] == [{"key": "menu:read", "name": "Menu", "roles": [], "description": ""}]
    assert read["subscriptionCount"] == 1


def test_409_the_same_pair_twice(world: StoreWorld) -> None:
    application_id, api = world.application(), world.api()
    world.subscribe(application_id, api)
    before = world.writes
    answer = world.call("POST", "/subscriptions", wish(application_id, api, "Unlimited"))
    assert (answer.status, answer.json["code"]) == (409, 900336)
    assert world.writes == before


@pytest.mark.parametrize("plan", ["Silver", "Platinum", "Unauthenticated", "Deleted"])
def test_403_a_plan_that_the_api_does_not_offer(world: StoreWorld, plan: str) -> None:
    application_id, api = world.application(), world.api(policies=["Gold", "Deleted"])
    before = world.writes
    answer = world.call("POST", "/subscriptions", wish(application_id, api, plan))
    assert (answer.status, answer.json["code"]) == (403, 902002)
    assert "throttlingPolicy" in answer.json["description"]
    assert world.writes == before


@pytest.mark.parametrize("state", [LifecycleState.PROTOTYPED, LifecycleState.BLOCKED])
def test_400_an_api_that_is_not_published_takes_no_subscriptions(world: StoreWorld, state: LifecycleState) -> None:
    application_id, api = world.application(), world.api(state=state)
    before = world.writes
    answer = world.call("POST", "/subscriptions", wish(application_id, api))
    assert answer.status == 400
    assert answer.json["error"][0]["code"] == "400_apiId"
    assert world.writes == before


def test_400_a_deprecated_api_takes_no_new_subscriptions_and_keeps_the_old_ones(world: StoreWorld) -> None:
    api, first, second = world.api(), world.application("First"), world.application("Second")
    subscription_id = world.subscribe(first, api)
    world.apis.save(replace(world.apis.get(api.tenant, api.id), state=LifecycleState.DEPRECATED), [])
    assert world.call("POST", "/subscriptions", wish(second, api)).status == 400
    assert world.call("GET", f"/subscriptions/{subscription_id}").status == 200
    assert world.plan(first, api) is not None


def test_404_an_api_that_may_not_be_seen_is_one_that_does_not_exist(world: StoreWorld) -> None:
    application_id = world.application()
    hidden = [
        world.api("Draft", LifecycleState.CREATED),
        world.api("Gilded", visibility="RESTRICTED", visibleRoles=["gold-partners"]),
        world.api("Foreign", tenant=OTHER_TENANT),
    ]
    before = world.writes
    absent = world.call("POST", "/subscriptions", wish(application_id, UNHEARD))
    assert (absent.status, absent.json["code"]) == (404, 900308)
    for api in hidden:
        forbidden = world.call("POST", "/subscriptions", wish(application_id, api))
        assert forbidden.status == 404
        assert forbidden.text.replace(api.id, UNHEARD) == absent.text
    assert world.writes == before


@pytest.mark.parametrize("path", ["/subscriptions", "/subscriptions/multiple"])
def test_404_somebody_elses_application_is_one_that_does_not_exist(world: StoreWorld, path: str) -> None:
    theirs, api = world.application(by="john"), world.api()

    def body(application_id: str) -> Any:
        one = wish(application_id, api)
        return one if path == "/subscriptions" else [one]

    before = world.writes
    absent = world.call("POST", path, body(UNHEARD))
    forbidden = world.call("POST", path, body(theirs))
    assert (absent.status, absent.json["code"]) == (404, 900307)
    assert forbidden.text.replace(theirs, UNHEARD) == absent.text
    assert world.writes == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("by", ["john", f"mary@{OTHER_TENANT}"])
def test_404_somebody_elses_subscription_is_one_that_does_not_exist(world: StoreWorld, method: str, by: str) -> None:
    application_id, api = world.application(), world.api()
    subscription_id = world.subscribe(application_id, api)
    body = wish(application_id, api, "Unlimited") if method == "PUT" else None
    before = world.writes
    absent = world.call(method, f"/subscriptions/{UNHEARD}", body, by=by)
    forbidden = world.call(method, f"/subscriptions/{subscription_id}", body, by=by)
    assert (absent.status, absent.json["code"]) == (404, 900310)
    assert forbidden.text.replace(subscription_id, UNHEARD) == absent.text
    assert world.writes == before


def test_201_a_subscription_is_tried_again_when_its_sides_move(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    application_id, api = world.application(), world.api()
    add, calls = world.subscriptions.add, []

    def busy(*sides: Any, **terms: Any) -> Any:
        calls.append(sides)
        if len(calls) < 3:
            raise Changed
        return add(*sides, **terms)

    monkeypatch.setattr(world.subscriptions, "add", busy)
    world.subscribe(application_id, api)
    calls.clear()
    answer = world.call("POST", "/subscriptions", wish(world.application("Other"), world.api("Pasta")))
    assert answer.status == 201
    calls[:] = []
    monkeypatch.setattr(world.subscriptions, "add", _refuse)
    answer = world.call("POST", "/subscriptions", wish(world.application("Third"), api))
    assert answer.status == 409


def _refuse(*_: object, **__: object) -> None:
    raise Changed


def test_200_several_subscriptions_at_once(world: StoreWorld) -> None:
    application_id, apis = world.application(), [world.api("Pizza"), world.api("Pasta")]
    answer = world.call("POST", "/subscriptions/multiple", [wish(application_id, api) for api in apis])
    assert answer.status == 200
    assert [subscription["apiInfo"]["name"] for subscription in answer.json] == ["Pizza", "Pasta"]
    assert all(world.plan(application_id, api) for api in apis)


def test_several_subscriptions_are_all_refused_for_one_that_is_wrong(world: StoreWorld) -> None:
    application_id, pizza, pasta = world.application(), world.api("Pizza"), world.api("Pasta")
    world.subscribe(application_id, pasta)
    good = wish(application_id, pizza)
    before = world.writes
    for wrong, status in (
        (wish(application_id, pasta), 409),
        (wish(application_id, UNHEARD), 404),
        (wish(application_id, pizza, "Unlimited"), 400),
        (wish(application_id, pasta, "Platinum"), 403),
        ({"apiId": pizza.id}, 400),
    ):
        assert world.call("POST", "/subscriptions/multiple", [good, wrong]).status == status
    assert world.writes == before
    assert world.plan(application_id, pizza) is None


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", "[1]", "7"])
def test_400_several_subscriptions_are_a_list(world: StoreWorld, body: str) -> None:
    answer = world.call("POST", "/subscriptions/multiple", body)
    assert answer.status == 400
    assert world.shelf.writes == 0


def test_200_subscriptions_are_listed_by_application_and_by_api(world: StoreWorld) -> None:
    mine, other, theirs = world.application("Mine"), world.application("Other"), world.application(by="john")
    pizza, pasta = world.api("Pizza"), world.api("Pasta")
    first, second, third = world.subscribe(mine, pizza), world.subscribe(mine, pasta), world.subscribe(other, pizza)
    world.subscribe(theirs, pizza, by="john")

    def listed(**query: str) -> set[str]:
        answer = world.call("GET", "/subscriptions", query=query)
        assert answer.status == 200
        assert answer.json["pagination"]["total"] == answer.json["count"]
        return {found["subscriptionId"] for found in answer.json["list"]}

    assert listed(applicationId=mine) == {first, second}
    assert listed(apiId=pizza.id) == {first, third}
    assert listed(applicationId=mine, apiId=pizza.id) == {first}
    assert listed(apiId=UNHEARD) == set()
    answer = world.call("GET", "/subscriptions", query={"applicationId": mine, "limit": 1, "offset": 1})
    assert answer.json["count"] == 1
    assert answer.json["pagination"]["previous"] == f"/subscriptions?limit=1&offset=0&applicationId={mine}"


def test_400_subscriptions_of_nothing_in_particular(world: StoreWorld) -> None:
    answer = world.call("GET", "/subscriptions")
    assert answer.status == 400
    assert answer.json["error"][0]["code"] == "400_apiId"
    assert world.call("GET", "/subscriptions", query={"apiId": "x", "limit": "y"}).status == 400


def test_404_subscriptions_of_somebody_elses_application(world: StoreWorld) -> None:
    theirs = world.application(by="john")
    absent = world.call("GET", "/subscriptions", query={"applicationId": UNHEARD})
    forbidden = world.call("GET", "/subscriptions", query={"applicationId": theirs})
    assert absent.status == 404
    assert forbidden.text.replace(theirs, UNHEARD) == absent.text


@pytest.mark.parametrize("name", ["throttlingPolicy", "requestedThrottlingPolicy"])
def test_200_a_plan_is_changed_and_the_gateway_knows_it(world: StoreWorld, name: str) -> None:
    application_id, api = world.application(), world.api()
    path = f"/subscriptions/{world.subscribe(application_id, api)}"
    read = world.call("GET", path).json
    assert world.call("PUT", path, read).json == read
    wanted = {**read, "requestedThrottlingPolicy": None, name: "Unlimited"}
    changed = world.call("PUT", path, wanted)
    assert changed.status == 200
    assert changed.json["throttlingPolicy"] == "Unlimited"
    assert world.call("GET", path).json == changed.json
    assert world.plan(application_id, api)["policy"] == "Unlimited"


def test_403_a_change_to_a_plan_that_the_api_does_not_offer(world: StoreWorld) -> None:
    application_id, api = world.application(), world.api()
    path = f"/subscriptions/{world.subscribe(application_id, api)}"
    answer = world.call("PUT", path, wish(application_id, api, "Silver"))
    assert (answer.status, answer.json["code"]) == (403, 902002)
    assert world.plan(application_id, api)["policy"] == "Gold"


def test_409_the_plan_of_a_blocked_subscription_stays(world: StoreWorld) -> None:
    application_id, api = world.application(), world.api()
    subscription_id = world.subscribe(application_id, api)
    kept = world.subscriptions.get(api.tenant, subscription_id)
    assert kept is not None
    world.subscriptions.save(replace(kept, status=SubscriptionStatus.BLOCKED))
    answer = world.call("PUT", f"/subscriptions/{subscription_id}", wish(application_id, api, "Unlimited"))
    assert (answer.status, answer.json["code"]) == (409, 902022)
    answer = world.call("PUT", f"/subscriptions/{subscription_id}", wish(application_id, api, status="UNBLOCKED"))
    assert answer.status == 400
    assert world.plan(application_id, api)["status"] == "BLOCKED"


def test_200_an_ended_subscription_ends_its_calls_and_can_be_renewed(world: StoreWorld) -> None:
    application_id, api = world.application(), world.api()
    path = f"/subscriptions/{world.subscribe(application_id, api)}"
    answer = world.call("DELETE", path)
    assert (answer.status, answer.text) == (200, "")
    assert world.plan(application_id, api) is None
    assert world.call("GET", path).status == 404
    world.subscribe(application_id, api)


def test_200_a_subscription_whose_api_is_gone_can_still_be_read_and_ended(world: StoreWorld) -> None:
    application_id, api = world.application(), world.api()
    path = f"/subscriptions/{world.subscribe(application_id, api)}"
    world.apis.mark_for_removal(api)
    assert world.call("GET", path).json["apiInfo"] is None
    assert world.call("PUT", path, wish(application_id, api, "Unlimited")).status == 409
    assert world.call("DELETE", path).status == 200


def test_403_a_plan_that_was_deleted_meanwhile(world: StoreWorld) -> None:
    application_id, api = world.application(), world.api()
    gold = world.policies.named(api.tenant, PolicyKind.SUBSCRIPTION, "Gold")
    assert gold is not None
    world.policies.remove(gold)
    assert world.call("POST", "/subscriptions", wish(application_id, api)).status == 403


BAD = [
    ("applicationId", {"applicationId": None}),
    ("applicationId", {"applicationId": ""}),
    ("apiId", {"apiId": None}),
    ("apiId", {"apiId": 7}),
    ("throttlingPolicy", {"throttlingPolicy": None}),
    ("throttlingPolicy", {"throttlingPolicy": ""}),
    ("throttlingPolicy", {"throttlingPolicy": "x" * 61}),
    ("requestedThrottlingPolicy", {"requestedThrottlingPolicy": 7}),
    ("apiInfo", {"apiInfo": "Pizza"}),
    ("surprise", {"surprise": 1}),
]


@pytest.mark.parametrize(("field", "change"), BAD, ids=[f"{field}-{n}" for n, (field, _) in enumerate(BAD)])
def test_400_names_the_field_and_writes_nothing(world: StoreWorld, field: str, change: dict[str, Any]) -> None:
    application_id, pizza, pasta = world.application(), world.api("Pizza"), world.api("Pasta")
    path = f"/subscriptions/{world.subscribe(application_id, pasta)}"
    body = {name: value for name, value in {**wish(application_id, pizza), **change}.items() if value is not None}
    before = world.writes
    for method, where, sent, prefix in (
        ("POST", "/subscriptions", body, ""),
        ("POST", "/subscriptions/multiple", [body], "subscriptions.0."),
        ("PUT", path, body, ""),
    ):
        answer = world.call(method, where, sent)
        assert answer.status == 400
        assert [problem["code"] for problem in answer.json["error"]] == [f"400_{prefix}{field}"]
    assert world.writes == before


@pytest.mark.parametrize(("field", "value"), [("applicationId", "x"), ("apiId", "x"), ("status", "BLOCKED")])
def test_400_what_cannot_change_of_a_subscription(world: StoreWorld, field: str, value: str) -> None:
    application_id, api = world.application(), world.api()
    path = f"/subscriptions/{world.subscribe(application_id, api)}"
    before = world.writes
    answer = world.call("PUT", path, {**wish(application_id, api, "Unlimited"), field: value})
    assert answer.status == 400
    assert answer.json["error"][0]["code"] == f"400_{field}"
    assert world.writes == before


@pytest.mark.parametrize("by", [None, "nobody", "carol"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/subscriptions"),
        ("POST", "/subscriptions"),
        ("POST", "/subscriptions/multiple"),
        ("GET", "/subscriptions/x"),
        ("PUT", "/subscriptions/x"),
        ("DELETE", "/subscriptions/x"),
    ],
)
def test_401_without_the_scope(world: StoreWorld, method: str, path: str, by: str | None) -> None:
    assert world.call(method, path, {} if method in {"POST", "PUT"} else None, by=by).status == 401


def test_200_additional_information_lists_the_callers_subscriptions_to_an_api(world: StoreWorld) -> None:
    api, mine, others = world.api(), world.application(), world.application(by="john")
    subscription_id = world.subscribe(mine, api)
    world.subscribe(others, api, by="john")
    answer = world.call("GET", f"/subscriptions/{api.id}/additionalInfo")
    assert answer.status == 200
    assert answer.json["count"] == 1
    [told] = answer.json["list"]
    assert (told["subscriptionId"], told["applicationId"], told["applicationName"]) == (subscription_id, mine, "Kiosk")
    assert (told["apiId"], told["isSolaceAPI"], told["solaceDeployedEnvironments"]) == (api.id, False, [])


def test_404_additional_information_of_an_api_that_the_caller_does_not_see(world: StoreWorld) -> None:
    hidden = world.api("Secret", visibility="RESTRICTED", visibleRoles=["chefs"])
    for api_id in (hidden.id, "unheard"):
        assert world.call("GET", f"/subscriptions/{api_id}/additionalInfo").status == 404
    assert world.call("GET", f"/subscriptions/{hidden.id}/additionalInfo", by=None).status == 401
