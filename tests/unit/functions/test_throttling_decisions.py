"""Decisions for gateways that are not ours, through the traffic manager's surface, beside a gateway of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.applications.grant import ApplicationProfile, KeyType, SubscriptionStatus
from gatehouse.domain.artifact import Artifact, application_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import ApiType, DeployedOperation
from gatehouse.domain.throttling.limit import Rate, Unit
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from gatehouse.ports.throttling.counters import CountersDown
from tests.callers import OTHER_TENANT
from tests.calls import API_ID, APPLICATION_ID, menu_api
from tests.worlds.admin import AdminWorld
from tests.worlds.gateway import Running

if TYPE_CHECKING:
    from tests.callers import Reply

DECISIONS = "/throttling/decisions"
MARY = "mary@carbon.super"


class Beside:
    """Our gateway, and the traffic manager that another gateway asks."""

    def __init__(self) -> None:
        self.own = Running()
        self.world = self.own.world
        self.admin = AdminWorld(self.own)
        profile = ApplicationProfile(application_id=APPLICATION_ID, name="Kiosk", owner=MARY, policy="Unlimited")
        self.world.artifacts.publish([Artifact(application_key(SUPER_TENANT, APPLICATION_ID), profile.to_body())])

    def limit(self, count: int, unit: Unit = Unit.REQUESTS) -> None:
        limits = (Rate(count=count, seconds=60, unit=unit),)
        self.world.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Gold", limits=limits))

    def ask(self, by: str = "admin", **changes: Any) -> Reply:
        body: dict[str, Any] = {
            "apiId": API_ID,
            "resource": {"verb": "GET", "target": "/items"},
            "applicationId": APPLICATION_ID,
            "user": MARY,
            "clientIp": "203.0.113.7",
            **changes,
        }
        given = {name: value for name, value in body.items() if value is not None}
        reply: Reply = self.admin.call("POST", DECISIONS, given, by=by)
        return reply

    def admitted(self, **changes: Any) -> bool:
        answer = self.ask(**changes)
        assert answer.status == 200, answer.text
        return bool(answer.json["admitted"])


@pytest.fixture
def beside() -> Beside:
    return Beside()


def test_200_an_admitted_call_is_told_what_is_left(beside: Beside) -> None:
    beside.limit(5)
    answer = beside.ask()
    assert answer.status == 200
    reset = answer.json["limits"][0]["reset"]
    assert 1 <= reset <= 60
    assert answer.json == {
        "admitted": True,
        "limits": [
            {
                "name": "subscription",
                "unit": "requests",
                "limit": 5,
                "remaining": 4,
                "reset": reset,
                "windowSeconds": 60,
            }
        ],
        "code": None,
        "message": None,
        "description": None,
        "retryAfter": None,
        "nextAccessTime": None,
    }


def test_200_both_gateways_count_on_the_same_counters(beside: Beside) -> None:
    beside.limit(6)
    token = beside.world.token()
    answers = []
    for _ in range(5):
        answers.append(beside.admitted())
        answers.append(beside.own.call(token=token).status == 200)
    assert answers.count(True) == 6
    denied = beside.ask()
    assert denied.json["admitted"] is False
    assert denied.json["code"] == "900804"
    assert denied.json["message"] == "Message throttled out"
    assert denied.json["limits"][0]["remaining"] == 0
    assert 1 <= denied.json["retryAfter"] <= 60
    assert denied.json["nextAccessTime"] in denied.json["description"]
    beside.world.clock.advance(denied.json["retryAfter"])
    assert beside.admitted()


def test_200_the_api_may_be_named_by_context_and_version_and_the_resource_by_a_path(beside: Beside) -> None:
    assert beside.admitted(apiId=None, context="/menu", version="1.0.0", resource={"verb": "get", "target": "/items/7"})


def test_200_each_user_of_an_application_has_its_own_limit(beside: Beside) -> None:
    profile = ApplicationProfile(application_id=APPLICATION_ID, name="Kiosk", owner=MARY, policy="Small")
    beside.world.artifacts.publish([Artifact(application_key(SUPER_TENANT, APPLICATION_ID), profile.to_body())])
    beside.world.set_policy(PolicyKind.APPLICATION, Terms(name="Small", limits=(Rate(count=1, seconds=60),)))
    assert beside.admitted()
    assert not beside.admitted()
    assert beside.admitted(user="john@carbon.super")


def test_200_what_a_call_costs_is_what_is_counted(beside: Beside) -> None:
    beside.limit(1000, Unit.TOTAL_TOKENS)
    assert beside.ask(costs={"totalTokens": 700}).json["limits"][0]["remaining"] == 300
    assert not beside.admitted(costs={"totalTokens": 301})
    assert beside.admitted(costs={"totalTokens": 300, "requests": 0})
    assert not beside.admitted()


def test_200_without_an_application_calls_are_counted_by_address(beside: Beside) -> None:
    terms = Terms(name="Unauthenticated", limits=(Rate(count=1, seconds=60),))
    beside.world.set_policy(PolicyKind.SUBSCRIPTION, terms)
    nobody: dict[str, Any] = {"applicationId": None, "user": None}
    assert beside.admitted(**nobody)
    assert not beside.admitted(**nobody)
    assert beside.admitted(**nobody, clientIp="203.0.113.8")


def test_200_without_any_limit_nothing_is_counted(beside: Beside) -> None:
    beside.world.subscribe(policy="Unlimited")
    answer = beside.ask()
    assert (answer.json["admitted"], answer.json["limits"]) == (True, [])
    assert beside.own.counters.writes == 0


@pytest.mark.parametrize(
    ("status", "code"), [(SubscriptionStatus.BLOCKED, "900907"), (SubscriptionStatus.ON_HOLD, "900909")]
)
def test_200_a_subscription_that_does_not_admit_is_told_as_our_gateway_would(
    beside: Beside, status: SubscriptionStatus, code: str
) -> None:
    beside.world.subscribe(status)
    answer = beside.ask()
    assert (answer.status, answer.json["admitted"], answer.json["code"]) == (200, False, code)
    assert answer.json["retryAfter"] is None


def test_200_an_application_that_is_not_there_is_not_subscribed(beside: Beside) -> None:
    answer = beside.ask(applicationId="unheard")
    assert (answer.json["admitted"], answer.json["code"]) == (False, "900908")
    assert "unheard" in answer.json["description"]


def test_200_a_new_subscription_is_heard_of_at_once(beside: Beside) -> None:
    beside.world.subscribe(SubscriptionStatus.BLOCKED)
    assert not beside.admitted()
    beside.world.subscribe()
    assert beside.admitted()


def test_200_a_blocked_api_admits_nobody(beside: Beside) -> None:
    beside.world.deploy(menu_api(), state="BLOCKED")
    assert beside.ask().json["code"] == "700700"


def test_200_only_what_the_key_s_type_reaches(beside: Beside) -> None:
    beside.world.deploy(menu_api(sandbox=None))
    assert beside.admitted(keyType=KeyType.PRODUCTION)
    assert not beside.admitted(keyType=KeyType.SANDBOX)


def test_200_a_deny_policy_shuts_out_there_too(beside: Beside) -> None:
    deny = {"conditionType": "IP", "conditionValue": {"fixedIp": "203.0.113.7", "invert": False}}
    assert beside.admin.call("POST", "/throttling/deny-policies", deny).status == 201
    assert beside.ask().json["code"] == "900805"
    assert beside.admitted(clientIp="203.0.113.8")


def test_200_conditions_see_headers_query_and_claims(beside: Beside) -> None:
    rule = {
        "policyName": "Trial",
        "keyTemplate": "$customProperty.tier",
        "siddhiQuery": 'limit 1 per min when customProperty.tier == "trial"',
    }
    assert beside.admin.call("POST", "/throttling/policies/custom", rule).status == 201
    trial = {"tier": "trial"}
    assert beside.admitted(claims=trial)
    assert beside.ask(claims=trial).json["code"] == "900806"
    assert beside.admitted(claims={"tier": "paid"})


def test_200_a_field_of_a_graphql_api_is_its_resource(beside: Beside) -> None:
    operations = (DeployedOperation(verb="QUERY", target="items"),)
    beside.world.deploy(menu_api(type=ApiType.GRAPHQL, operations=operations))
    assert beside.admitted(resource={"verb": "QUERY", "target": "items"})
    assert beside.ask(resource={"verb": "QUERY", "target": "/items"}).status == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"apiId": "unheard"}, "No API is deployed"),
        ({"apiId": None, "context": "/menu", "version": "9.9.9"}, "No API is deployed"),
        ({"resource": {"verb": "GET", "target": "/nowhere"}}, "no resource '/nowhere'"),
        ({"resource": {"verb": "DELETE", "target": "/items"}}, "has GET, not 'DELETE'"),
    ],
)
def test_404_names_what_is_not_there(beside: Beside, changes: dict[str, Any], words: str) -> None:
    answer = beside.ask(**changes)
    assert answer.status == 404
    assert words in answer.json["description"]
    assert beside.own.counters.writes == 0


def test_404_the_apis_of_other_tenants(beside: Beside) -> None:
    assert beside.ask(by=f"admin@{OTHER_TENANT}").status == 404


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"apiId": None}, "apiId"),
        ({"apiId": None, "context": "/menu"}, "apiId"),
        ({"context": "/menu", "version": "1.0.0"}, "apiId"),
        ({"apiId": None, "context": "menu", "version": "1.0.0"}, "context"),
        ({"resource": None}, "resource"),
        ({"resource": {"verb": "GET"}}, "resource.target"),
        ({"clientIp": None}, "clientIp"),
        ({"clientIp": "here"}, "clientIp"),
        ({"keyType": "STAGING"}, "keyType"),
        ({"costs": {"totalTokens": -1}}, "costs.totalTokens"),
        ({"costs": {"wishes": 1}}, "costs.wishes"),
        ({"headers": {"x": 1}}, "headers.x"),
    ],
)
def test_400_names_the_field(beside: Beside, changes: dict[str, Any], path: str) -> None:
    answer = beside.ask(**changes)
    assert (answer.status, answer.json["error"][0]["code"]) == (400, f"400_{path}")
    assert beside.own.counters.writes == 0


def test_401_only_who_manages_policies(beside: Beside) -> None:
    assert beside.ask(by="mary").status == 401


def test_503_when_the_call_cannot_be_counted(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object, **__: object) -> None:
        raise CountersDown

    beside.limit(5)
    monkeypatch.setattr(beside.own.counters, "lease", down)
    answer = beside.ask()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
