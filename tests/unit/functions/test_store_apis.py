"""What visitors of the store see, through its surface."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gatehouse.adapters.expressions import CelExpressions
from gatehouse.controlplane.throttling.policies import Throttling
from gatehouse.controlplane.throttling.switches import Switches
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.throttling.policy import PolicyKind
from tests.callers import OTHER_TENANT
from tests.fakes.denials import InMemoryTenantConfigurations
from tests.worlds.store import GATEWAY, MANAGEMENT, StoreWorld

S = LifecycleState


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def names(answer: Any) -> list[str]:
    assert answer.status == 200, answer.text
    return [api["name"] for api in answer.json["list"]]


@pytest.mark.parametrize("by", [None, "mary", "admin"])
def test_200_only_what_is_published_prototyped_or_blocked_is_listed(world: StoreWorld, by: str | None) -> None:
    for state in S:
        world.api(state.title(), state)
    assert names(world.call("GET", "/apis", by=by)) == ["Blocked", "Prototyped", "Published"]


@pytest.mark.parametrize(
    ("by", "seen"),
    [
        (None, ["Open"]),
        ("mary", ["Inner", "Open"]),
        ("gold", ["Gilded", "Inner", "Open"]),
        ("admin", ["Gilded", "Inner", "Open"]),
    ],
)
def test_200_everybody_sees_what_is_visible_to_them(world: StoreWorld, by: str | None, seen: list[str]) -> None:
    apis = {
        "Open": world.api("Open"),
        "Inner": world.api("Inner", visibility="PRIVATE"),
        "Gilded": world.api("Gilded", visibility="RESTRICTED", visibleRoles=["gold-partners"]),
    }
    assert names(world.call("GET", "/apis", by=by)) == seen
    for name, api in apis.items():
        assert world.call("GET", f"/apis/{api.id}", by=by).status == (200 if name in seen else 404)


def test_a_visibility_that_nobody_knows_shows_nothing(world: StoreWorld) -> None:
    world.api("Odd", visibility="SHARED_WITH_FRIENDS")
    assert names(world.call("GET", "/apis", by="admin")) == []


PATHS = ["/apis/{id}", "/apis/{id}/swagger", "/apis/{id}/subscription-policies"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("by", [None, "mary"])
def test_404_of_what_may_not_be_seen_is_that_of_what_does_not_exist(
    world: StoreWorld, path: str, by: str | None
) -> None:
    hidden = [
        world.api("Gilded", visibility="RESTRICTED", visibleRoles=["gold-partners"]),
        world.api("Draft", S.CREATED),
        world.api("Dead", S.RETIRED),
        world.api("Old", S.DEPRECATED),
        world.api("Foreign", tenant=OTHER_TENANT),
    ]
    unheard = "00000000-0000-0000-0000-000000000000"
    absent = world.call("GET", path.format(id=unheard), by=by)
    assert (absent.status, absent.json["code"]) == (404, 900308)
    for api in hidden:
        forbidden = world.call("GET", path.format(id=api.id), by=by)
        assert forbidden.status == 404
        assert forbidden.text.replace(api.id, unheard) == absent.text


def test_200_a_deprecated_api_is_found_by_who_uses_it_though_not_listed(world: StoreWorld) -> None:
    api = world.api("Old")
    world.subscribe(world.application(), api)
    kept = world.apis.get(api.tenant, api.id)
    world.apis.save(replace(kept, state=S.DEPRECATED), [])
    assert world.call("GET", f"/apis/{api.id}", by="mary").status == 200
    assert world.call("GET", f"/apis/{api.id}", by="john").status == 404
    assert names(world.call("GET", "/apis", by="mary")) == []


def test_200_another_tenants_public_apis_are_shown_to_who_asks_for_that_tenant(world: StoreWorld) -> None:
    world.api("Theirs", tenant=OTHER_TENANT)
    world.api("Inner", tenant=OTHER_TENANT, visibility="PRIVATE")
    world.api("Ours")
    there = {"X-WSO2-Tenant": OTHER_TENANT}
    assert names(world.call("GET", "/apis", by=None)) == ["Ours"]
    assert names(world.call("GET", "/apis", by=None, headers=there)) == ["Theirs"]
    assert names(world.call("GET", "/apis", by="admin", headers=there)) == ["Theirs"]
    assert names(world.call("GET", "/apis", by=f"mary@{OTHER_TENANT}")) == ["Inner", "Theirs"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Burger", "Pasta", "Pizza"]),
        ("pi", ["Pizza"]),
        ("name:p", ["Burger", "Pasta", "Pizza"][1:]),
        ('name:"Pizza" version:"1.0.0"', ["Pizza"]),
        ('name:"Pizz"', []),
        ("tag:italian", ["Pasta", "Pizza"]),
        ("provider:admin name:Burger", ["Burger"]),
    ],
)
def test_200_apis_are_found_by_name_tag_and_provider(world: StoreWorld, query: str, found: list[str]) -> None:
    world.api("Pizza", tags=["italian", "hot"])
    world.api("Pasta", tags=["italian"])
    world.api("Burger")
    assert names(world.call("GET", "/apis", by=None, query={"query": query})) == found


def test_200_the_list_is_paged(world: StoreWorld) -> None:
    for number in range(5):
        world.api(f"Api{number}")
    answer = world.call("GET", "/apis", by=None, query={"limit": 2, "offset": 2, "query": "api"})
    assert names(answer) == ["Api2", "Api3"]
    assert answer.json["count"] == 2
    assert answer.json["pagination"] == {
        "offset": 2,
        "limit": 2,
        "total": 5,
        "next": "/apis?limit=2&offset=4&query=api",
        "previous": "/apis?limit=2&offset=0&query=api",
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [({"limit": "x"}, "limit"), ({"offset": "-1"}, "offset")],
)
def test_400_a_query_that_makes_no_sense(world: StoreWorld, query: dict[str, Any], field: str) -> None:
    answer = world.call("GET", "/apis", by=None, query=query)
    assert answer.status == 400
    assert answer.json["error"][0]["code"] == f"400_{field}"


def test_200_an_api_says_how_it_is_called(world: StoreWorld) -> None:
    scope = {"name": "menu:read", "displayName": "Menu", "description": "Read", "bindings": ["admin"]}
    secret = {"name": "cost-center", "value": "42", "display": False}
    shown = {"name": "region", "value": "eu", "display": True}
    api = world.api(
        deployed=True,
        scopes=[{"scope": scope, "shared": False}],
        additionalProperties=[secret, shown],
        tags=["italian"],
        endpointConfig={"production_endpoints": {"url": "http://backend.internal"}},
    )
    found = world.call("GET", f"/apis/{api.id}", by=None)
    assert found.status == 200
    assert found.json["context"] == "/pizza/1.0.0"
    assert found.json["tiers"] == [
        {"tierName": "Gold", "tierPlan": "FREE", "monetizationAttributes": None},
        {"tierName": "Unlimited", "tierPlan": "FREE", "monetizationAttributes": None},
    ]
    assert found.json["endpointURLs"][0]["URLs"]["https"] == f"{GATEWAY}/pizza/1.0.0"
    assert found.json["scopes"] == [{"key": "menu:read", "name": "Menu", "roles": ["admin"], "description": "Read"}]
    assert found.json["additionalProperties"] == [shown]
    assert found.json["isSubscriptionAvailable"] is True
    assert json.loads(found.json["apiDefinition"])["info"]["title"] == "Deployed"
    assert "backend.internal" not in found.text


def test_200_the_definition_is_that_of_what_is_deployed(world: StoreWorld) -> None:
    api = world.api()
    path = f"/apis/{api.id}/swagger"
    assert world.call("GET", path, by=None).json["info"]["title"] == "Pizza"
    world.deploy(api)
    found = world.call("GET", path, by=None).json
    assert found["info"]["title"] == "Deployed"
    assert [server["url"] for server in found["servers"]] == [f"{GATEWAY}/pizza/1.0.0"]
    assert f"{MANAGEMENT}/oauth2/token" in json.dumps(found)
    assert world.call("GET", path, by=None, query={"environmentName": "Default"}).status == 200
    assert world.call("GET", path, by=None, query={"environmentName": "Moon"}).status == 404


def test_200_another_tenants_api_is_called_below_its_tenant(world: StoreWorld) -> None:
    api = world.api(tenant=OTHER_TENANT)
    headers = {"X-WSO2-Tenant": OTHER_TENANT}
    found = world.call("GET", f"/apis/{api.id}/swagger", by=None, headers=headers).json
    assert found["servers"][0]["url"] == f"{GATEWAY}/t/{OTHER_TENANT}/pizza/1.0.0"


def test_200_an_api_offers_its_plans(world: StoreWorld) -> None:
    api = world.api(policies=["Gold", "Unauthenticated", "Deleted"])
    answer = world.call("GET", f"/apis/{api.id}/subscription-policies", by=None)
    assert [plan["name"] for plan in answer.json] == ["Gold"]
    assert answer.json[0] | {"description": ""} == {
        "name": "Gold",
        "displayName": "Gold",
        "description": "",
        "policyLevel": "subscription",
        "attributes": {},
        "requestCount": 5000,
        "unitTime": 1,
        "timeUnit": "min",
        "dataUnit": None,
        "rateLimitCount": 0,
        "rateLimitTimeUnit": None,
        "quotaPolicyType": "REQUESTCOUNT",
        "tierPlan": "FREE",
        "stopOnQuotaReach": True,
    }


def test_200_a_tier_says_what_an_admin_decided(world: StoreWorld) -> None:
    limit = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"timeUnit": "min", "unitTime": 2, "requestCount": 9}}
    throttling = Throttling(world.policies, (), Switches(InMemoryTenantConfigurations()), CelExpressions())
    burst = {"rateLimitCount": 3, "rateLimitTimeUnit": "sec"}
    attributes = [{"name": "color", "value": "gold"}]
    plan = {"policyName": "Nine", "defaultLimit": limit, **burst, "customAttributes": attributes}
    throttling.create(SUPER_TENANT, PolicyKind.SUBSCRIPTION, plan)
    tier = {"policyName": "Nine", "defaultLimit": limit, "burstLimit": burst}
    throttling.create(SUPER_TENANT, PolicyKind.APPLICATION, tier)
    for level in ("subscription", "application"):
        found = world.call("GET", f"/throttling-policies/{level}/Nine", by=None).json
        assert (found["requestCount"], found["unitTime"], found["timeUnit"]) == (9, 2, "min")
        assert (found["rateLimitCount"], found["rateLimitTimeUnit"]) == (3, "sec")
        assert found["attributes"] == ({"color": "gold"} if level == "subscription" else {})
        assert found["stopOnQuotaReach"] is (level == "application")


@pytest.mark.parametrize(("level", "first"), [("application", "10PerMin"), ("subscription", "AIBronze")])
def test_200_developers_see_the_tiers(world: StoreWorld, level: str, first: str) -> None:
    listed = world.call("GET", f"/throttling-policies/{level}", by=None)
    assert listed.status == 200
    found = [tier["name"] for tier in listed.json["list"]]
    assert found[0] == first
    assert "Unlimited" in found
    assert "Unauthenticated" not in found
    assert listed.json["pagination"]["total"] == len(found)
    one = world.call("GET", f"/throttling-policies/{level}/{first}", by=None)
    assert one.json == listed.json["list"][0]


@pytest.mark.parametrize("name", ["Platinum", "Unauthenticated", "10PerMin"])
def test_404_no_such_tier(world: StoreWorld, name: str) -> None:
    answer = world.call("GET", f"/throttling-policies/subscription/{name}", by=None)
    assert (answer.status, answer.json["code"]) == (404, 903005)


@pytest.mark.parametrize("path", ["/throttling-policies/advanced", "/throttling-policies/advanced/10KPerMin"])
def test_400_advanced_policies_are_none_of_the_developers_business(world: StoreWorld, path: str) -> None:
    answer = world.call("GET", path, by=None)
    assert (answer.status, answer.json["code"]) == (400, 900968)
    assert answer.json["error"][0]["code"] == "400_policyLevel"


def test_200_tags_are_counted_over_what_is_visible(world: StoreWorld) -> None:
    world.api("Pizza", tags=["italian", "hot"])
    world.api("Pasta", tags=["italian"])
    world.api("Gilded", tags=["gold"], visibility="RESTRICTED", visibleRoles=["gold-partners"])
    answer = world.call("GET", "/tags", by=None)
    assert answer.json["list"] == [{"value": "hot", "count": 1}, {"value": "italian", "count": 2}]


def test_200_the_settings_are_for_everybody(world: StoreWorld) -> None:
    answer = world.call("GET", "/settings", by=None)
    assert answer.status == 200
    assert {"apim:subscribe", "apim:app_manage", "apim:sub_manage"} <= set(answer.json["scopes"])
    assert answer.json["apiGatewayEndpoint"] == GATEWAY


def test_200_there_is_one_key_manager_and_it_says_where_tokens_are(world: StoreWorld) -> None:
    answer = world.call("GET", "/key-managers")
    assert answer.json["count"] == 1
    (resident,) = answer.json["list"]
    assert resident["name"] == "Resident Key Manager"
    assert resident["tokenEndpoint"] == f"{MANAGEMENT}/oauth2/token"
    assert resident["revokeEndpoint"] == f"{MANAGEMENT}/oauth2/revoke"
    assert world.call("GET", "/settings/application-attributes").json == {"count": 0, "list": []}


def test_401_a_wrong_password_is_refused_where_none_is_needed(world: StoreWorld) -> None:
    answer = world.call("GET", "/apis", by=None, headers={"authorization": "Basic bWFyeTp3cm9uZw=="})
    assert answer.status == 401


@pytest.mark.parametrize(
    "root", ["/api/am/devportal", "/api/am/devportal/v3", "/api/am/devportal/v3.5", "/api/am/store", "/api/am/store/v3"]
)
def test_200_below_every_form_of_the_base_path(world: StoreWorld, root: str) -> None:
    world.api()
    assert names(world.call("GET", "/apis", by=None, root=root)) == ["Pizza"]
