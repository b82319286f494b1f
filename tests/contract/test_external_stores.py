"""Putting APIs into stores of others: the promises of `publishing/external_stores`, kept by the fake and over HTTP.

The other side of HTTP is a publisher of ours in memory, which takes archives and deletes APIs as WSO2's does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.outward.external_stores import ARCHIVE_BYTES_MAX, BASE, HttpStoreFronts
from gatehouse.domain.publishing.external_store import (
    Advertised,
    ExternalStore,
    ExternalStoreFailed,
    ExternalStoreRefused,
    original_url,
)
from tests.callers import PASSWORD
from tests.fakes.external_stores import InMemoryStoreFronts
from tests.worlds.archives import zipped
from tests.worlds.projects import project
from tests.worlds.served import ServedPublisher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatehouse.ports.publishing.external_stores import StoreFronts

SECONDS = 60.0
ORIGINAL = original_url("https://store.example/devportal", "one")
PIZZA = Advertised(name="Pizza", version="1.0.0", original_url=ORIGINAL)
STORE = ExternalStore(
    id="UK",
    type="wso2",
    display_name="UK",
    endpoint="https://uk.example/devportal",
    username="admin",
    password=PASSWORD,
)


def archive(origin: str = ORIGINAL, description: str = "Crisp") -> bytes:
    told = {"advertised": True, "originalDevPortalUrl": origin}
    files = project(description=description, advertiseInfo=told, lifeCycleStatus="PUBLISHED")
    return zipped({f"Pizza-1.0.0/{path}": content for path, content in files.items()})


@dataclass(frozen=True, kw_only=True)
class World:
    """`origins` are those of the APIs that the store has."""

    fronts: StoreFronts
    store: ExternalStore
    origins: Callable[[], list[str]]


@pytest.fixture
def served() -> Iterator[ServedPublisher]:
    found = ServedPublisher()
    yield found
    found.close()


@pytest.fixture
def adapter() -> Iterator[HttpStoreFronts]:
    found = HttpStoreFronts(internal_allowed=True)
    yield found
    found.close()


@pytest.fixture(params=["fake", "http"])
def world(request: pytest.FixtureRequest, served: ServedPublisher, adapter: HttpStoreFronts) -> World:
    if request.param == "fake":
        fake = InMemoryStoreFronts()
        return World(fronts=fake, store=STORE, origins=lambda: [origin for origin, _ in fake.held.values()])

    def origins() -> list[str]:
        listed = served.world.made("GET", "/apis")["list"]
        apis = [served.world.made("GET", f"/apis/{one['id']}") for one in listed]
        return [one["advertiseInfo"]["originalDevPortalUrl"] for one in apis]

    return World(fronts=adapter, store=there(served), origins=origins)


def there(served: ServedPublisher) -> ExternalStore:
    return replace(STORE, endpoint=f"{served.url}/devportal/apis?tenant=carbon.super")


def test_what_was_put_there_is_replaced_by_what_is_put_there_again_and_taken_back_once(world: World) -> None:
    for description in ("Crisp", "Crisper"):
        world.fronts.put(world.store, PIZZA, archive(description=description), seconds=SECONDS)
        assert world.origins() == [ORIGINAL]
    for _ in range(2):
        world.fronts.take_back(world.store, PIZZA, seconds=SECONDS)
        assert world.origins() == []


def test_what_comes_from_elsewhere_is_neither_replaced_nor_taken_back(world: World) -> None:
    elsewhere = replace(PIZZA, original_url=original_url("https://other.example", "one"))
    world.fronts.put(world.store, elsewhere, archive(elsewhere.original_url), seconds=SECONDS)
    with pytest.raises(ExternalStoreRefused) as put:
        world.fronts.put(world.store, PIZZA, archive(), seconds=SECONDS)
    with pytest.raises(ExternalStoreRefused) as taken:
        world.fronts.take_back(world.store, PIZZA, seconds=SECONDS)
    assert put.value.description == taken.value.description == "has an API Pizza 1.0.0 that does not come from here"
    assert world.origins() == [elsewhere.original_url]


def test_what_came_from_another_address_before_is_known_by_that(world: World) -> None:
    world.fronts.put(world.store, PIZZA, archive(), seconds=SECONDS)
    moved = replace(PIZZA, original_url=original_url("https://moved.example", "one"), url_before=ORIGINAL)
    world.fronts.put(world.store, moved, archive(moved.original_url), seconds=SECONDS)
    assert world.origins() == [moved.original_url]
    world.fronts.take_back(world.store, moved, seconds=SECONDS)
    assert world.origins() == []


def test_nothing_is_asked_when_the_time_is_over(world: World) -> None:
    with pytest.raises(ExternalStoreRefused, match="no time left"):
        world.fronts.put(world.store, PIZZA, archive(), seconds=0.0)
    assert world.origins() == []


def refusal(adapter: HttpStoreFronts, store: ExternalStore, content: bytes = b"") -> ExternalStoreFailed:
    with pytest.raises(ExternalStoreFailed) as refused:
        adapter.put(store, PIZZA, content or archive(), seconds=SECONDS)
    assert PASSWORD not in refused.value.description
    return refused.value


def test_a_refusal_says_what_the_store_says(served: ServedPublisher, adapter: HttpStoreFronts) -> None:
    store = there(served)
    stranger = refusal(adapter, replace(store, password="guessed"))
    assert stranger.description.startswith("does not take the account 'admin': does not tell whether it has the API: ")
    broken = refusal(adapter, store, zipped({"Pizza/api.yaml": {"type": "api", "data": {"name": "Pizza"}}}))
    assert isinstance(broken, ExternalStoreRefused)
    assert "version" in broken.description
    assert broken.description.endswith("(HTTP 400)")
    large = refusal(adapter, store, bytes(ARCHIVE_BYTES_MAX + 1))
    assert isinstance(large, ExternalStoreRefused)


def test_what_a_store_has_done_is_unknown_when_it_fails_and_known_when_it_was_only_asked(
    served: ServedPublisher, adapter: HttpStoreFronts
) -> None:
    store = there(served)
    said = b'{"message": "we keep ' + PASSWORD.encode() + b'"}'
    served.instead = lambda line: (500, said) if line == f"POST {BASE}/apis/import" else None
    failed = refusal(adapter, store)
    assert (type(failed), failed.description) == (ExternalStoreFailed, "refuses the API: we keep ***** (HTTP 500)")
    served.instead = lambda line: (500, said) if line == f"GET {BASE}/apis" else None
    assert isinstance(refusal(adapter, store), ExternalStoreRefused)
    served.close()
    assert isinstance(refusal(adapter, store), ExternalStoreRefused)


def test_an_address_inside_and_one_in_clear_are_not_asked() -> None:
    guarded = HttpStoreFronts(internal_allowed=False)
    clear = refusal(guarded, replace(STORE, endpoint="http://uk.example/devportal"))
    inside = refusal(guarded, replace(STORE, endpoint="https://169.254.169.254/devportal"))
    assert [clear.description, inside.description] == [
        "its Endpoint is not https",
        "its Endpoint is an address that may not be called",
    ]
