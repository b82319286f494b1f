"""A plan is a subscription policy as developers meet it: who may choose it, and how many subscriptions it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import EVERYONE
from gatehouse.domain.throttling.policy import EVENT_COUNT

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.domain.throttling.policy import Policy

ALLOW = "ALLOW"
DENY = "DENY"


def open_to(plan: Policy, roles: Collection[str]) -> bool:
    """Whether who has these roles may choose the plan. `Internal/everyone` is everybody, strangers too."""
    permissions = plan.document.get("permissions")
    if not permissions:
        return True
    named = not {EVERYONE, *roles}.isdisjoint(permissions["roles"])
    return named is (permissions["permissionType"] == ALLOW)


def places_of(plan: Policy) -> int:
    """How many subscriptions an API may have on this plan; 0 is any number.

    `subscriberCount` of a plan that counts events is about webhooks instead (`Terms.webhooks`).
    """
    counts_events = (plan.document.get("defaultLimit") or {}).get("type") == EVENT_COUNT
    places: int = 0 if counts_events else plan.document.get("subscriberCount") or 0
    return places
