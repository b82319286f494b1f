"""New versions through the publisher interface: what is copied, and who comes along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.applications.application import Application, ApplicationStatus, Subscription
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.artifact import scope_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.publisher import ENDPOINTS, PublisherWorld, blamed

SCOPED = {
    "scopes": [{"scope": {"name": "cook", "bindings": ["kitchen"]}}],
    "operations": [{"verb": "GET", "target": "/menu", "scopes": ["cook"]}],
}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def copied(world: PublisherWorld, api_id: str, version: str = "2.0.0", **more: str) -> Any:
    return world.call("POST", "/apis/copy-api", query={"apiId": api_id, "newVersion": version, **more})


def subscribed(world: PublisherWorld, api_id: str, name: str = "Phone", **more: Any) -> Application:
    known = world.applications.get(SUPER_TENANT, f"app-{name}")
    application = known or world.applications.add(
        Application(tenant=SUPER_TENANT, id=f"app-{name}", name=name, owner="mary", policy="Unlimited")
    )
    wanted = Subscription(
        tenant=SUPER_TENANT, id=f"{name}-{api_id}", application_id=application.id, api_id=api_id, policy="Unlimited"
    )
    world.kept_subscriptions.add(replace(wanted, **more), application, world.apis.get(SUPER_TENANT, api_id))
    return application


def subscriptions(world: PublisherWorld, api_id: str) -> list[tuple[str, str, str]]:
    found = world.kept_subscriptions.of_api(SUPER_TENANT, api_id)
    return [(one.application_id, one.policy, one.status) for one in found]


class TestCopying:
    def test_201_a_new_version_is_like_the_old_one_but_unpublished(self, world: PublisherWorld) -> None:
        made = world.design(tags=["food"], **SCOPED)
        world.change(made["id"], "Publish")
        copy = copied(world, made["id"])
        assert (copy.status, copy.headers["Location"]) == (201, f"/api/am/publisher/v4/apis/{copy.json['id']}")
        differing = {"id", "version", "lifeCycleStatus", "createdTime", "lastUpdatedTime", "lastUpdatedTimestamp"}
        assert {name for name in made if made[name] != copy.json[name]} <= differing
        assert (copy.json["version"], copy.json["lifeCycleStatus"]) == ("2.0.0", "CREATED")
        definition = world.made("GET", f"/apis/{copy.json['id']}/swagger")
        assert (definition["info"]["version"], list(definition["paths"])) == ("2.0.0", ["/menu"])

    def test_it_has_the_secrets_and_the_documents_of_the_old_one(self, world: PublisherWorld) -> None:
        security = {"production": {"enabled": True, "type": "basic", "username": "me", "password": "hidden"}}
        made = world.design(endpointConfig={**ENDPOINTS, "endpoint_security": security})
        guide = {"name": "Guide", "type": "HOWTO", "sourceType": "INLINE", "inlineContent": "Hot"}
        world.made("POST", f"/apis/{made['id']}/documents", guide)
        copy = copied(world, made["id"]).json["id"]
        kept = world.apis.get(SUPER_TENANT, copy).document["endpointConfig"]["endpoint_security"]
        assert kept["production"]["password"] == "hidden"
        (document,) = world.made("GET", f"/apis/{copy}/documents")["list"]
        content = world.call("GET", f"/apis/{copy}/documents/{document['documentId']}/content")
        assert (document["name"], content.text) == ("Guide", "Hot")

    def test_the_default_version_is_the_new_one_when_it_is_said(self, world: PublisherWorld) -> None:
        first = world.design(isDefaultVersion=True)["id"]
        assert copied(world, first).json["isDefaultVersion"] is False
        third = copied(world, first, "3.0.0", defaultVersion="true").json
        assert third["isDefaultVersion"] is True
        assert world.made("GET", f"/apis/{first}")["isDefaultVersion"] is False

    def test_scopes_hold_for_tokens_until_the_last_version_lets_go(self, world: PublisherWorld) -> None:
        first = world.design(**SCOPED)["id"]
        second = copied(world, first).json["id"]
        assert world.call("DELETE", f"/apis/{first}").status == 200
        assert world.artifact(scope_key(SUPER_TENANT, "cook")) == {"roles": ["kitchen"]}
        assert world.call("DELETE", f"/apis/{second}").status == 200
        assert world.artifact(scope_key(SUPER_TENANT, "cook")) is None

    def test_refused_copies_write_nothing(self, world: PublisherWorld) -> None:
        first = world.design()["id"]
        before = world.writes
        assert copied(world, first, "1.0.0").json["code"] == 900252
        assert blamed(copied(world, first, "a b")) == ["newVersion"]
        assert blamed(copied(world, first, defaultVersion="maybe")) == ["defaultVersion"]
        assert (copied(world, "0").status, world.writes) == (404, before)


class TestSuccession:
    @pytest.fixture
    def versions(self, world: PublisherWorld) -> tuple[str, str]:
        first = world.design(policies=["Unlimited", "Gold"])["id"]
        world.change(first, "Publish")
        return first, copied(world, first).json["id"]

    def test_subscribers_come_along_with_their_plans_when_it_is_published(
        self, world: PublisherWorld, versions: tuple[str, str]
    ) -> None:
        first, second = versions
        subscribed(world, first, "Phone", policy="Gold")
        subscribed(world, first, "Desk", status=SubscriptionStatus.BLOCKED)
        assert subscriptions(world, second) == []
        assert world.change(second, "Publish").status == 200
        assert subscriptions(world, second) == [
            ("app-Desk", "Unlimited", "BLOCKED"),
            ("app-Phone", "Gold", "UNBLOCKED"),
        ]
        assert len(subscriptions(world, first)) == 2

    def test_they_stay_behind_when_they_shall_subscribe_anew(
        self, world: PublisherWorld, versions: tuple[str, str]
    ) -> None:
        first, second = versions
        subscribed(world, first)
        world.change(second, "Publish", lifecycleChecklist="Requires re-subscription when publishing the API:true")
        assert subscriptions(world, second) == []

    def test_who_is_there_already_or_going_is_left_alone(
        self, world: PublisherWorld, versions: tuple[str, str]
    ) -> None:
        first, second = versions
        subscribed(world, first, "Phone", policy="Gold")
        subscribed(world, second, "Phone")
        subscribed(world, first, "Waiting", status=SubscriptionStatus.ON_HOLD)
        going = subscribed(world, first, "Going")
        world.applications.withdraw(world.applications.get(SUPER_TENANT, going.id) or going)
        assert world.applications.get(SUPER_TENANT, going.id).status is ApplicationStatus.DELETE_PENDING  # type: ignore[union-attr]
        world.change(second, "Publish")
        assert subscriptions(world, second) == [("app-Phone", "Unlimited", "UNBLOCKED")]

    def test_plans_that_the_new_version_does_not_offer_are_not_carried_over(
        self, world: PublisherWorld, versions: tuple[str, str]
    ) -> None:
        first, second = versions
        subscribed(world, first, policy="Gold")
        world.made("PUT", f"/apis/{second}", {**world.made("GET", f"/apis/{second}"), "policies": ["Unlimited"]})
        world.change(second, "Publish")
        assert subscriptions(world, second) == []

    def test_publishing_again_brings_nobody(self, world: PublisherWorld, versions: tuple[str, str]) -> None:
        first, second = versions
        world.change(second, "Publish")
        subscribed(world, first)
        world.change(second, "Block")
        world.change(second, "Re-Publish")
        assert subscriptions(world, second) == []


class TestQuestions:
    def test_names_and_contexts_are_taken_or_not(self, world: PublisherWorld) -> None:
        world.design(accessControl="RESTRICTED", accessControlRoles=["kitchen"])
        asked = {
            "name:pizza": 200,
            "Pizza": 200,
            'name:"Pizza"': 200,
            "context:/pizza": 200,
            "/PIZZA": 200,
            "/pizza/1.0.0": 200,
            "name:pizz": 404,
            "context:/pizz": 404,
            "name:/pizza": 404,
        }
        answers = {
            query: world.call("POST", "/apis/validate", query={"query": query}, by="baker").status for query in asked
        }
        assert answers == asked

    def test_an_endpoint_is_asked_and_the_answer_told(self, world: PublisherWorld) -> None:
        world.remote.contents["https://there.example"] = b""
        world.remote.silent.add("https://silent.example")

        def probed(url: str) -> Any:
            return world.made("POST", "/apis/validate-endpoint", query={"endpointUrl": url})

        assert probed("https://there.example") == {"statusCode": 200, "statusMessage": "OK", "error": None}
        assert probed("https://absent.example")["statusCode"] == 404
        silent = {"statusCode": 0, "statusMessage": "", "error": "does not answer"}
        assert probed("https://silent.example") == silent
        odd = world.call("POST", "/apis/validate-endpoint", query={"endpointUrl": "file:///etc/passwd"})
        assert (odd.status, odd.json["code"]) == (400, 900756)
