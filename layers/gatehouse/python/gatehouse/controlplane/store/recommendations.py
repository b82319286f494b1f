"""Recommendations: APIs that are like those a developer has subscribed to, by their tags and categories."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.store.visitor import visitor
from gatehouse.domain.publishing.lifecycle import SUBSCRIBABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.store.subscriptions import OwnSubscriptions
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.portal.ratings import Ratings
    from gatehouse.ports.tenant_configuration import TenantConfigurations

SWITCH = "EnableRecommendation"
"""The property of the tenant's configuration."""

RECOMMENDED_MAX = 10
APPLICATIONS_MAX = 10
"""How many applications tell of their developer: the ones that were changed last. Each is a question to the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendations:
    """Finds what a developer may like. Nothing is kept about anybody for it."""

    subscriptions: OwnSubscriptions
    ratings: Ratings
    configurations: TenantConfigurations

    def is_on(self, tenant: str) -> bool:
        """Whether the tenant wants its developers to get any."""
        return self.configurations.get(tenant).get(SWITCH) is True

    def of(self, principal: Principal) -> list[tuple[ApiSummary, float]]:
        """The APIs with their average ratings, the most alike first; who has subscribed to nothing gets the best rated."""
        if not self.is_on(principal.tenant):
            return []
        listed = self.subscriptions.storefront.listed(visitor(principal.tenant, principal))
        used, averages = self._used(principal), self.ratings.averages(principal.tenant)
        known = [one for one in listed if one.id in used]
        taste = Counter(word for one in known for word in _words(one))
        names = {one.name.lower() for one in known}
        others = [
            one for one in listed if one.id not in used and one.name.lower() not in names and one.state in SUBSCRIBABLE
        ]
        ranked = sorted(others, key=lambda one: (-_likeness(one, taste), -averages.get(one.id, 0.0), one.name.lower()))
        wanted = [one for one in ranked if _likeness(one, taste) or (not taste and averages.get(one.id))]
        return [(one, averages.get(one.id, 0.0)) for one in wanted[:RECOMMENDED_MAX]]

    def _used(self, principal: Principal) -> set[str]:
        """The ids of the APIs that the caller's applications are subscribed to."""
        mine = [one for one in self.subscriptions.applications.all(principal) if one.subscriptions]
        latest = sorted(mine, key=lambda one: one.updated_at, reverse=True)[:APPLICATIONS_MAX]
        kept = self.subscriptions.subscriptions
        return {found.api_id for one in latest for found in kept.of_application(one.tenant, one.id)}


def _words(summary: ApiSummary) -> set[tuple[str, str]]:
    info = summary.info
    return {(kind, str(word).lower()) for kind in ("tags", "categories") for word in info.get(kind) or ()}


def _likeness(summary: ApiSummary, taste: Mapping[tuple[str, str], int]) -> int:
    return sum(taste.get(word, 0) for word in _words(summary))
