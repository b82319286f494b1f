"""Ratings in memory. Verified by tests/contract/test_ratings.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.apis.api import ApiNotFound
from gatehouse.domain.portal.rating import average

if TYPE_CHECKING:
    from gatehouse.domain.portal.rating import Rating
    from tests.fakes.apis import InMemoryApis


class InMemoryRatings:
    def __init__(self, apis: InMemoryApis) -> None:
        self._apis = apis
        self._kept: dict[tuple[str, str, str], Rating] = {}

    def all(self, tenant: str, api_id: str) -> list[Rating]:
        there = self._apis.is_kept(tenant, api_id)
        return [one for key, one in sorted(self._kept.items()) if key[:2] == (tenant, api_id) and there]

    def by(self, tenant: str, api_id: str, user: str) -> Rating | None:
        return next((one for one in self.all(tenant, api_id) if one.user.lower() == user.lower()), None)

    def averages(self, tenant: str) -> dict[str, float]:
        found: dict[str, list[int]] = {}
        for (owner, api_id, _), rating in self._kept.items():
            if owner == tenant and self._apis.is_kept(tenant, api_id):
                found.setdefault(api_id, []).append(rating.stars)
        return {api_id: average(len(stars), sum(stars)) for api_id, stars in found.items()}

    def rate(self, rating: Rating) -> Rating:
        if rating.api_id not in self._apis.some(rating.tenant, [rating.api_id]):
            raise ApiNotFound.by_id(rating.api_id)
        before = self.by(rating.tenant, rating.api_id, rating.user)
        kept = replace(rating, id=before.id) if before else rating
        self._kept[rating.tenant, rating.api_id, rating.user.lower()] = kept
        return kept

    def remove(self, rating: Rating) -> None:
        self._kept.pop((rating.tenant, rating.api_id, rating.user.lower()), None)
