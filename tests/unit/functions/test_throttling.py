"""The traffic manager through its surface: conditions, custom rules, deny policies; and what the gateway makes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gatehouse.domain.artifact import denial_partition, rule_partition
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.condition import ConditionKind
from gatehouse.domain.throttling.denial import DenialKind
from gatehouse.domain.throttling.policy import Terms
from tests.callers import OTHER_TENANT
from tests.worlds.admin import POLICIES, AdminWorld
from tests.worlds.publisher import PublisherWorld

CUSTOM = f"{POLICIES}/custom"
DENY = "/throttling/deny-policies"
LIMIT = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"timeUnit": "min", "unitTime": 1, "requestCount": 5}}
IP = {"type": "IPCONDITION", "ipCondition": {"ipConditionType": "IPSPECIFIC", "specificIP": "203.0.113.7"}}
HEADER = {"type": "HEADERCONDITION", "headerCondition": {"headerName": "X-Kind", "headerValue": "a+"}}
SIDDHI = """FROM RequestStream
SELECT userId, ( userId == 'admin@carbon.super' ) AS isEligible , str:concat('admin@carbon.super','') as throttleKey
INSERT INTO EligibilityStream;

FROM EligibilityStream[isEligible==true]#throttler:timeBatch(1 min)
SELECT throttleKey, (count(userId) >= 10) as isThrottled, expiryTimeStamp group by throttleKey
INSERT ALL EVENTS into ResultStream;
"""
PIZZA = "userId == 'admin@carbon.super' and apiContext == '/pizzashack/1.0.0' and apiVersion == '1.0.0'"


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def advanced(*conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    groups = [{"conditions": list(conditions), "limit": LIMIT}] if conditions else []
    return {"policyName": "Cap", "defaultLimit": LIMIT, "conditionalGroups": groups, **more}


def rule(query: str, template: str = "$userId", **more: Any) -> dict[str, Any]:
    return {"policyName": "Rule", "keyTemplate": template, "siddhiQuery": query, **more}


def problem(answer: Any) -> str:
    assert answer.status == 400, answer.json
    return str(answer.json["error"][0]["code"]).removeprefix("400_")


def test_201_a_group_reads_as_it_was_written_and_is_enforced(world: AdminWorld) -> None:
    made = world.call("POST", f"{POLICIES}/advanced", advanced(IP, userLevel=True))
    assert made.status == 201
    assert made.headers["Effective-Within"] == "5"
    again = world.call("PUT", f"{POLICIES}/advanced/{made.json['policyId']}", made.json)
    assert (again.status, again.json) == (200, made.json)
    terms = Terms.from_body(world.terms("advanced", "Cap"))
    assert terms.per_user
    assert terms.groups[0].conditions[0].kind is ConditionKind.ADDRESS


def test_400_conditions_on_headers_are_off_until_the_tenant_turns_them_on(world: AdminWorld) -> None:
    refused = world.call("POST", f"{POLICIES}/advanced", advanced(HEADER))
    assert problem(refused) == "conditionalGroups.0.conditions.0.type"
    assert "EnableHeaderBasedThrottling" in refused.json["description"]
    configuration = world.call("GET", "/tenant-config").json
    changed = world.call("PUT", "/tenant-config", {**configuration, "EnableHeaderBasedThrottling": True, "Own": [1]})
    assert changed.json["Own"] == [1]
    assert world.call("POST", f"{POLICIES}/advanced", advanced(HEADER)).status == 201


def test_400_the_configuration_is_held_to_its_schema(world: AdminWorld) -> None:
    assert problem(world.call("PUT", "/tenant-config", {"EnableMonetization": "yes"})) == "EnableMonetization"
    assert "EnableMonetization" in world.call("GET", "/tenant-config-schema").json["properties"]
    long = world.call("PUT", "/tenant-config", {"Own": "x" * 100_000})
    assert (problem(long), "100000 bytes" in long.json["description"]) == ("", True)
    assert "Own" not in world.call("GET", "/tenant-config").json


def test_a_tenant_s_configuration_is_its_own(world: AdminWorld) -> None:
    notifications = [{"Type": "new_api_version", "Class": "mail", "Meta": {"nested": [1, None, 2.5]}}]
    document = {"Notifications": notifications, "SelfSignUp": {"EnableSignup": True}, "Meta": {"Own": {}}}
    assert world.call("PUT", "/tenant-config", document).status == 200
    kept = world.call("GET", "/tenant-config").json
    assert {name: kept[name] for name in document} == document
    assert kept["EnableHeaderBasedThrottling"] is False
    foreign = world.call("GET", "/tenant-config", by=f"admin@{OTHER_TENANT}").json
    assert (foreign["Notifications"], "Meta" in foreign) == ([], False)
    assert world.call("PUT", "/tenant-config", document, by="paul").status == 401


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({"type": "IPCONDITION"}, "conditions.0.ipCondition"),
        ({**IP, "ipCondition": {"ipConditionType": "IPSPECIFIC", "specificIP": "here"}}, "ipCondition.specificIP"),
        (
            {
                "type": "IPCONDITION",
                "ipCondition": {"ipConditionType": "IPRANGE", "startingIP": "10.0.0.9", "endingIP": "10.0.0.1"},
            },
            "ipCondition.endingIP",
        ),
        ({**HEADER, "headerCondition": {"headerName": "X", "headerValue": "("}}, "headerCondition.headerValue"),
        ({**HEADER, "headerCondition": {"headerName": "X Y", "headerValue": "a"}}, "headerCondition.headerName"),
        ({**HEADER, "ipCondition": IP["ipCondition"]}, "conditions.0.ipCondition"),
    ],
)
def test_400_a_condition_that_nothing_could_meet(world: AdminWorld, condition: dict[str, Any], path: str) -> None:
    world.configurations.save(SUPER_TENANT, {"EnableHeaderBasedThrottling": True})
    answer = world.call("POST", f"{POLICIES}/advanced", advanced(condition))
    assert problem(answer).startswith("conditionalGroups.0.conditions.0")
    assert problem(answer).endswith(path)


def test_400_a_group_that_no_call_could_reach(world: AdminWorld) -> None:
    inverted = {**IP, "invertCondition": True}
    document = advanced(IP)
    document["conditionalGroups"] += [{**document["conditionalGroups"][0], "conditions": [inverted]}]
    assert world.call("POST", f"{POLICIES}/advanced", document).status == 201
    document["conditionalGroups"] += [{"conditions": [inverted], "limit": {**LIMIT}, "description": "again"}]
    again = world.call("POST", f"{POLICIES}/advanced", {**document, "policyName": "Again"})
    assert problem(again) == "conditionalGroups.2.conditions"


@pytest.mark.parametrize("unit", ["KB", "MB", "GB"])
def test_201_bandwidth_is_counted_in_bytes(world: AdminWorld, unit: str) -> None:
    limit = {
        "type": "BANDWIDTHLIMIT",
        "bandwidth": {"timeUnit": "min", "unitTime": 1, "dataAmount": 2, "dataUnit": unit},
    }
    assert world.call("POST", f"{POLICIES}/application", {"policyName": "B", "defaultLimit": limit}).status == 201
    size = 2 * 1024 ** (1 + ["KB", "MB", "GB"].index(unit))
    assert world.terms("application", "B")["limits"] == [{"count": size, "seconds": 60, "unit": "bytes"}]


@pytest.mark.parametrize(
    ("query", "template", "limit", "when"),
    [
        ("limit 5 per min", "$userId", {"count": 5, "seconds": 60}, ""),
        (
            'LIMIT 7 bytes PER 2 hours WHEN apiVersion == "1.0.0";',
            "$clientIp:$apiContext",
            {"count": 7, "seconds": 7200, "unit": "bytes"},
            'apiVersion == "1.0.0"',
        ),
        (SIDDHI, "$userId", {"count": 10, "seconds": 60}, "userId == 'admin@carbon.super'"),
        (
            SIDDHI.replace(
                "( userId == 'admin@carbon.super' )", "( appId == '7' and not (apiVersion == '1') )"
            ).replace("str:concat('admin@carbon.super','')", "str:concat(userId,':',apiContext)"),
            "$userId:$apiContext",
            {"count": 10, "seconds": 60},
            "appId == '7' && ! (apiVersion == '1')",
        ),
        (
            SIDDHI.replace("userId == 'admin@carbon.super'", PIZZA).replace(
                "'admin@carbon.super',''", "'admin@carbon.super',':','/pizzashack/1.0.0:1.0.0'"
            ),
            "$userId:$apiContext:$apiVersion",
            {"count": 10, "seconds": 60},
            PIZZA.replace(" and ", " && "),
        ),
    ],
)
def test_201_a_rule_is_kept_as_it_was_written_and_enforced_as_it_says(
    world: AdminWorld, query: str, template: str, limit: dict[str, Any], when: str
) -> None:
    made = world.call("POST", CUSTOM, rule(query, template))
    assert made.status == 201, made.json
    assert (made.json["siddhiQuery"], made.json["keyTemplate"]) == (query, template)
    (kept,) = world.artifacts.partition(rule_partition(SUPER_TENANT)).values()
    assert kept["limit"] == limit
    assert kept.get("when", "") == when
    assert world.call("DELETE", f"{CUSTOM}/{made.json['policyId']}").status == 200
    assert not world.artifacts.partition(rule_partition(SUPER_TENANT))


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("allow 5 per min", "line 1, column 1"),
        ("limit many per min", "line 1, column 7"),
        ("limit 5 wishes per min", "line 1, column 9"),
        ("limit 5 per fortnight", "line 1, column 13"),
        ("limit 5 per min when userIdd == 'a'", "line 1, column 22"),
        ("limit 5 per min when\n  userId == ", "line 2"),
        ("limit 0 per min", "line 1, column 7"),
        (SIDDHI.replace("RequestStream", "OtherStream"), "line 1, column 1"),
        (SIDDHI.replace("timeBatch(1 min)", "time(1 min)"), "line 5, column 1"),
        (SIDDHI.replace("str:concat('admin@carbon.super','')", "apiContext"), "line 2"),
        (SIDDHI.replace("concat('admin@carbon.super'", "concat('john@carbon.super'"), "line 2"),
        (SIDDHI.replace("'admin@carbon.super' )", "'admin@carbon.super' or userId == 'john@carbon.super' )"), "line 2"),
        (SIDDHI.replace("userId ==", "not userId =="), "line 2"),
        (SIDDHI.replace("'admin@carbon.super' )", "'admin@carbon.super') == (false )"), "line 2"),
        (SIDDHI.replace("userId == 'admin", "userIdd == 'a' and userId == 'admin"), "line 2, column 18"),
        (SIDDHI.replace("super' )", "super' and userIdd == 'x' )"), "line 2, column 53"),
        (SIDDHI.replace("userId == '", "appId == 'a\\d' and userId == '"), "line 2, column 29"),
        (SIDDHI.replace("super','')", "super', upper(userId))"), "line 2, column 100"),
        (SIDDHI.replace("str:concat('admin@carbon.super','')", "upper(userId)"), "line 2, column 67"),
    ],
)
def test_400_a_query_that_is_not_understood_and_where(world: AdminWorld, query: str, where: str) -> None:
    answer = world.call("POST", CUSTOM, rule(query))
    assert problem(answer) == "siddhiQuery"
    assert where in answer.json["description"]
    assert not world.artifacts.partition(rule_partition(SUPER_TENANT))


@pytest.mark.parametrize("template", ["constant", "$nobody", "$customProperty", "$userId $appid"])
def test_400_a_key_that_names_nothing(world: AdminWorld, template: str) -> None:
    assert problem(world.call("POST", CUSTOM, rule("limit 5 per min", template))) == "keyTemplate"


def test_403_custom_rules_are_the_super_tenants(world: AdminWorld) -> None:
    made = world.call("POST", CUSTOM, rule("limit 5 per min"))
    one, foreign = f"{CUSTOM}/{made.json['policyId']}", f"admin@{OTHER_TENANT}"
    for method, path, body in [
        ("GET", CUSTOM, None),
        ("POST", CUSTOM, made.json),
        ("GET", one, None),
        ("PUT", one, made.json),
        ("DELETE", one, None),
    ]:
        answer = world.call(method, path, body, by=foreign)
        assert (answer.status, answer.json["message"]) == (403, "Custom rules belong to the super tenant")
    assert world.call("GET", f"{POLICIES}/search", by=foreign).json["list"] == []
    assert world.call("GET", f"{POLICIES}/export", query={"policyId": made.json["policyId"]}, by=foreign).status == 404
    assert world.call("GET", one).json == made.json


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("USER", "mary", "mary@carbon.super"),
        ("IP", {"fixedIp": "::ffff:10.0.0.1", "invert": False}, "10.0.0.1"),
        ("IPRANGE", {"startingIp": "10.0.0.1", "endingIp": "10.0.0.9", "invert": True}, "10.0.0.1 10.0.0.9"),
    ],
)
def test_201_a_deny_policy_reaches_the_gateway_while_it_is_on(
    world: AdminWorld, kind: str, value: object, kept: str
) -> None:
    made = world.call("POST", DENY, {"conditionType": kind, "conditionValue": value})
    assert made.status == 201, made.json
    assert made.headers["Effective-Within"] == "5"
    one = f"/throttling/deny-policy/{made.json['conditionId']}"
    assert world.call("GET", one).json == made.json
    (known,) = world.artifacts.partition(denial_partition(SUPER_TENANT)).values()
    assert (known["kind"], known["value"]) == (kind, kept)
    assert world.call("PATCH", one, {"conditionStatus": False}).json["conditionStatus"] is False
    assert not world.artifacts.partition(denial_partition(SUPER_TENANT))
    assert world.call("PATCH", one, {"conditionStatus": True}).status == 200
    assert world.call("POST", DENY, {"conditionType": kind, "conditionValue": value}).status == 409
    assert world.call("DELETE", one).status == 200
    assert not world.artifacts.partition(denial_partition(SUPER_TENANT))
    assert world.call("GET", one).status == 404
    assert world.call("GET", DENY).json == {"count": 0, "list": []}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"conditionType": "API", "conditionValue": "/nothing/1.0.0"}, "conditionValue"),
        ({"conditionType": "APPLICATION", "conditionValue": "mary:None"}, "conditionValue"),
        ({"conditionType": "IP", "conditionValue": {"fixedIp": "10.0.0"}}, "conditionValue.fixedIp"),
        ({"conditionType": "IP", "conditionValue": "10.0.0.1"}, "conditionValue"),
        ({"conditionType": "IP", "conditionValue": {"fixedIp": "10.0.0.1", "invert": "no"}}, "conditionValue.invert"),
        (
            {"conditionType": "IPRANGE", "conditionValue": {"startingIp": "10.0.0.1", "endingIp": "2001:db8::1"}},
            "conditionValue.endingIp",
        ),
        ({"conditionType": "USER", "conditionValue": ""}, "conditionValue"),
        ({"conditionType": "SUBSCRIPTION", "conditionValue": "a:b"}, "conditionValue"),
        ({"conditionType": "TREE", "conditionValue": "oak"}, "conditionType"),
        ({"conditionType": "USER", "conditionValue": "m", "conditionExpiry": "tomorrow"}, "conditionExpiry"),
        (
            {"conditionType": "USER", "conditionValue": "m", "conditionExpiry": "2001-01-01T00:00:00Z"},
            "conditionExpiry",
        ),
    ],
)
def test_400_a_deny_policy_that_would_shut_out_nobody(world: AdminWorld, body: dict[str, Any], path: str) -> None:
    assert problem(world.call("POST", DENY, body)).startswith(path)
    assert world.denials.writes == 0


def test_201_a_temporary_deny_policy_says_until_when(world: AdminWorld) -> None:
    body = {"conditionType": "USER", "conditionValue": "mary", "conditionExpiry": "2099-01-01T00:00:00+01:00"}
    made = world.call("POST", DENY, body)
    assert made.json["conditionExpiry"] == "2098-12-31T23:00:00+00:00"
    (known,) = world.artifacts.partition(denial_partition(SUPER_TENANT)).values()
    assert known["until"] == 4070905200


def test_a_deny_policy_whose_time_is_over_is_off_and_stays_so(world: AdminWorld) -> None:
    expiry = datetime.fromtimestamp(world.clock.now() + 60, UTC).isoformat()
    body = {"conditionType": "USER", "conditionValue": "mary", "conditionExpiry": expiry}
    one = f"/throttling/deny-policy/{world.call('POST', DENY, body).json['conditionId']}"
    assert world.call("GET", one).json["conditionStatus"] is True
    world.clock.advance(61)
    assert world.call("GET", one).json["conditionStatus"] is False
    assert [shown["conditionStatus"] for shown in world.call("GET", DENY).json["list"]] == [False]
    assert problem(world.call("PATCH", one, {"conditionStatus": True})) == "conditionStatus"
    assert world.call("PATCH", one, {"conditionStatus": False}).status == 200
    again = world.call("POST", DENY, {"conditionType": "USER", "conditionValue": "mary"})
    assert (again.status, world.call("GET", DENY).json["list"]) == (201, [again.json])
    assert world.call("GET", one).status == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("conditionType:USER", {"mary@carbon.super", "john@carbon.super"}),
        ("conditionValue:mary@carbon.super", {"mary@carbon.super"}),
        ("conditionType:USER & conditionValue:john@carbon.super", {"john@carbon.super"}),
        ("conditionType:IP & conditionValue:10.0.0.1", {"10.0.0.1"}),
        ("conditionType:API", set()),
    ],
)
def test_200_deny_policies_are_found_by_type_and_value(world: AdminWorld, query: str, found: set[str]) -> None:
    for user in ("mary", "john"):
        world.call("POST", DENY, {"conditionType": "USER", "conditionValue": user})
    world.call("POST", DENY, {"conditionType": "IP", "conditionValue": {"fixedIp": "10.0.0.1", "invert": False}})
    answer = world.call("GET", DENY, query={"query": query})
    values = [one["conditionValue"] for one in answer.json["list"]]
    assert {value["fixedIp"] if isinstance(value, dict) else value for value in values} == found
    assert answer.json["count"] == len(found)


@pytest.mark.parametrize("query", ["color:red", "conditionType", "conditionValue:"])
def test_400_deny_policies_have_no_such_attribute(world: AdminWorld, query: str) -> None:
    answer = world.call("GET", DENY, query={"query": query})
    assert (problem(answer), answer.json["code"]) == ("query", 900254)


def test_only_apis_that_exist_are_shut_out() -> None:
    publisher = PublisherWorld()
    publisher.design()
    world = AdminWorld()
    world.apis = publisher.apis
    (summary,) = publisher.apis.summaries(SUPER_TENANT)
    value = f"{summary.context}/{summary.version}"
    made = world.deny_policies().add(SUPER_TENANT, DenialKind.API, value, enabled=True, until=0)
    assert made.value == value
