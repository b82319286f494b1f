"""The two sides of subscriptions, which may be of two tenants: APIs and applications, each tenant's read together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application, Subscription
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.applications.application_directory import Listed
    from gatehouse.ports.applications.applications import Applications
    from gatehouse.ports.applications.subscription_lines import SubscriptionLine

S = TypeVar("S")


def apis_of(apis: ApiLookup, subscriptions: Iterable[Subscription]) -> dict[str, Api]:
    """The APIs that these are subscriptions to, by id; one that is gone is missing."""
    return _some(apis.some, ((one.api_tenant, one.api_id) for one in subscriptions))


def applications_of(applications: Applications, subscriptions: Iterable[Subscription]) -> dict[str, Application]:
    """The applications that have these subscriptions, by id; one that is gone is missing."""
    return _some(applications.some, ((one.tenant, one.application_id) for one in subscriptions))


def lines_of(applications: Applications, subscriptions: Collection[SubscriptionLine]) -> dict[str, Listed]:
    """As `applications_of`, in lines of the directory, of lines of subscriptions."""
    found: dict[str, Listed] = {}
    for tenant in sorted({one.tenant for one in subscriptions}):
        found |= applications.lines(tenant, [one.application_id for one in subscriptions if one.tenant == tenant])
    return found


def _some(find: Callable[[str, Collection[str]], dict[str, S]], wanted: Iterable[tuple[str, str]]) -> dict[str, S]:
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for tenant, one in wanted:
        ids[tenant].add(one)
    return {key: side for tenant, some in ids.items() for key, side in find(tenant, some).items()}
