"""Throttling policies as providers and developers see them: flat, and without what only an admin needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.throttling.policy import AI_QUOTA, UNLIMITED_COUNT, PolicyKind

if TYPE_CHECKING:
    from gatehouse.domain.throttling.policy import Policy

LEVELS = {
    "application": PolicyKind.APPLICATION,
    "subscription": PolicyKind.SUBSCRIPTION,
    "api": PolicyKind.ADVANCED,
}
"""The names of the kinds in the interfaces' paths."""

_UNLIMITED_REQUESTS = -1


def plan(policy: Policy) -> dict[str, Any]:
    """A policy's line in a list."""
    document = policy.document
    limit = document.get("defaultLimit") or {}
    quota = limit.get("requestCount") or limit.get("eventCount") or limit.get("aiApiQuota") or {}
    count = quota.get("requestCount", quota.get("eventCount", _UNLIMITED_REQUESTS))
    burst = document.get("burstLimit") or document
    return {
        "name": policy.name,
        "displayName": document.get("displayName") or policy.name,
        "description": document.get("description") or "",
        "policyLevel": next(level for level, kind in LEVELS.items() if kind is policy.kind),
        "attributes": {entry["name"]: entry["value"] for entry in document.get("customAttributes", ())},
        "requestCount": _UNLIMITED_REQUESTS if count == UNLIMITED_COUNT else count,
        "dataUnit": None,
        "unitTime": quota.get("unitTime", 0),
        "timeUnit": quota.get("timeUnit"),
        "rateLimitCount": burst.get("rateLimitCount", 0),
        "rateLimitTimeUnit": burst.get("rateLimitTimeUnit"),
        "quotaPolicyType": "AIAPIQUOTA" if limit.get("type") == AI_QUOTA else "REQUESTCOUNT",
        "tierPlan": document.get("billingPlan", "FREE"),
        "stopOnQuotaReach": document.get("stopOnQuotaReach", True),
    }
