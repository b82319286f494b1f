"""Limits of GraphQL queries in subscription policies: written, read back, and given to the gateway."""

from __future__ import annotations

from tests.worlds.admin import AdminWorld

POLICIES = "/throttling/policies/subscription"
LIMIT = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"timeUnit": "min", "unitTime": 1, "requestCount": 9}}


def test_201_a_plan_limits_how_deep_and_how_complex_queries_are() -> None:
    world = AdminWorld()
    plan = {"policyName": "Shallow", "defaultLimit": LIMIT, "graphQLMaxDepth": 3, "graphQLMaxComplexity": 40}
    made = world.call("POST", POLICIES, plan)
    assert (made.status, made.json["graphQLMaxDepth"], made.json["graphQLMaxComplexity"]) == (201, 3, 40)
    terms = world.terms("subscription", "Shallow")
    assert (terms["max_depth"], terms["max_complexity"]) == (3, 40)
    changed = world.call("PUT", f"{POLICIES}/{made.json['policyId']}", {**made.json, "graphQLMaxDepth": 0})
    assert (changed.status, changed.json["graphQLMaxDepth"]) == (200, 0)
    assert "max_depth" not in world.terms("subscription", "Shallow")


def test_201_a_plan_without_them_is_given_to_the_gateway_as_before() -> None:
    world = AdminWorld()
    assert world.call("POST", POLICIES, {"policyName": "Plain", "defaultLimit": LIMIT}).status == 201
    assert set(world.terms("subscription", "Plain")) == {"name", "limits", "stop"}
