"""The admin interface, through its surface."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.controlplane.throttling.policies import seed
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT
from tests.worlds.admin import POLICIES, AdminWorld

if TYPE_CHECKING:
    from collections.abc import Callable


KINDS = ("application", "subscription", "advanced")


def per_minute(name: str, count: int, **more: Any) -> dict[str, Any]:
    timing = {"timeUnit": "min", "unitTime": 1, "requestCount": count}
    return {"policyName": name, "defaultLimit": {"type": "REQUESTCOUNTLIMIT", "requestCount": timing}, **more}


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("application", {"50PerMin", "20PerMin", "10PerMin", "Unlimited"}),
        ("advanced", {"50KPerMin", "20KPerMin", "10KPerMin", "Unlimited"}),
    ],
)
def test_200_every_tenant_has_the_default_tiers(world: AdminWorld, kind: str, names: set[str]) -> None:
    answer = world.call("GET", f"{POLICIES}/{kind}")
    assert answer.status == 200
    assert {policy["policyName"] for policy in answer.json["list"]} == names
    assert answer.json["count"] == len(names)
    assert "pagination" not in answer.json


def test_the_default_plans_are_enforced_as_they_read(world: AdminWorld) -> None:
    assert world.terms("subscription", "Gold") == {"name": "Gold", "limits": [{"count": 5000, "seconds": 60}]}
    assert world.terms("subscription", "Unlimited") == {"name": "Unlimited"}
    events = {"count": 10_000, "seconds": 30 * 86_400, "unit": "events"}
    assert world.terms("subscription", "AsyncWHGold")["limits"] == [events]
    tokens = {"count": 1000, "seconds": 60, "unit": "total-tokens"}
    assert world.terms("subscription", "AIBronze")["limits"] == [{"count": 10, "seconds": 60}, tokens]


def test_seeding_again_writes_nothing(world: AdminWorld) -> None:
    written = world.policies.writes
    seed(world.policies, SUPER_TENANT)
    assert world.policies.writes == written


@pytest.mark.parametrize("kind", KINDS)
def test_201_a_new_policy_reads_as_it_was_written_and_is_enforced(world: AdminWorld, kind: str) -> None:
    made = world.call("POST", f"{POLICIES}/{kind}", per_minute("7PerMin", 7, description="seven"))
    assert made.status == 201
    assert made.headers["Location"] == f"/api/am/admin/v4{POLICIES}/{kind}/{made.json['policyId']}"
    again = world.call("GET", f"{POLICIES}/{kind}/{made.json['policyId']}")
    assert again.status == 200
    assert again.json == made.json
    assert again.json["displayName"] == "7PerMin"
    assert again.json["description"] == "seven"
    assert again.json["isDeployed"] is True
    assert again.json["type"] == f"{kind.capitalize()}ThrottlePolicy"
    assert world.terms(kind, "7PerMin")["limits"] == [{"count": 7, "seconds": 60}]


@pytest.mark.parametrize("kind", KINDS)
def test_200_what_was_read_can_be_written_back(world: AdminWorld, kind: str) -> None:
    made = world.call("POST", f"{POLICIES}/{kind}", per_minute("7PerMin", 7)).json
    made["defaultLimit"]["requestCount"]["requestCount"] = 8
    answer = world.call("PUT", f"{POLICIES}/{kind}/{made['policyId']}", made)
    assert answer.status == 200
    assert answer.json == made
    assert world.terms(kind, "7PerMin")["limits"] == [{"count": 8, "seconds": 60}]


def test_a_change_of_a_policy_reaches_the_environments(world: AdminWorld) -> None:
    before = world.artifacts.epoch(SUPER_TENANT)["policies"]
    policy_id = world.id_of("application", "50PerMin")
    world.call("PUT", f"{POLICIES}/application/{policy_id}", per_minute("50PerMin", 51))
    assert world.artifacts.epoch(SUPER_TENANT)["policies"] > before


def test_a_burst_is_enforced_beside_the_quota(world: AdminWorld) -> None:
    plan = per_minute("Bursty", 100, rateLimitCount=5, rateLimitTimeUnit="sec", stopOnQuotaReach=True)
    world.call("POST", f"{POLICIES}/subscription", plan)
    assert world.terms("subscription", "Bursty") == {
        "name": "Bursty",
        "limits": [{"count": 100, "seconds": 60}],
        "burst": {"count": 5, "seconds": 1},
    }
    tier = per_minute("Bursty", 100, burstLimit={"rateLimitCount": 6, "rateLimitTimeUnit": "min"})
    world.call("POST", f"{POLICIES}/application", tier)
    assert world.terms("application", "Bursty")["burst"] == {"count": 6, "seconds": 60}


def test_a_plan_that_does_not_say_so_lets_calls_over_its_quota_through(world: AdminWorld) -> None:
    world.call("POST", f"{POLICIES}/subscription", per_minute("Soft", 10))
    assert world.terms("subscription", "Soft")["stop"] is False
    world.call("POST", f"{POLICIES}/subscription", per_minute("Hard", 10, stopOnQuotaReach=True))
    assert "stop" not in world.terms("subscription", "Hard")


@pytest.mark.parametrize(
    ("unit", "seconds"),
    [("sec", 1), ("min", 60), ("minute", 60), ("hours", 3600), ("day", 86_400), ("month", 2_592_000)],
)
def test_windows_have_the_length_their_unit_says(world: AdminWorld, unit: str, seconds: int) -> None:
    document = per_minute("Long", 10)
    document["defaultLimit"]["requestCount"] |= {"timeUnit": unit, "unitTime": 2}
    assert world.call("POST", f"{POLICIES}/application", document).status == 201
    assert world.terms("application", "Long")["limits"] == [{"count": 10, "seconds": 2 * seconds}]


@pytest.mark.parametrize(
    "more",
    [
        {"permissions": {"permissionType": "ALLOW", "roles": ["Internal/everyone"]}},
        {"billingPlan": "FREE", "monetization": {"monetizationPlan": "FIXEDRATE", "properties": {"fixedPrice": ""}}},
        {"rateLimitCount": -1, "rateLimitTimeUnit": "NA"},
        {"customAttributes": [{"name": "color", "value": "gold"}], "graphQLMaxDepth": 0, "subscriberCount": 0},
    ],
)
def test_201_what_changes_nothing_is_accepted(world: AdminWorld, more: dict[str, Any]) -> None:
    assert world.call("POST", f"{POLICIES}/subscription", per_minute("Plan", 10, **more)).status == 201
    assert "burst" not in world.terms("subscription", "Plan")


def test_200_what_a_plan_says_to_people_is_kept_as_it_was_written(world: AdminWorld) -> None:
    said = {
        "billingPlan": "COMMERCIAL",
        "monetization": {"monetizationPlan": "DYNAMICRATE", "properties": {"currency": "EUR"}},
        "customAttributes": [{"name": "color", "value": "gold"}],
        "permissions": {"permissionType": "DENY", "roles": ["Internal/creator"]},
        "subscriberCount": 3,
        "graphQLMaxDepth": 4,
        "graphQLMaxComplexity": 5,
    }
    made = world.call("POST", f"{POLICIES}/subscription", per_minute("Paid", 10, **said)).json
    assert {name: made[name] for name in said} == said
    assert world.call("PUT", f"{POLICIES}/subscription/{made['policyId']}", made).json == made
    assert (
        world.terms("subscription", "Paid")["max_depth"],
        world.terms("subscription", "Paid")["max_complexity"],
    ) == (4, 5)


@pytest.mark.parametrize("kind", KINDS)
def test_409_the_same_name_twice_in_a_kind(world: AdminWorld, kind: str) -> None:
    assert world.call("POST", f"{POLICIES}/{kind}", per_minute("Same", 1)).status == 201
    written = world.policies.writes
    assert world.call("POST", f"{POLICIES}/{kind}", per_minute("Same", 2)).status == 409
    assert world.call("POST", f"{POLICIES}/{kind}", per_minute("Unlimited", 2)).status == 409
    assert world.policies.writes == written
    assert world.terms(kind, "Same")["limits"] == [{"count": 1, "seconds": 60}]


@pytest.mark.parametrize("kind", KINDS)
def test_200_a_deleted_policy_is_gone_and_not_enforced(world: AdminWorld, kind: str) -> None:
    policy_id = world.call("POST", f"{POLICIES}/{kind}", per_minute("Gone", 1)).json["policyId"]
    answer = world.call("DELETE", f"{POLICIES}/{kind}/{policy_id}")
    assert (answer.status, answer.text) == (200, "")
    assert world.call("GET", f"{POLICIES}/{kind}/{policy_id}").status == 404
    assert world.terms(kind, "Gone") is None


@pytest.mark.parametrize(
    ("kind", "name", "status", "code"),
    [
        ("advanced", "10KPerMin", 403, 900971),
        ("application", "10PerMin", 409, 409),
        ("subscription", "Gold", 409, 409),
        ("subscription", "Unlimited", 403, 403),
        ("subscription", "Unauthenticated", 403, 403),
    ],
)
def test_a_policy_in_use_or_built_in_is_not_deleted(
    world: AdminWorld, kind: str, name: str, status: int, code: int
) -> None:
    written = world.policies.writes
    answer = world.call("DELETE", f"{POLICIES}/{kind}/{world.id_of(kind, name)}")
    assert (answer.status, answer.json["code"]) == (status, code)
    assert world.policies.writes == written


def test_403_unlimited_stays_without_limit(world: AdminWorld) -> None:
    policy_id = world.id_of("application", "Unlimited")
    answer = world.call("PUT", f"{POLICIES}/application/{policy_id}", per_minute("Unlimited", 5))
    assert answer.status == 403
    assert world.terms("application", "Unlimited") == {"name": "Unlimited"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_404_of_a_foreign_tenant_and_of_another_kind_as_of_nothing(world: AdminWorld, method: str) -> None:
    policy_id = world.id_of("application", "50PerMin")
    body = per_minute("50PerMin", 1) if method == "PUT" else None
    absent = world.call(method, f"{POLICIES}/application/no-such-id", body)
    foreign = world.call(method, f"{POLICIES}/application/{policy_id}", body, by=f"admin@{OTHER_TENANT}")
    other_kind = world.call(method, f"{POLICIES}/subscription/{policy_id}", body)
    assert absent.status == 404
    assert absent.json["code"] == 903005
    assert absent.text == foreign.text == other_kind.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("by", [None, "mary", "nobody"])
def test_401_without_the_scope(world: AdminWorld, method: str, by: str | None) -> None:
    body = per_minute("Mine", 1) if method == "POST" else None
    written = world.policies.writes
    assert world.call(method, f"{POLICIES}/application", body, by=by).status == 401
    assert world.policies.writes == written


def test_200_publishers_may_look_at_tiers_and_not_change_them(world: AdminWorld) -> None:
    assert world.call("GET", f"{POLICIES}/subscription", by="paul").status == 200
    assert world.call("POST", f"{POLICIES}/subscription", per_minute("Mine", 1), by="paul").status == 401


def _bandwidth(document: dict[str, Any]) -> None:
    timing = {"timeUnit": "min", "unitTime": 1, "dataAmount": 5, "dataUnit": "TB"}
    document["defaultLimit"] = {"type": "BANDWIDTHLIMIT", "bandwidth": timing}


def _tokens(document: dict[str, Any]) -> None:
    quota = {"timeUnit": "min", "unitTime": 1, "requestCount": 5, "totalTokenCount": 9}
    document["defaultLimit"] = {"type": "AIAPIQUOTALIMIT", "aiApiQuota": quota}


def _events(document: dict[str, Any]) -> None:
    timing = {"timeUnit": "min", "unitTime": 1, "eventCount": 5}
    document["defaultLimit"] = {"type": "EVENTCOUNTLIMIT", "eventCount": timing}


def _second_member(document: dict[str, Any]) -> None:
    document["defaultLimit"]["eventCount"] = {"timeUnit": "min", "unitTime": 1, "eventCount": 5}


def setting(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for parent in parents:
            document = document[parent]
        if value is KeyError:
            del document[last]
        else:
            document[last] = value

    return change


ANY = [
    ("policyName", setting("policyName", KeyError)),
    ("policyName", setting("policyName", "")),
    ("policyName", setting("policyName", "x" * 61)),
    ("policyName", setting("policyName", "two words")),
    ("policyName", setting("policyName", "a/b")),
    ("policyName", setting("policyName", "newline\n")),
    ("policyName", setting("policyName", 7)),
    ("displayName", setting("displayName", "x" * 513)),
    ("description", setting("description", "x" * 1025)),
    ("isDeployed", setting("isDeployed", "yes")),
    ("type", setting("type", "CustomRule")),
    ("surprise", setting("surprise", 1)),
    ("defaultLimit", setting("defaultLimit", KeyError)),
    ("defaultLimit", setting("defaultLimit", [])),
    ("defaultLimit.type", setting("defaultLimit.type", KeyError)),
    ("defaultLimit.type", setting("defaultLimit.type", "WISHFUL")),
    ("defaultLimit.bandwidth.dataUnit", _bandwidth),
    ("defaultLimit.surprise", setting("defaultLimit.surprise", 1)),
    ("defaultLimit.eventCount", _second_member),
    ("defaultLimit.requestCount", setting("defaultLimit.requestCount", None)),
    ("defaultLimit.requestCount.requestCount", setting("defaultLimit.requestCount.requestCount", 0)),
    ("defaultLimit.requestCount.requestCount", setting("defaultLimit.requestCount.requestCount", -5)),
    ("defaultLimit.requestCount.requestCount", setting("defaultLimit.requestCount.requestCount", 1.5)),
    ("defaultLimit.requestCount.requestCount", setting("defaultLimit.requestCount.requestCount", "5")),
    ("defaultLimit.requestCount.requestCount", setting("defaultLimit.requestCount.requestCount", 2**53)),
    ("defaultLimit.requestCount.unitTime", setting("defaultLimit.requestCount.unitTime", 0)),
    ("defaultLimit.requestCount.unitTime", setting("defaultLimit.requestCount.unitTime", 2**31 - 1)),
    ("defaultLimit.requestCount.timeUnit", setting("defaultLimit.requestCount.timeUnit", "fortnight")),
    ("defaultLimit.requestCount.timeUnit", setting("defaultLimit.requestCount.timeUnit", KeyError)),
]
OF_KIND = [
    ("advanced", "defaultLimit.type", _events),
    ("advanced", "burstLimit", setting("burstLimit", {})),
    ("application", "conditionalGroups", setting("conditionalGroups", [])),
    ("application", "defaultLimit.type", _tokens),
    ("application", "burstLimit.rateLimitCount", setting("burstLimit", {"rateLimitCount": -2})),
    ("application", "burstLimit.rateLimitTimeUnit", setting("burstLimit", {"rateLimitCount": 2})),
    ("subscription", "rateLimitTimeUnit", setting("rateLimitCount", 4)),
    ("subscription", "rateLimitCount", setting("rateLimitCount", "4")),
    ("subscription", "stopOnQuotaReach", setting("stopOnQuotaReach", "true")),
    ("subscription", "monetization", setting("billingPlan", "COMMERCIAL")),
    ("subscription", "billingPlan", setting("billingPlan", "CHEAP")),
    ("subscription", "permissions.roles", setting("permissions", {"permissionType": "DENY", "roles": []})),
    ("subscription", "permissions.roles", setting("permissions", {"permissionType": "ALLOW"})),
    ("subscription", "customAttributes.0.value", setting("customAttributes", [{"name": "a"}])),
    ("subscription", "subscriberCount", setting("subscriberCount", -3)),
    ("subscription", "graphQLMaxDepth", setting("graphQLMaxDepth", -3)),
    ("subscription", "graphQLMaxComplexity", setting("graphQLMaxComplexity", 10**9)),
]
BAD = [(kind, path, change) for kind in KINDS for path, change in ANY] + OF_KIND


@pytest.mark.parametrize(
    ("kind", "path", "change"), BAD, ids=[f"{kind}-{path}-{n}" for n, (kind, path, _) in enumerate(BAD)]
)
def test_400_names_the_field_and_writes_nothing(
    world: AdminWorld, kind: str, path: str, change: Callable[[dict[str, Any]], None]
) -> None:
    known = world.call("POST", f"{POLICIES}/{kind}", per_minute("Known", 3)).json
    written = world.policies.writes
    created = copy.deepcopy(per_minute("New", 3))
    change(created)
    updated = copy.deepcopy(per_minute("Known", 3))
    change(updated)
    for answer in (
        world.call("POST", f"{POLICIES}/{kind}", created),
        world.call("PUT", f"{POLICIES}/{kind}/{known['policyId']}", updated),
    ):
        assert answer.status == 400
        assert [problem["code"] for problem in answer.json["error"]] == [f"400_{path}"]
        assert path in answer.json["description"]
    assert world.policies.writes == written


def test_400_a_policy_is_not_renamed(world: AdminWorld) -> None:
    policy_id = world.id_of("application", "50PerMin")
    answer = world.call("PUT", f"{POLICIES}/application/{policy_id}", per_minute("Other", 50))
    assert answer.status == 400
    assert answer.json["error"][0]["code"] == "400_policyName"


@pytest.mark.parametrize("body", ["", "{", "[]", "null", b"\xff"])
def test_400_no_document_at_all(world: AdminWorld, body: Any) -> None:
    assert world.call("POST", f"{POLICIES}/application", body).status == 400


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("type:app", {"10PerMin", "20PerMin", "50PerMin", "Unlimited"}),
        ("type:sub gold", {"Gold", "AsyncGold", "AsyncWHGold", "AIGold"}),
        ("type:sub name:Gold", {"Gold"}),
        ("type:sub name:gold", set()),
        ('type:sub name:"Gold"', {"Gold"}),
        ('"Gold"', {"Gold"}),
        ("kpermin", {"10KPerMin", "20KPerMin", "50KPerMin"}),
        ("type:global", set()),
    ],
)
def test_200_policies_are_found_by_kind_and_name(world: AdminWorld, query: str, names: set[str]) -> None:
    answer = world.call("GET", f"{POLICIES}/search", query={"query": query})
    assert answer.status == 200
    assert {policy["policyName"] for policy in answer.json["list"]} == names
    assert answer.json["count"] == len(names)


def test_400_a_search_for_what_policies_do_not_have(world: AdminWorld) -> None:
    for query in ("color:red", "type:wonderful", "part:gold", ":gold"):
        answer = world.call("GET", f"{POLICIES}/search", query={"query": query})
        assert answer.status == 400
        assert answer.json["error"][0]["code"] == "400_query"


def test_200_the_settings_are_for_everybody(world: AdminWorld) -> None:
    answer = world.call("GET", "/settings", by=None)
    assert answer.status == 200
    both = {scope for operation in world.interface.operations for scope in operation.scopes}
    assert set(answer.json["scopes"]) == both, "who logs in asks for those of the traffic manager, too"


@pytest.mark.parametrize("root", ["/api/am/admin", "/api/am/admin/v4", "/api/am/admin/v4.5"])
def test_200_below_every_form_of_the_base_path(world: AdminWorld, root: str) -> None:
    assert world.call("GET", "/settings", by=None, root=root).status == 200
