"""Ratings of APIs in table `apis`: each in its API's item collection, and what they come to in a list of the tenant.

| pk           | sk               | what                                              |
|--------------|------------------|---------------------------------------------------|
| `T#API#<id>` | `RATING#<user>`  | one rating                                        |
| `T#RATINGS`  | `<id>`           | how many ratings an API has, and stars (`mirror`) |
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.apis.rows import META, RATING, RATINGS, ApiRow, api_pk
from gatehouse.adapters.dynamo.mirror import Mirror
from gatehouse.adapters.dynamo.table import Transaction, bind, get, query
from gatehouse.domain.apis.api import ApiNotFound
from gatehouse.domain.errors import Changed
from gatehouse.domain.portal.rating import Rating, average

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ATTEMPTS = 8
"""How often a rating is kept while others rate the same API in that very moment."""


class RatingTable:
    """Implements `ports.portal.ratings.Ratings`."""

    def __init__(self, table_name: str) -> None:
        self._row = bind(ApiRow, table_name)
        self._sums: Mirror[tuple[str, float]] = Mirror(self._row, RATINGS, _average)

    def all(self, tenant: str, api_id: str) -> list[Rating]:
        """Those of an API, by user."""
        return [_rating(row.body) for row in query(self._row, api_pk(tenant, api_id), prefix=RATING)]

    def by(self, tenant: str, api_id: str, user: str) -> Rating | None:
        """That of this user, or None."""
        row = self._kept(tenant, api_id, user)
        return _rating(row.body) if row else None

    def averages(self, tenant: str) -> Mapping[str, float]:
        """What the ratings of each API come to, by id."""
        return dict(self._sums.all(tenant))

    def rate(self, rating: Rating) -> Rating:
        """Keep it in place of the user's rating before. Raises ApiNotFound, Changed."""
        return self._tried(lambda: self._rate(rating))

    def remove(self, rating: Rating) -> None:
        """Forget one that was read. Raises Changed."""
        self._tried(lambda: self._remove(rating))

    def _tried(self, write: Callable[[], Rating]) -> Rating:
        for _ in range(ATTEMPTS - 1):
            with suppress(Changed):
                return write()
        return write()

    def _rate(self, rating: Rating) -> Rating:
        before = self._kept(rating.tenant, rating.api_id, rating.user)
        kept = replace(rating, id=str(before.body["id"])) if before else rating
        transaction = Transaction()
        self._require_api(transaction, rating)
        row = self._of(kept)
        row.body = asdict(kept)
        if before:
            transaction.replace(row, expected_version=int(before.version))
        else:
            transaction.create(row, otherwise=Changed())
        gone = int(before.body["stars"]) if before else 0
        self._add(transaction, rating, ratings=0 if before else 1, stars=rating.stars - gone)
        transaction.commit()
        return kept

    def _remove(self, rating: Rating) -> Rating:
        before = self._kept(rating.tenant, rating.api_id, rating.user)
        if before is None:
            return rating
        transaction = Transaction()
        unchanged = self._row.version == before.version
        transaction.delete(self._of(rating), when=unchanged, otherwise=Changed())
        self._add(transaction, rating, ratings=-1, stars=-int(before.body["stars"]))
        transaction.commit()
        return rating

    def _add(self, transaction: Transaction, rating: Rating, *, ratings: int, stars: int) -> None:
        """Change the sum along; others who rate the same API meanwhile make it fail with Changed."""
        pk = f"{rating.tenant}#{RATINGS}"
        before = get(self._row, pk, rating.api_id)
        known: Mapping[str, Any] = before.body if before else {"ratings": 0, "stars": 0}
        body = {
            "api_id": rating.api_id,
            "ratings": int(known["ratings"]) + ratings,
            "stars": int(known["stars"]) + stars,
        }
        row = self._row(pk, rating.api_id, body=body)
        if before:
            transaction.replace(row, expected_version=int(before.version))
        else:
            transaction.create(row, otherwise=Changed())
        self._sums.note(transaction, rating.tenant, rating.api_id)

    def _require_api(self, transaction: Transaction, rating: Rating) -> None:
        there = self._row.pk.exists() & self._row.removing.does_not_exist()
        gone = ApiNotFound.by_id(rating.api_id)
        transaction.check(self._row(api_pk(rating.tenant, rating.api_id), META), when=there, otherwise=gone)

    def _kept(self, tenant: str, api_id: str, user: str) -> ApiRow | None:
        return get(self._row, api_pk(tenant, api_id), f"{RATING}{user.lower()}")

    def _of(self, rating: Rating) -> ApiRow:
        return self._row(api_pk(rating.tenant, rating.api_id), f"{RATING}{rating.user.lower()}")


def _rating(body: Mapping[str, Any]) -> Rating:
    return Rating(**body)


def _average(row: ApiRow) -> tuple[str, float]:
    body = row.body
    return str(body["api_id"]), average(int(body["ratings"]), int(body["stars"]))
