"""Through the publisher interface: labels, thumbnails, endpoints by name, monetization, and the tenant around them."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from gatehouse.controlplane.publishing.particulars.api_endpoints import ENDPOINTS_MAX
from gatehouse.controlplane.publishing.particulars.thumbnails import BYTES_MAX
from gatehouse.domain.errors import Conflict
from gatehouse.domain.people.identity import SUPER_TENANT, Tenant
from gatehouse.domain.record import Kind, Record
from gatehouse.domain.throttling.policy import PolicyKind
from tests.worlds.publisher import PublisherWorld, api, blamed, member

PNG = b"\x89PNG\r\n\x1a\n and so on"
SECRET = {"production": {"enabled": True, "type": "basic", "username": "me", "password": "hidden"}}
NAMED = {
    "name": "Fast",
    "deploymentStage": "PRODUCTION",
    "endpointConfig": {"production_endpoints": {"url": "https://fast.example"}, "endpoint_security": SECRET},
}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def word(world: PublisherWorld, name: str, kind: Kind = Kind.LABEL) -> str:
    """A label or category that the administrator has made; its id."""
    kept = Record(
        tenant=SUPER_TENANT,
        kind=kind,
        id=f"{kind}-{name}",
        name=name,
        body={"description": name.upper()},
        created_at=1,
        updated_at=1,
        by="admin",
        updated_by="admin",
    )
    return world.settings.add(kept, taken=Conflict()).id


class TestLabels:
    def test_they_are_attached_and_detached(self, world: PublisherWorld) -> None:
        b, a = word(world, "b"), word(world, "a")
        api = world.design()["id"]
        attached = world.made("POST", f"/apis/{api}/attach-labels", {"labels": [b, a, b]})
        assert [one["name"] for one in attached["list"]] == ["a", "b"]
        assert attached["list"][0] == {"id": a, "name": "a", "description": "A"}
        assert world.made("GET", f"/apis/{api}/labels") == attached
        left = world.made("POST", f"/apis/{api}/detach-labels", {"labels": [b]})
        assert [one["name"] for one in left["list"]] == ["a"]
        assert [one["name"] for one in world.made("GET", "/labels")["list"]] == ["a", "b"]

    def test_apis_are_found_by_the_names_of_their_labels(self, world: PublisherWorld) -> None:
        europe = word(world, "europe")
        api = world.design()["id"]
        world.design("Other")
        world.made("POST", f"/apis/{api}/attach-labels", {"labels": [europe]})
        for path in ("/apis", "/search"):
            found = world.made("GET", path, query={"query": "label:euro"})
            assert [one["name"] for one in found["list"]] == ["Pizza"]

    def test_an_update_of_the_api_leaves_them(self, world: PublisherWorld) -> None:
        label, made = word(world, "a"), world.design()
        world.made("POST", f"/apis/{made['id']}/attach-labels", {"labels": [label]})
        world.made("PUT", f"/apis/{made['id']}", world.made("GET", f"/apis/{made['id']}"))
        assert world.made("GET", f"/apis/{made['id']}/labels")["count"] == 1

    def test_400_labels_that_there_are_not(self, world: PublisherWorld) -> None:
        api, label = world.design()["id"], word(world, "a")
        attached = world.call("POST", f"/apis/{api}/attach-labels", {"labels": [label, "0"]})
        assert (blamed(attached), attached.json["code"]) == (["labels.1"], 900655)
        detached = world.call("POST", f"/apis/{api}/detach-labels", {"labels": [label]})
        assert (blamed(detached), detached.json["code"]) == (["labels.0"], 900656)

    def test_categories_are_listed_by_name(self, world: PublisherWorld) -> None:
        for name in ("b", "A"):
            word(world, name, Kind.CATEGORY)
        assert [one["name"] for one in world.made("GET", "/api-categories")["list"]] == ["A", "b"]


class TestReferences:
    def test_400_a_category_that_there_is_not(self, world: PublisherWorld) -> None:
        word(world, "Food", Kind.CATEGORY)
        made = world.design(categories=["food"])
        refused = world.call("PUT", f"/apis/{made['id']}", {**made, "categories": ["food", "Art"]})
        assert (blamed(refused), refused.json["code"]) == (["categories.1"], 900345)
        assert blamed(world.call("POST", "/apis", api("Other", categories=["Art"]))) == ["categories.0"]

    def test_400_a_shared_scope_that_there_is_not(self, world: PublisherWorld) -> None:
        shared = {"scopes": [{"scope": {"name": "cook"}, "shared": True}]}
        assert blamed(world.call("POST", "/apis", api(**shared))) == ["scopes.0.scope.name"]
        world.made("POST", "/scopes", {"name": "cook"})
        assert world.design(**shared)["scopes"][0]["shared"] is True

    def test_what_an_api_names_already_is_not_looked_up_again(self, world: PublisherWorld) -> None:
        label = word(world, "Food", Kind.CATEGORY)
        made = world.design(categories=["Food"])
        world.settings.remove([world.settings.get(SUPER_TENANT, Kind.CATEGORY, label) or pytest.fail("gone")])
        assert world.call("PUT", f"/apis/{made['id']}", made).status == 200


class TestThumbnails:
    @pytest.fixture(params=["/apis", "/api-products"])
    def one(self, request: pytest.FixtureRequest, world: PublisherWorld) -> str:
        api = world.design()["id"]
        owner = api if request.param == "/apis" else world.product(member(api, "GET /menu"))["id"]
        return f"{request.param}/{owner}"

    def test_a_picture_comes_back_as_what_it_is(self, world: PublisherWorld, one: str) -> None:
        assert world.call("GET", f"{one}/thumbnail").status == 404
        put = world.form("PUT", f"{one}/thumbnail", file=PNG)
        assert (put.status, put.json) == (201, {"relativePath": f"{one}/thumbnail", "mediaType": "image/png"})
        got = world.call("GET", f"{one}/thumbnail")
        assert (base64.b64decode(got.text), got.headers["Content-Type"]) == (PNG, "image/png")
        shown = world.made("GET", one)
        assert shown["hasThumbnail"] is True
        assert world.made("PUT", one, {**shown, "hasThumbnail": False})["hasThumbnail"] is True

    @pytest.mark.parametrize("content", [b"<svg onload='x'/>", b"", PNG + bytes(BYTES_MAX)])
    def test_400_what_is_no_picture(self, world: PublisherWorld, one: str, content: bytes) -> None:
        before = world.writes
        assert blamed(world.form("PUT", f"{one}/thumbnail", file=content)) == ["file"]
        assert world.writes == before


class TestEndpoints:
    @pytest.fixture
    def place(self, world: PublisherWorld) -> str:
        return f"/apis/{world.design()['id']}/endpoints"

    def test_they_are_added_read_changed_and_deleted_without_their_secrets(
        self, world: PublisherWorld, place: str
    ) -> None:
        made = world.call("POST", place, NAMED)
        one = f"{place}/{made.json['id']}"
        assert (made.status, made.headers["Location"]) == (201, f"/api/am/publisher/v4{one}")
        assert "hidden" not in made.text
        assert world.made("GET", one) == made.json
        changed = world.made("PUT", one, {**made.json, "name": "Faster"})
        assert world.made("GET", place)["list"] == [changed]
        (kept,) = world.apis.get(SUPER_TENANT, place.split("/")[2]).document["apiEndpoints"]
        assert kept["endpointConfig"]["endpoint_security"] == SECRET
        assert world.call("DELETE", one).status == 200
        assert (world.call("GET", one).status, world.call("DELETE", one).status) == (404, 404)

    def test_they_are_not_part_of_the_api_s_document_and_survive_its_update(
        self, world: PublisherWorld, place: str
    ) -> None:
        world.made("POST", place, NAMED)
        api = place.removesuffix("/endpoints")
        shown = world.made("GET", api)
        assert "apiEndpoints" not in shown
        world.made("PUT", api, shown)
        assert world.made("GET", place)["count"] == 1

    def test_409_names_are_unique_in_a_stage_and_primary_ones_stay(self, world: PublisherWorld, place: str) -> None:
        made = world.made("POST", place, NAMED)
        assert world.call("POST", place, {**NAMED, "name": "FAST"}).status == 409
        assert world.call("POST", place, {**NAMED, "deploymentStage": "SANDBOX"}).status == 201
        api = place.removesuffix("/endpoints")
        world.made("PUT", api, {**world.made("GET", api), "primaryProductionEndpointId": made["id"]})
        assert world.call("DELETE", f"{place}/{made['id']}").status == 409

    def test_400_more_than_there_may_be(self, world: PublisherWorld, place: str) -> None:
        for number in range(ENDPOINTS_MAX):
            world.made("POST", place, {**NAMED, "name": f"{number}"})
        assert blamed(world.call("POST", place, NAMED)) == ["name"]


def test_operations_are_listed_as_paths(world: PublisherWorld) -> None:
    operations = [{"verb": verb, "target": "/menu"} for verb in ("GET", "POST")]
    api = world.design(operations=operations)["id"]
    page = world.made("GET", f"/apis/{api}/resource-paths", query={"offset": 1})
    assert page["list"] == [{"id": 2, "resourcePath": "/menu", "httpVerb": "POST"}]


def test_monetization_is_set_and_shown(world: PublisherWorld) -> None:
    api = world.design()["id"]
    assert world.made("GET", f"/apis/{api}/monetization") == {"enabled": False, "properties": {}}
    wanted = {"enabled": True, "properties": {"account": "acct_1"}}
    assert world.call("POST", f"/apis/{api}/monetize", wanted).status == 201
    assert world.made("GET", f"/apis/{api}/monetization") == wanted
    assert world.made("GET", f"/apis/{api}")["monetization"] == wanted


def test_plans_that_count_events_are_listed_whole(world: PublisherWorld) -> None:
    plans = world.policies.all(SUPER_TENANT, PolicyKind.SUBSCRIPTION)
    counting = {plan.name for plan in plans if plan.document["defaultLimit"]["type"] == "EVENTCOUNTLIMIT"}
    listed = world.made("GET", "/throttling-policies/streaming/subscription")["list"]
    assert {plan["policyName"] for plan in listed} == counting != set()
    assert all(plan["defaultLimit"]["eventCount"]["eventCount"] > 0 for plan in listed)


class TestSurroundings:
    def test_roles_are_asked_for_by_name(self, world: PublisherWorld) -> None:
        world.tenants.provision(Tenant(domain=SUPER_TENANT), ["gold partners"])
        asked = {"Internal/creator": 200, "gold partners": 200, "nobody's": 404}
        assert {name: head(world, "/roles", name) for name in asked} == asked

    def test_callers_ask_for_their_own_roles(self, world: PublisherWorld) -> None:
        assert (head(world, "/me/roles", "kitchen", by="chef"), head(world, "/me/roles", "kitchen")) == (200, 404)

    def test_400_a_role_that_is_not_encoded(self, world: PublisherWorld) -> None:
        assert world.call("HEAD", "/roles/a%20b").status == 400

    def test_tenants_are_listed_by_state(self, world: PublisherWorld) -> None:
        for domain in ("b.example", "a.example"):
            world.tenants.add(Tenant(domain=domain))
        world.tenants.add(replace(Tenant(domain="c.example"), active=False))
        listed = world.made("GET", "/tenants", query={"limit": 1})
        assert (listed["list"], listed["pagination"]["total"]) == ([{"domain": "a.example", "status": "active"}], 2)
        closed = world.made("GET", "/tenants", query={"state": "inactive"})
        assert [one["domain"] for one in closed["list"]] == ["c.example"]
        assert blamed(world.call("GET", "/tenants", query={"state": "odd"})) == ["state"]
        assert [world.call("HEAD", f"/tenants/{one}").status for one in ("A.example", "d.example")] == [200, 404]

    def test_key_managers_begin_with_the_resident_one(self, world: PublisherWorld) -> None:
        listed = world.made("GET", "/key-managers")
        assert (listed["count"], listed["list"][0]["name"], listed["list"][0]["enabled"]) == (
            1,
            "Resident Key Manager",
            True,
        )

    def test_linter_rules_are_the_tenant_s_own(self, world: PublisherWorld) -> None:
        assert world.call("GET", "/linter-custom-rules").text == ""
        rules: dict[str, Any] = {"rules": {"operation-tags": "off"}}
        world.configurations.save(SUPER_TENANT, {"LinterCustomRules": rules})
        assert world.made("GET", "/linter-custom-rules") == rules


def head(world: PublisherWorld, path: str, name: str, by: str = "admin") -> int:
    text = base64.urlsafe_b64encode(name.encode()).decode()
    return int(world.call("HEAD", f"{path}/{text}", by=by).status)
