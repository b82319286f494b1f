"""Stores of others in memory. Verified by tests/contract/test_external_stores.py, beside the adapter at a publisher."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gatehouse.domain.publishing.external_store import ExternalStoreRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.publishing.external_store import Advertised, ExternalStore, ExternalStoreFailed


class InMemoryStoreFronts:
    """`held` has, by store and name and version, where an API comes from and its archive; "" comes from the store itself.

    `failures` are raised by the stores of these ids; what is in `meanwhile` happens while an API is put somewhere, once.
    """

    def __init__(self) -> None:
        self.held: dict[tuple[str, str, str], tuple[str, bytes]] = {}
        self.failures: dict[str, ExternalStoreFailed] = {}
        self.meanwhile: list[Callable[[], object]] = []

    def put(self, store: ExternalStore, advertised: Advertised, archive: bytes, *, seconds: float) -> None:
        self._ask(store, seconds)
        self._own(store, advertised)
        with suppress(IndexError):  # stores are asked at the same time: one of them is told
            self.meanwhile.pop()()
        self.held[_key(store, advertised)] = advertised.original_url, archive

    def take_back(self, store: ExternalStore, advertised: Advertised, *, seconds: float) -> None:
        self._ask(store, seconds)
        self._own(store, advertised)
        self.held.pop(_key(store, advertised), None)

    def _ask(self, store: ExternalStore, seconds: float) -> None:
        if seconds <= 0:
            raise ExternalStoreRefused("there was no time left to ask it; publish again")
        if store.id in self.failures:
            raise self.failures[store.id]

    def _own(self, store: ExternalStore, advertised: Advertised) -> None:
        origin, _ = self.held.get(_key(store, advertised), (advertised.original_url, b""))
        if not advertised.comes_from(origin):
            raise ExternalStoreRefused(
                f"has an API {advertised.name} {advertised.version} that does not come from here"
            )


def _key(store: ExternalStore, advertised: Advertised) -> tuple[str, str, str]:
    return store.id, advertised.name, advertised.version
