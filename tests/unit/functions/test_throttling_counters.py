"""Counters at this moment, through the traffic manager's surface: what the gateway leased is what an admin sees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.throttle.meter import Admitted, Entity, Meter
from gatehouse.domain.applications.grant import ApplicationProfile, SubscriptionGrant, SubscriptionStatus
from gatehouse.domain.artifact import (
    Artifact,
    Change,
    Withdrawal,
    application_key,
    environment_key,
    revision_key,
    subscription_key,
)
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import DeployedApi, DeployedOperation, EndpointGroup
from gatehouse.domain.throttling import counter_key
from gatehouse.domain.throttling.limit import Rate, Unit
from gatehouse.ports.throttling.counters import Ask, CountersDown
from tests.callers import OTHER_TENANT
from tests.worlds.admin import POLICIES, AdminWorld

if TYPE_CHECKING:
    from tests.callers import Reply

COUNTERS = "/throttling/counters"
MINUTE = 60


@pytest.fixture
def world() -> AdminWorld:
    world = AdminWorld()
    profile = ApplicationProfile(application_id="kiosk", name="Kiosk", owner="mary@carbon.super", policy="10PerMin")
    grant = SubscriptionGrant(subscription_id="s", policy="Gold", status=SubscriptionStatus.UNBLOCKED)
    world.artifacts.publish(
        [
            Artifact(application_key(SUPER_TENANT, "kiosk"), profile.to_body()),
            Artifact(subscription_key(SUPER_TENANT, "kiosk", "pizza"), grant.to_body()),
        ]
    )
    deploy(world)
    return world


def deploy(world: AdminWorld, **more: Any) -> None:
    operations = (
        DeployedOperation(verb="GET", target="/menu", policy="20KPerMin"),
        DeployedOperation(verb="GET", target="/free"),
    )
    about: dict[str, Any] = {"name": "Pizza", "version": "1.0.0", "context": "/pizza", "base_path": "/pizza/1.0.0"}
    api = DeployedApi(
        id="pizza", tenant=SUPER_TENANT, provider="admin", revision=1, operations=operations, **about, **more
    )
    world.artifacts.publish([Artifact(revision_key(SUPER_TENANT, "pizza"), api.to_body())])


def lease(world: AdminWorld, key: str, meter: str, tokens: int, *, seconds: int = MINUTE) -> None:
    window = int(world.clock.now() // seconds)
    ask = Ask(
        counter=f"{meter}{seconds}.{window}",
        lessees=f"m{meter}{seconds}.{window}",
        tokens=tokens,
        limit=None,
        join=True,
    )
    world.counters.lease(key, [ask], expires_at=0, forget=())


def show(world: AdminWorld, level: str, **query: str) -> Reply:
    reply: Reply = world.call("GET", COUNTERS, query={"level": level, **query})
    return reply


def left(answer: Reply) -> list[tuple[str, int, int]]:
    assert answer.status == 200, answer.text
    return [(limit["unit"], limit["limit"], limit["left"]) for limit in answer.json["limits"]]


def test_200_what_is_left_who_leases_and_until_when(world: AdminWorld) -> None:
    key = counter_key.application_counter(SUPER_TENANT, "kiosk", "mary@carbon.super")
    lease(world, key, "r", 3)
    lease(world, key, "r", 4)
    answer = show(world, "application", applicationId="kiosk", userName="mary")
    assert answer.status == 200
    assert answer.json == {
        "level": "application",
        "policy": "10PerMin",
        "stopOnQuotaReach": True,
        "count": 1,
        "limits": [
            {
                "unit": "requests",
                "burst": False,
                "conditionalGroup": None,
                "limit": 10,
                "leased": 7,
                "left": 3,
                "environments": 2,
                "windowSeconds": MINUTE,
                "windowEnd": (int(world.clock.now()) // MINUTE + 1) * MINUTE,
            }
        ],
    }
    assert left(show(world, "application", applicationId="kiosk", userName="mary@carbon.super"))[0][2] == 3
    assert left(show(world, "application", applicationId="kiosk", userName="john"))[0][2] == 10


def test_200_an_application_s_own_tokens_are_counted_by_their_consumer_key(world: AdminWorld) -> None:
    lease(world, counter_key.application_counter(SUPER_TENANT, "kiosk", "c0ffee"), "r", 3)
    assert left(show(world, "application", applicationId="kiosk", consumerKey="c0ffee")) == [("requests", 10, 7)]


@pytest.mark.parametrize(
    ("level", "query", "key", "expected"),
    [
        (
            "subscription",
            {"applicationId": "kiosk", "apiId": "pizza"},
            counter_key.subscription_counter(SUPER_TENANT, "kiosk", "pizza"),
            ("requests", 5000, 4998),
        ),
        (
            "unauthenticated",
            {"apiId": "pizza", "address": "203.0.113.7"},
            counter_key.address_counter(SUPER_TENANT, "pizza", "203.0.113.7"),
            ("requests", 500, 498),
        ),
        (
            "operation",
            {"apiId": "pizza", "operation": "GET /menu"},
            counter_key.resource_counter(SUPER_TENANT, "pizza", "GET", "/menu"),
            ("requests", 20_000, 19_998),
        ),
    ],
)
def test_200_each_level_has_its_counter(
    world: AdminWorld, level: str, query: dict[str, str], key: str, expected: tuple[str, int, int]
) -> None:
    lease(world, key, "r", 2)
    assert left(show(world, level, **query)) == [expected]


def test_200_a_policy_of_the_whole_api_takes_the_place_of_those_of_its_operations(world: AdminWorld) -> None:
    deploy(world, policy="50KPerMin")
    lease(world, counter_key.api_counter(SUPER_TENANT, "pizza"), "r", 2)
    assert left(show(world, "api", apiId="pizza")) == [("requests", 50_000, 49_998)]
    assert left(show(world, "operation", apiId="pizza", operation="GET /menu")) == []


def test_200_without_a_limit_there_is_nothing_to_count(world: AdminWorld) -> None:
    for query in ({"level": "api"}, {"level": "operation", "operation": "GET /free"}):
        answer = show(world, **query, apiId="pizza")
        assert (answer.json["policy"], left(answer)) == ("Unlimited", [])


def test_200_groups_users_bursts_and_units_are_counted_apart(world: AdminWorld) -> None:
    ip = {"type": "IPCONDITION", "ipCondition": {"ipConditionType": "IPSPECIFIC", "specificIP": "203.0.113.7"}}
    data = {"timeUnit": "min", "unitTime": 1, "dataAmount": 1, "dataUnit": "KB"}
    requests = {"timeUnit": "min", "unitTime": 1, "requestCount": 5}
    policy = {
        "policyName": "Cap",
        "userLevel": True,
        "defaultLimit": {"type": "BANDWIDTHLIMIT", "bandwidth": data},
        "conditionalGroups": [{"conditions": [ip], "limit": {"type": "REQUESTCOUNTLIMIT", "requestCount": requests}}],
    }
    assert world.call("POST", f"{POLICIES}/advanced", policy).status == 201
    deploy(world, policy="Cap")
    group = world.terms("advanced", "Cap")["groups"][0]["id"]
    mary = f"{counter_key.api_counter(SUPER_TENANT, 'pizza')}#{counter_key.hashed('mary@carbon.super')}"
    lease(world, mary, "bw", 24)
    lease(world, f"{mary}#{group}", "r", 4)
    nobody = show(world, "api", apiId="pizza")
    assert (nobody.status, nobody.json["error"][0]["code"]) == (400, "400_userName")
    answer = show(world, "api", apiId="pizza", userName="mary")
    assert left(answer) == [("bytes", 1024, 1000), ("requests", 5, 1)]
    assert [limit["conditionalGroup"] for limit in answer.json["limits"]] == [None, 0]


def test_200_each_side_of_a_backend_has_its_own(world: AdminWorld) -> None:
    production = EndpointGroup(limits=(Rate(count=20, seconds=1),))
    deploy(world, production=production, sandbox=EndpointGroup())
    lease(world, counter_key.backend_counter(SUPER_TENANT, "pizza", "PRODUCTION"), "r", 3, seconds=1)
    answer = show(world, "backend", apiId="pizza")
    assert (answer.json["policy"], left(answer)) == (None, [("requests", 20, 17)])
    assert left(show(world, "backend", apiId="pizza", keyType="SANDBOX")) == []


def test_200_a_custom_rule_is_counted_by_the_value_of_its_key(world: AdminWorld) -> None:
    rule = {"policyName": "Rule", "keyTemplate": "$userId", "siddhiQuery": "limit 10 bytes per 1 min"}
    rule_id = world.call("POST", f"{POLICIES}/custom", rule).json["policyId"]
    lease(world, counter_key.rule_counter(rule_id, "mary@carbon.super"), "bw", 9)
    value = {"ruleId": rule_id, "value": "mary@carbon.super"}
    assert left(show(world, "custom", **value)) == [("bytes", 10, 1)]
    assert left(show(world, "custom", **value | {"value": "john@carbon.super"})) == [("bytes", 10, 10)]
    foreign = world.call("GET", COUNTERS, query={"level": "custom", **value}, by=f"admin@{OTHER_TENANT}")
    assert foreign.status == 403


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({}, "level"),
        ({"level": "wonderful"}, "level"),
        ({"level": "application", "userName": "mary"}, "applicationId"),
        ({"level": "application", "applicationId": "kiosk"}, "userName"),
        ({"level": "subscription", "applicationId": "kiosk"}, "apiId"),
        ({"level": "unauthenticated", "apiId": "pizza"}, "address"),
        ({"level": "operation", "apiId": "pizza"}, "operation"),
        ({"level": "custom", "ruleId": "x"}, "value"),
        ({"level": "backend"}, "apiId"),
        ({"level": "backend", "apiId": "pizza", "keyType": "STAGING"}, "keyType"),
    ],
)
def test_400_names_what_is_missing(world: AdminWorld, query: dict[str, str], path: str) -> None:
    answer = world.call("GET", COUNTERS, query=query)
    assert (answer.status, answer.json["error"][0]["code"]) == (400, f"400_{path}")


@pytest.mark.parametrize(
    "query",
    [
        {"level": "application", "applicationId": "x", "userName": "mary"},
        {"level": "subscription", "applicationId": "kiosk", "apiId": "x"},
        {"level": "api", "apiId": "x"},
        {"level": "operation", "apiId": "pizza", "operation": "GET /nowhere"},
        {"level": "custom", "ruleId": "x", "value": "y"},
        {"level": "backend", "apiId": "x"},
        {"level": "backend", "apiId": "pizza"},
    ],
)
def test_404_nothing_is_counted_for_what_is_not_there(world: AdminWorld, query: dict[str, str]) -> None:
    assert world.call("GET", COUNTERS, query=query).status == 404
    mine = {"level": "application", "applicationId": "kiosk", "userName": "mary"}
    assert world.call("GET", COUNTERS, query=mine, by=f"admin@{OTHER_TENANT}").status == 404


def test_401_only_who_may_look_at_policies(world: AdminWorld) -> None:
    query = {"level": "application", "applicationId": "kiosk", "userName": "mary"}
    assert world.call("GET", COUNTERS, query=query, by="mary").status == 401
    assert world.call("GET", COUNTERS, query=query, by="paul").status == 200


def test_503_when_the_counters_do_not_answer(world: AdminWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_entity: str) -> None:
        raise CountersDown

    monkeypatch.setattr(world.counters, "read", down)
    assert show(world, "application", applicationId="kiosk", userName="mary").status == 503


def test_the_gateway_s_leases_are_what_is_shown(world: AdminWorld) -> None:
    entity = Entity(
        counter_key.application_counter(SUPER_TENANT, "kiosk", "mary@carbon.super"),
        (Meter("application", "r", MINUTE, 10, "900803", unit=Unit.REQUESTS),),
    )
    for _ in range(3):
        with ThreadPoolExecutor(1) as executor:
            environment = Throttle(world.counters, world.clock, executor, environments_max=10)
            assert isinstance(environment.admit([entity]), Admitted)
    (limit,) = show(world, "application", applicationId="kiosk", userName="mary").json["limits"]
    assert (limit["left"], limit["environments"]) == (7, 3)


def test_200_an_api_that_is_deployed_elsewhere_than_in_the_stage_s_own_environment(world: AdminWorld) -> None:
    asked = {"apiId": "pizza", "operation": "GET /menu"}
    before = show(world, "operation", **asked)
    (deployed,) = world.artifacts.get([revision_key(SUPER_TENANT, "pizza")])
    assert deployed is not None
    changes: list[Change] = [
        Withdrawal(revision_key(SUPER_TENANT, "pizza")),
        Artifact(environment_key(SUPER_TENANT, "eu"), {"hosts": ["eu.example"], "own_hosts": []}),
        Artifact(revision_key(SUPER_TENANT, "pizza", "eu"), deployed),
    ]
    world.artifacts.publish(changes)
    assert left(show(world, "operation", **asked)) == left(before) != []
