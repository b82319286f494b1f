"""What a tenant owns, in several places, and what it has with other tenants."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed

if TYPE_CHECKING:
    from gatehouse.ports.applications.applications import Subscriptions
    from gatehouse.ports.people.erasure import Estate
    from gatehouse.ports.publishing.workflows import Workflows

TIES_AT_ONCE = 200
"""How many subscriptions one request ends: each is a transaction of its own."""


class Estates:
    """Implements `ports.people.erasure.Estate` on others, one after the other."""

    def __init__(self, *places: Estate) -> None:
        self._places = places

    def erase(self, tenant: str, *, items: int) -> bool:
        """Delete up to this many items of the first place that has any; True when nothing is left. Raises Unavailable."""
        return all(place.erase(tenant, items=items) for place in self._places)


class Ties:
    """Implements `ports.people.erasure.Estate` on subscriptions between the tenant and others, and what they wait for.

    They end one by one: what the other tenant counts and is told of them must come out right.
    """

    def __init__(self, subscriptions: Subscriptions, workflows: Workflows) -> None:
        self._subscriptions = subscriptions
        self._workflows = workflows

    def erase(self, tenant: str, *, items: int) -> bool:
        """End up to this many, and no more than `TIES_AT_ONCE`; True when none is left. Raises Unavailable."""
        found, ended = self._subscriptions.across(tenant), 0
        for one in found[: min(items, TIES_AT_ONCE)]:
            given_up = [self._workflows.dropping(one.api_tenant, one.workflow)] if one.workflow else []
            with suppress(Changed):  # somebody was faster; what is left is found next time
                self._subscriptions.remove(one, along=given_up)
                ended += 1
        return ended == len(found)
