"""The life of an API through the publisher's surface: what leads where, and what the gateway is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.controlplane.publishing.lifecycles import CHECKLIST
from gatehouse.domain.artifact import revision_key, route_key, state_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.lifecycle import TRANSITIONS
from gatehouse.domain.publishing.lifecycle import LifecycleState as S
from gatehouse.domain.throttling.policy import PolicyKind
from tests.callers import OTHER_TENANT
from tests.worlds.publisher import ENDPOINTS, GATEWAY, PublisherWorld, api, blamed, definition

DEPRECATE_OLDER, RESUBSCRIBE = CHECKLIST
UNHEARD = "00000000-0000-0000-0000-000000000000"
WAY_TO = {
    S.CREATED: [],
    S.PROTOTYPED: ["Deploy as a Prototype"],
    S.PUBLISHED: ["Publish"],
    S.BLOCKED: ["Publish", "Block"],
    S.DEPRECATED: ["Publish", "Deprecate"],
    S.RETIRED: ["Publish", "Deprecate", "Retire"],
}
EVENTS = sorted({event for events in TRANSITIONS.values() for event in events})


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def lived(world: PublisherWorld, state: S, **more: Any) -> str:
    """The id of an API in this state."""
    api_id = str(world.design(**more)["id"])
    for event in WAY_TO[state]:
        assert world.change(api_id, event).status == 200
    return api_id


def state_of(world: PublisherWorld, api_id: str) -> str:
    return str(world.made("GET", f"/apis/{api_id}")["lifeCycleStatus"])


def told(world: PublisherWorld, api_id: str) -> Any:
    """The state that the gateway knows."""
    return world.artifact(state_key(SUPER_TENANT, api_id))


@pytest.mark.parametrize(
    ("state", "event", "target"),
    [(state, event, target) for state, events in TRANSITIONS.items() for event, target in events.items()],
)
def test_200_an_event_that_the_state_knows_leads_on(world: PublisherWorld, state: S, event: str, target: S) -> None:
    api_id = lived(world, state)
    answer = world.change(api_id, event)
    assert answer.status == 200, answer.text
    assert answer.json["workflowStatus"] == "APPROVED"
    assert answer.json["lifecycleState"] == world.made("GET", f"/apis/{api_id}/lifecycle-state")
    assert answer.json["lifecycleState"]["state"] == target.title()
    assert state_of(world, api_id) == target


@pytest.mark.parametrize(
    ("state", "event"),
    [(state, event) for state in S for event in [*EVENTS, "publish", "Fly"] if event not in TRANSITIONS[state]],
)
def test_400_any_other_event_names_those_the_state_knows(world: PublisherWorld, state: S, event: str) -> None:
    api_id = lived(world, state)
    before = world.writes
    refused = world.change(api_id, event)
    assert (refused.status, refused.json["code"]) == (400, 903234)
    assert all(known in refused.json["description"] for known in TRANSITIONS[state] or ["none"])
    assert (world.writes, state_of(world, api_id)) == (before, state)


@pytest.mark.parametrize("state", S)
def test_200_a_state_tells_where_it_leads(world: PublisherWorld, state: S) -> None:
    shown = world.made("GET", f"/apis/{lived(world, state)}/lifecycle-state")
    assert shown["state"] == state.title()
    assert {way["event"]: way["targetState"] for way in shown["availableTransitions"]} == {
        event: target.title() for event, target in TRANSITIONS[state].items()
    }
    checklist = CHECKLIST if state in {S.CREATED, S.PROTOTYPED} else ()
    assert [item["name"] for item in shown["checkItems"]] == list(checklist)


def test_200_the_history_has_every_step_oldest_first(world: PublisherWorld) -> None:
    api_id = str(world.design(by="carol")["id"])
    world.clock.advance(60)
    publish = {"action": "Publish", "apiId": api_id}
    assert world.call("POST", "/apis/change-lifecycle", by="paul", query=publish).status == 200
    history = world.made("GET", f"/apis/{api_id}/lifecycle-history")
    assert history["count"] == 2
    assert [list(step.values()) for step in history["list"]] == [
        [None, "Created", "carol", "2023-11-14T22:13:20Z"],
        ["Created", "Published", "paul", "2023-11-14T22:14:20Z"],
    ]


@pytest.mark.parametrize("missing", ["action", "apiId"])
def test_400_names_the_parameter_that_is_missing(world: PublisherWorld, missing: str) -> None:
    query = {"action": "Publish", "apiId": world.design()["id"]}
    del query[missing]
    assert blamed(world.call("POST", "/apis/change-lifecycle", query=query)) == [missing]


@pytest.mark.parametrize("checklist", ["Buy milk:true", RESUBSCRIBE, f"{RESUBSCRIBE}:perhaps", f"{RESUBSCRIBE}:true,x"])
def test_400_a_checklist_that_nobody_knows_changes_nothing(world: PublisherWorld, checklist: str) -> None:
    api_id = lived(world, S.CREATED)
    assert blamed(world.change(api_id, "Publish", lifecycleChecklist=checklist)) == ["lifecycleChecklist"]
    assert state_of(world, api_id) == "CREATED"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"endpointConfig": None}, "endpointConfig"),
        ({"endpointConfig": {**ENDPOINTS, "production_endpoints": {"url": ""}}}, "endpointConfig"),
        ({"policies": []}, "policies"),
    ],
)
def test_400_names_what_a_published_api_must_have(world: PublisherWorld, more: dict[str, Any], field: str) -> None:
    api_id = lived(world, S.CREATED, **more)
    assert blamed(world.change(api_id, "Publish")) == [field]
    assert world.change(api_id, "Deploy as a Prototype").status == 200


@pytest.mark.parametrize(
    "more",
    [
        {"endpointConfig": {"endpoint_type": "http", "sandbox_endpoints": {"url": "https://sandbox.example"}}},
        {"policies": [], "securityScheme": ["api_key"]},
    ],
)
def test_200_a_sandbox_is_enough_to_publish_and_plans_are_for_oauth2(
    world: PublisherWorld, more: dict[str, Any]
) -> None:
    lived(world, S.PUBLISHED, **more)


def versions(world: PublisherWorld, *published: str) -> dict[str, str]:
    ids = {version: str(world.design(version=version)["id"]) for version in published}
    for api_id in ids.values():
        assert world.change(api_id, "Publish").status == 200
    return ids


@pytest.mark.parametrize(("asked", "left"), [("true", "DEPRECATED"), ("false", "PUBLISHED")])
def test_200_older_published_versions_are_deprecated_on_request(world: PublisherWorld, asked: str, left: str) -> None:
    ids = versions(world, "1.9.0", "2.0.0")
    trial = world.design(version="1.0.0")["id"]
    assert world.change(trial, "Deploy as a Prototype").status == 200
    other = world.design("Burger", "1.0.0")["id"]
    assert world.change(other, "Publish").status == 200
    new = world.design(version="1.10.0")["id"]
    checklist = f"{DEPRECATE_OLDER}:{asked}, {RESUBSCRIBE}:false"
    assert world.change(new, "Publish", lifecycleChecklist=checklist).status == 200
    assert state_of(world, ids["1.9.0"]) == left
    assert [state_of(world, one) for one in (ids["2.0.0"], other, new)] == ["PUBLISHED"] * 3
    assert state_of(world, trial) == "PROTOTYPED"


def test_the_gateway_is_told_the_state_of_what_is_deployed(world: PublisherWorld) -> None:
    api_id = lived(world, S.CREATED)
    assert world.change(api_id, "Publish").status == 200
    assert told(world, api_id) is None
    assert world.deploy(api_id, world.revision(api_id)["id"]).status == 201
    assert told(world, api_id) == {"state": "PUBLISHED"}
    before = world.artifacts.epoch(SUPER_TENANT)["apis"]
    assert world.change(api_id, "Block").status == 200
    assert told(world, api_id) == {"state": "BLOCKED"}
    assert world.artifacts.epoch(SUPER_TENANT)["apis"] > before


def test_a_retired_api_is_served_no_longer_and_keeps_neither_revisions_nor_subscriptions(world: PublisherWorld) -> None:
    api_id = lived(world, S.DEPRECATED)
    world.subscriptions.apis.add(api_id)
    world.revision(api_id)
    revision_id = world.revision(api_id)["id"]
    assert world.deploy(api_id, revision_id).status == 201
    assert world.change(api_id, "Retire").status == 200
    keys = (route_key(SUPER_TENANT, "/pizza/1.0.0"), revision_key(SUPER_TENANT, api_id))
    assert [world.artifact(key) for key in keys] == [None, None]
    assert told(world, api_id) is None
    assert world.made("GET", f"/apis/{api_id}/revisions")["count"] == 0
    assert world.made("GET", f"/apis/{api_id}/deployments") == []
    assert world.subscriptions.apis == set()


def test_400_a_retired_api_has_no_revisions_any_more(world: PublisherWorld) -> None:
    api_id = lived(world, S.RETIRED)
    refused = world.call("POST", f"/apis/{api_id}/revisions", {})
    assert (refused.status, refused.json["code"]) == (400, 903227)
    assert told(world, api_id) is None


def test_200_plans_are_shown_as_long_as_they_exist(world: PublisherWorld) -> None:
    api_id = lived(world, S.CREATED, policies=["Gold", "Bronze"])
    gold = world.policies.named(SUPER_TENANT, PolicyKind.SUBSCRIPTION, "Gold")
    assert gold is not None
    world.policies.remove(gold)
    plans = world.made("GET", f"/apis/{api_id}/subscription-policies")
    assert [(plan["name"], plan["policyLevel"]) for plan in plans] == [("Bronze", "subscription")]


@pytest.mark.parametrize(
    ("level", "name"), [("application", "10PerMin"), ("subscription", "Gold"), ("api", "10KPerMin")]
)
def test_200_policies_are_listed_by_level_and_found_by_name(world: PublisherWorld, level: str, name: str) -> None:
    page = world.made("GET", f"/throttling-policies/{level}", query={"limit": 1})
    assert (page["count"], page["pagination"]["next"]) == (1, f"/throttling-policies/{level}?limit=1&offset=1")
    found = world.made("GET", f"/throttling-policies/{level}/{name}")
    assert (found["name"], found["policyLevel"]) == (name, level)


@pytest.mark.parametrize(("path", "code"), [("weather", 404), ("weather/Gold", 404), ("api/Gold", 903005)])
def test_404_a_policy_or_a_level_that_is_not_there(world: PublisherWorld, path: str, code: int) -> None:
    refused = world.call("GET", f"/throttling-policies/{path}")
    assert (refused.status, refused.json["code"]) == (404, code)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nonsense"}])
def test_200_settings_are_read_before_anybody_has_logged_in(world: PublisherWorld, headers: dict[str, str]) -> None:
    settings = world.made("GET", "/settings", by=None, headers=headers)
    assert settings["environment"][0]["serverUrl"] == GATEWAY
    assert "apim:api_create" in settings["scopes"]


def answers(world: PublisherWorld, api_id: str, revision_id: str, by: str) -> dict[str, Any]:
    """What every operation on an API answers."""
    root, revision = f"/apis/{api_id}", {"revisionId": revision_id}
    where: list[dict[str, Any]] = [{"name": "Default"}]
    asked: list[tuple[str, str, Any, dict[str, str]]] = [
        ("GET", root, None, {}),
        ("PUT", root, api(), {}),
        ("DELETE", root, None, {}),
        ("GET", f"{root}/swagger", None, {}),
        ("GET", f"{root}/subscription-policies", None, {}),
        ("GET", f"{root}/lifecycle-state", None, {}),
        ("GET", f"{root}/lifecycle-history", None, {}),
        ("POST", "/apis/change-lifecycle", None, {"apiId": api_id, "action": "Publish"}),
        ("GET", f"{root}/revisions", None, {}),
        ("POST", f"{root}/revisions", {}, {}),
        ("GET", f"{root}/revisions/{revision_id}", None, {}),
        ("DELETE", f"{root}/revisions/{revision_id}", None, {}),
        ("GET", f"{root}/deployments", None, {}),
        ("POST", f"{root}/deploy-revision", where, revision),
        ("POST", f"{root}/undeploy-revision", where, revision),
        ("POST", f"{root}/undeploy-revision", where, {"revisionNumber": "1"}),
        ("POST", f"{root}/restore-revision", None, revision),
    ]
    found = {
        f"{method} {path}": world.call(method, path, body, by=by, query=query) for method, path, body, query in asked
    }
    found["redefine"] = world.form("PUT", f"{root}/swagger", by=by, apiDefinition=json.dumps(definition()))
    return {name.replace(api_id, UNHEARD): reply for name, reply in found.items()}


@pytest.mark.parametrize("by", ["baker", f"admin@{OTHER_TENANT}"])
def test_404_of_what_may_not_be_seen_is_that_of_what_does_not_exist(world: PublisherWorld, by: str) -> None:
    hidden = lived(world, S.CREATED, accessControl="RESTRICTED", accessControlRoles=["kitchen"])
    revision_id = world.revision(hidden)["id"]
    before = world.writes
    absent, forbidden = (answers(world, api_id, revision_id, by) for api_id in (UNHEARD, hidden))
    for name, reply in forbidden.items():
        assert (reply.status, reply.json["code"]) == (404, 900308), name
        assert reply.text.replace(hidden, UNHEARD) == absent[name].text, name
        assert reply.headers == absent[name].headers, name
    assert world.made("GET", "/apis", by=by)["list"] == []
    assert world.writes == before


@pytest.mark.parametrize("by", ["carol", "chef", "admin"])
def test_200_a_restricted_api_is_for_its_provider_its_roles_and_admins(world: PublisherWorld, by: str) -> None:
    made = world.design(accessControl="RESTRICTED", accessControlRoles=["kitchen"], by="carol")
    assert world.made("PUT", f"/apis/{made['id']}", made, by=by)["provider"] == "carol"
    assert world.made("GET", "/apis", by=by)["count"] == 1


@pytest.mark.parametrize(("by", "event"), [("mary", "Publish"), ("carol", "Publish"), (None, "Publish")])
def test_401_who_may_not_publish(world: PublisherWorld, by: str | None, event: str) -> None:
    query = {"action": event, "apiId": lived(world, S.CREATED)}
    assert world.call("POST", "/apis/change-lifecycle", by=by, query=query).status == 401
