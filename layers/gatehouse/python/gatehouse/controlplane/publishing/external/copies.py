"""Copies: which external stores an API stands in, and keeping them in step with the stores themselves.

What is kept of a copy is written before its store is asked for anything and forgotten after it has let go, so that there is
never a copy in a store that nobody here knows of. A copy counts from when its store has confirmed it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.external_store import (
    Advertised,
    ExternalStoreFailed,
    ExternalStoreRefused,
    original_url,
)
from gatehouse.domain.record import Kind, Record, made, rewritten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Errand = Callable[[], None]

    from gatehouse.controlplane.publishing.external.accounts import Accounts
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.external_store import ExternalStore
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.publishing.external_stores import StoreFronts
    from gatehouse.ports.world import Clock

CONFIRMED, VERSION, ORIGIN = "confirmed", "version", "origin"
"""In the body of a copy: whether its store has it, the version of the API (`stored_version`) that was put there, and where that
was said to come from."""

STORES_SECONDS = 25.0
"""How long external stores are waited for in one request, whose function has 29 s."""

AT_ONCE = 20
"""How many stores are asked at the same time: every one that a tenant may have."""

Problems = dict[str, ExternalStoreFailed]
"""What went wrong, by the store's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The copies of a tenant's APIs. `own_store` is the address of the developer portal where a tenant names none."""

    records: Records
    accounts: Accounts
    fronts: StoreFronts
    clock: Clock
    own_store: str

    def origin(self, api: Api) -> str:
        """Where copies of the API lead developers to."""
        return original_url(self.accounts.stores(api.tenant).store_url or self.own_store, api.id)

    def confirmed(self, api: Api) -> list[Record]:
        """Those that their stores have; the id of each is its store's."""
        return [one for one in self.of(api) if one.body[CONFIRMED]]

    def of(self, api: Api) -> list[Record]:
        """Those, and those of which nobody knows whether their stores have them."""
        return self.records.all(api.tenant, Kind.EXTERNAL_COPY, api.id)

    def settle(self, principal: Principal, api: Api, stores: Sequence[ExternalStore], archive: bytes) -> Problems:
        """Have the API in these stores, as the archive has it, and in no others; returns which stores failed.

        Raises ApiNotFound for one that is being deleted, Changed.
        """
        known = {copy.id: copy for copy in self.of(api)}
        # Before anything is written: a password that cannot be opened leaves nothing behind.
        opened = [self.accounts.opened(api.tenant, store) for store in stores]
        copies = {store.id: known.get(store.id) or self._intended(principal, api, store) for store in stores}
        put = partial(self.fronts.put, archive=archive, seconds=STORES_SECONDS)
        errands = {store.id: partial(put, store, self._advertised(api, copies[store.id])) for store in opened}
        given_up = [copy for store_id, copy in known.items() if store_id not in copies]
        problems = _together({**errands, **self._leaving(api, given_up)})
        self._forget(given_up, problems)
        for store_id, problem in problems.items():
            if isinstance(problem, ExternalStoreRefused) and store_id in copies and store_id not in known:
                self.records.remove([copies[store_id]])
        self._confirm(principal, api, [copy for store_id, copy in copies.items() if store_id not in problems])
        return problems

    def take_all_back(self, api: Api) -> None:
        """Remove every copy of an API that is to be deleted. Raises ExternalStoreFailed that names each store, Changed."""
        copies = self.of(api)
        problems = _together(self._leaving(api, copies))
        self._forget(copies, problems)
        if problems:
            raise ExternalStoreFailed.together(problems)

    def _leaving(self, api: Api, copies: Sequence[Record]) -> dict[str, Errand]:
        """What removes copies from their stores, but for those whose stores are not configured any more: nobody reaches them."""
        known = self.accounts.stores(api.tenant)
        there = {copy.id: store for copy in copies if (store := known.find(copy.id))}
        take_back = partial(self.fronts.take_back, seconds=STORES_SECONDS)
        return {
            copy.id: partial(take_back, self.accounts.opened(api.tenant, there[copy.id]), self._advertised(api, copy))
            for copy in copies
            if copy.id in there
        }

    def _advertised(self, api: Api, copy: Record) -> Advertised:
        """The API as the copy's store knows it: by what it was told before, or is told now."""
        return Advertised(
            name=api.name, version=api.version, original_url=self.origin(api), url_before=copy.body[ORIGIN]
        )

    def _forget(self, copies: Sequence[Record], problems: Problems) -> None:
        for copy in copies:
            if copy.id not in problems:
                self.records.remove([copy])

    def _intended(self, principal: Principal, api: Api, store: ExternalStore) -> Record:
        body = {CONFIRMED: False, VERSION: api.stored_version, ORIGIN: self.origin(api)}
        copy = made(principal, self.clock.now(), Kind.EXTERNAL_COPY, store.id, body, owner=api.id, tenant=api.tenant)
        return self.records.add(copy, taken=Changed())

    def _confirm(self, principal: Principal, api: Api, copies: Sequence[Record]) -> None:
        """Keep that stores have these. Those that somebody took back before they were there go again. Raises Changed."""
        body, changed = {CONFIRMED: True, VERSION: api.stored_version, ORIGIN: self.origin(api)}, []
        for copy in copies:
            try:
                self.records.replace(copy, rewritten(copy, principal, self.clock.now(), body), taken=Changed())
            except Changed:
                changed.append(copy)
        there = {copy.id for copy in self.of(api)} if changed else set()
        problems = _together(self._leaving(api, [copy for copy in changed if copy.id not in there]))
        if problems:
            raise ExternalStoreFailed.together(problems)
        if changed:
            raise Changed


def _together(errands: Mapping[str, Errand]) -> Problems:
    """Each errand to its store, all at the same time."""
    problems: Problems = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {store_id: pool.submit(errand) for store_id, errand in errands.items()}
        for store_id, errand in running.items():
            try:
                errand.result()
            except ExternalStoreFailed as failed:
                problems[store_id] = failed
    return problems
