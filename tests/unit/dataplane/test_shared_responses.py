"""What one environment has been answered, the others need not ask: and a store that fails takes nothing away."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.dataplane.answers.response_cache import BODY_BYTES_MAX, ResponseCache
from gatehouse.dataplane.answers.shared_responses import RESPONSE_BYTES_MAX, SharedResponses
from gatehouse.ports.backends import BackendReply
from tests.calls import API_ID, menu_api
from tests.fakes.responses import InMemoryResponses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatehouse.dataplane.call import Reply
    from gatehouse.dataplane.gateway import Gateway
    from gatehouse.ports.responses import KeptResponse, ResponseKey
    from tests.worlds.gateway import Running

SECONDS = 0.2
Environments = tuple["Gateway", "Gateway"]


@pytest.fixture
def store() -> InMemoryResponses:
    return InMemoryResponses()


@pytest.fixture
def environment(running: Running) -> Iterator[Callable[[InMemoryResponses], Gateway]]:
    """Makes environments of the gateway over a store; of each the API asks for caching."""
    running.world.deploy(menu_api(cache_seconds=60))
    with ThreadPoolExecutor(2) as beside:
        clock = running.world.clock
        yield lambda store: replace(
            running.environment(), cache=ResponseCache(clock, SharedResponses(store, clock, beside, seconds=SECONDS))
        )


@pytest.fixture
def environments(environment: Callable[[InMemoryResponses], Gateway], store: InMemoryResponses) -> Environments:
    return environment(store), environment(store)


@pytest.fixture
def ask(running: Running) -> Callable[..., Reply]:
    def ask(gateway: Gateway, **parts: Any) -> Reply:
        return gateway.handle(running.world.call(**{"token": running.world.token(), **parts}))

    return ask


def answers(running: Running, body: bytes = b"[]", **headers: str) -> None:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    running.world.backend.reply = BackendReply(status=200, headers=named, body=body)


def asked(running: Running) -> int:
    return len(running.world.backend.requests)


def test_another_environment_answers_without_asking_the_backend(
    running: Running, environments: Environments, ask: Callable[..., Reply]
) -> None:
    one, other = environments
    answers(running, b"[1]", etag='"7"', content_type="application/json")
    ask(one)
    running.world.clock.advance(7)
    reply = ask(other)
    headers = dict(reply.headers)
    assert (reply.status, reply.body, asked(running)) == (200, b"[1]", 1)
    assert (headers["age"], headers["etag"], headers["content-type"]) == ("7", '"7"', "application/json")
    assert running.lines[-1]["cache_hit"] is True


def test_what_was_shared_once_is_then_in_memory(
    environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses
) -> None:
    one, other = environments
    ask(one)
    for _ in range(3):
        ask(one)
        ask(other)
    assert (store.reads, store.writes) == (2, 1), "each environment missed once"


def test_keys_lead_with_the_tenant_the_api_and_its_revision(
    environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses
) -> None:
    ask(environments[0])
    [key] = store.kept
    assert (key.tenant, key.api_id, key.revision) == ("carbon.super", API_ID, 1)


def test_other_questions_have_other_keys(
    environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses
) -> None:
    one, _ = environments
    for parts in (
        {},
        {"query": "a=1"},
        {"path": "/menu/1.0.0/items/7"},
        {"path": "/menu/1.0.0/items/7\0a=1"},
        {"path": "/menu/1.0.0/items/7", "query": "a=1"},
        {"body": b"x"},
        {"method": "HEAD"},
    ):
        ask(one, **parts)
    # HEAD of /items is not defined, and is refused.
    assert len(store.kept) == 6


def test_another_environment_holds_no_answer_longer_than_the_first(
    running: Running, environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses
) -> None:
    one, other = environments
    ask(one)
    running.world.clock.advance(61)
    assert store.kept, "the store deletes late"
    ask(other)
    assert asked(running) == 2


def test_what_the_answer_varies_by_is_compared_and_kept_as_a_digest(
    running: Running, environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses
) -> None:
    one, other = environments
    answers(running, vary="Accept-Language, X-Party")
    ask(one, headers={"Accept-Language": "de", "X-Party": "of-the-first-part"})
    ask(other, headers={"Accept-Language": "fr", "X-Party": "of-the-first-part"})
    assert asked(running) == 2
    ask(one, headers={"Accept-Language": "de", "X-Party": "of-the-first-part"})
    assert asked(running) == 2
    assert "of-the-first-part" not in repr(store.kept)


@pytest.mark.parametrize("name", ["Cookie", "Authorization"])
def test_what_varies_by_a_credential_stays_in_memory(
    running: Running, environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses, name: str
) -> None:
    answers(running, vary=f"Accept, {name}")
    token = running.world.token()
    for _ in range(2):
        ask(environments[0], token=token)
    assert (asked(running), store.writes) == (1, 0)


def test_what_is_too_large_to_share_stays_in_memory(
    running: Running, environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses
) -> None:
    answers(running, b"x" * BODY_BYTES_MAX, x_note="y" * (RESPONSE_BYTES_MAX - BODY_BYTES_MAX))
    for _ in range(2):
        ask(environments[0])
    assert (asked(running), store.writes) == (1, 0)
    answers(running, b"x" * BODY_BYTES_MAX)
    ask(environments[0], query="smaller")
    assert store.writes == 1


def test_nothing_is_asked_of_the_store_where_the_api_caches_nothing(
    running: Running, environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses
) -> None:
    running.world.deploy(menu_api())
    running.world.clock.advance(6)
    ask(environments[0])
    assert (store.reads, store.writes) == (0, 0)


@pytest.mark.parametrize("directive", ["no-cache", "no-store"])
def test_a_caller_may_insist_on_the_backend(
    running: Running, environments: Environments, ask: Callable[..., Reply], directive: str
) -> None:
    one, other = environments
    ask(one)
    ask(other, headers={"Cache-Control": directive})
    assert asked(running) == 2


def test_a_store_that_is_down_is_a_miss_and_soon_left_alone(
    running: Running, environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses
) -> None:
    store.down = True
    for number in range(10):
        assert ask(environments[0], query=f"n={number}").status == 200
    assert asked(running) == 10
    assert store.reads + store.writes <= 3
    store.down = False
    running.world.clock.advance(3)
    ask(environments[0], query="n=10")
    assert store.kept


def test_a_store_that_is_slow_keeps_no_answer_waiting(
    running: Running,
    environment: Callable[[InMemoryResponses], Gateway],
    ask: Callable[..., Reply],
) -> None:
    class Slow(InMemoryResponses):
        def keep(self, key: ResponseKey, response: KeptResponse) -> None:
            time.sleep(4 * SECONDS)
            super().keep(key, response)

    gateway = environment(Slow())
    ask(gateway, query="warm")
    began = time.perf_counter()
    assert ask(gateway, query="again").status == 200
    assert time.perf_counter() - began < 2 * SECONDS
    assert asked(running) == 2


def test_a_new_revision_answers_anew(running: Running, environments: Environments, ask: Callable[..., Reply]) -> None:
    one, other = environments
    ask(one)
    running.world.deploy(menu_api(cache_seconds=60, revision=2))
    running.world.clock.advance(6)
    ask(other)
    assert asked(running) == 2


def test_a_clock_that_is_behind_makes_no_negative_age(
    running: Running, environments: Environments, ask: Callable[..., Reply], store: InMemoryResponses
) -> None:
    one, other = environments
    ask(one)
    [(key, kept)] = store.kept.items()
    store.kept[key] = replace(kept, stored_at=kept.stored_at + 3)
    assert dict(ask(other).headers)["age"] == "0"
    assert asked(running) == 1
