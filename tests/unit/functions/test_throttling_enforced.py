"""What an admin decides at the traffic manager, as callers of the gateway meet it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from gatehouse.domain.applications.application import Application
from gatehouse.domain.people.identity import SUPER_TENANT, qualified
from gatehouse.domain.throttling.denial import DenialKind
from tests.calls import APPLICATION_ID, MAX_STALENESS
from tests.worlds.admin import POLICIES, AdminWorld
from tests.worlds.gateway import Running
from tests.worlds.publisher import PublisherWorld

DENY = "/throttling/deny-policies"
SIDDHI = """FROM RequestStream
SELECT userId, ( userId == 'mary@carbon.super' and apiContext == '/menu/1.0.0' ) AS isEligible ,
str:concat(userId,':',apiContext) as throttleKey
INSERT INTO EligibilityStream;
FROM EligibilityStream[isEligible==true]#throttler:timeBatch(1 min)
SELECT throttleKey, (count(userId) >= 2) as isThrottled, expiryTimeStamp group by throttleKey
INSERT ALL EVENTS into ResultStream;
"""


class Governed:
    """A gateway and the admin whose decisions it follows."""

    def __init__(self) -> None:
        self.gateway = Running()
        self.admin = AdminWorld(self.gateway)
        publisher = PublisherWorld()
        publisher.design("Menu", context="/menu")
        self.admin.apis = publisher.apis
        kiosk = Application(tenant=SUPER_TENANT, id=APPLICATION_ID, name="Kiosk", owner="mary", policy="Unlimited")
        self.admin.shelf.applications[SUPER_TENANT, APPLICATION_ID] = kiosk

    def decide(self, method: str, path: str, body: Any = None) -> Any:
        """A change, and the time that it may take to be heard of."""
        answer = self.admin.call(method, path, body)
        assert answer.status in {200, 201}, answer.text
        assert answer.headers["Effective-Within"] == str(int(MAX_STALENESS))
        self.gateway.world.clock.advance(MAX_STALENESS + 0.1)
        return answer.json

    def deny(self, kind: DenialKind, value: object, **more: Any) -> str:
        denials = self.admin.deny_policies()
        made = denials.add(SUPER_TENANT, kind, value, enabled=True, until=more.get("until", 0))
        self.gateway.world.clock.advance(MAX_STALENESS + 0.1)
        return made.id

    def code(self, *, user: str = "mary", **parts: Any) -> str:
        """The error that a user's call meets, "" for none."""
        name = qualified(SUPER_TENANT, user)
        token = self.gateway.world.token(sub=name, username=name, aut="APPLICATION_USER")
        reply = self.gateway.call(token=token, **parts)
        return "" if reply.status == 200 else str(json.loads(reply.body)["code"])


@pytest.fixture
def governed() -> Governed:
    return Governed()


@pytest.mark.parametrize(
    ("query", "template"),
    [
        ('limit 2 per 1 min when userId == "mary@carbon.super"', "$userId"),
        (SIDDHI, "$userId:$apiContext"),
    ],
)
def test_429_a_custom_rule_admits_as_many_as_it_says(governed: Governed, query: str, template: str) -> None:
    rule = {"policyName": "Two", "keyTemplate": template, "siddhiQuery": query}
    made = governed.decide("POST", f"{POLICIES}/custom", rule)
    assert [governed.code() for _ in range(3)] == ["", "", "900806"]
    assert governed.code(user="john") == ""
    one = f"{POLICIES}/custom/{made['policyId']}"
    governed.decide("PUT", one, {**made, "siddhiQuery": "limit 3 per 1 min"})
    assert [governed.code() for _ in range(2)] == ["", "900806"]
    governed.decide("DELETE", one)
    assert governed.code() == ""


@pytest.mark.parametrize(
    ("kind", "value", "others"),
    [
        (DenialKind.API, "/menu/1.0.0", None),
        (DenialKind.APPLICATION, "mary:Kiosk", None),
        (DenialKind.USER, "mary", {"user": "john"}),
        (DenialKind.SUBSCRIPTION, "/menu/1.0.0:1.0.0:mary-Kiosk:PRODUCTION", None),
        (DenialKind.IP, {"fixedIp": "203.0.113.7", "invert": False}, {"source_ip": "203.0.113.8"}),
        (
            DenialKind.IP_RANGE,
            {"startingIp": "203.0.113.10", "endingIp": "203.0.113.20", "invert": True},
            {"source_ip": "203.0.113.20"},
        ),
    ],
)
def test_403_what_a_deny_policy_names_is_shut_out_while_it_is_on(
    governed: Governed, kind: DenialKind, value: object, others: dict[str, Any] | None
) -> None:
    assert governed.code() == ""
    one = f"/throttling/deny-policy/{governed.deny(kind, value)}"
    assert governed.code() == "900805"
    assert others is None or governed.code(**others) == ""
    governed.decide("PATCH", one, {"conditionStatus": False})
    assert governed.code() == ""
    governed.decide("PATCH", one, {"conditionStatus": True})
    assert governed.code() == "900805"
    governed.decide("DELETE", one)
    assert governed.code() == ""


def test_403_until_the_time_is_over(governed: Governed) -> None:
    clock = governed.gateway.world.clock
    expiry = datetime.fromtimestamp(int(clock.now()) + 60, UTC).isoformat()
    governed.decide("POST", DENY, {"conditionType": "USER", "conditionValue": "mary", "conditionExpiry": expiry})
    assert governed.code() == "900805"
    clock.advance(60)
    assert governed.code() == ""


def test_403_denied_calls_are_not_counted(governed: Governed) -> None:
    governed.deny(DenialKind.USER, "mary")
    assert governed.code() == "900805"
    assert governed.gateway.counters.items == {}
