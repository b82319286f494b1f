"""Which answers are given again without asking the backend, to whom, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.dataplane.answers.response_cache import BODY_BYTES_MAX, ENTRIES_MAX
from gatehouse.ports.backends import BackendReply
from tests.calls import menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running


@pytest.fixture
def caching(running: Running) -> Running:
    running.world.deploy(menu_api(cache_seconds=60))
    return running


def call(running: Running, method: str = "GET", path: str = "/menu/1.0.0/items", **parts: Any) -> Reply:
    return running.call(method, path, token=running.world.token(scope="order"), **parts)


def answers(running: Running, status: int = 200, body: bytes = b"[]", **headers: str) -> None:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    running.world.backend.reply = BackendReply(status=status, headers=named, body=body)


def asked(running: Running) -> int:
    return len(running.world.backend.requests)


def test_the_second_call_is_answered_from_memory_and_says_how_old_the_answer_is(caching: Running) -> None:
    answers(caching, body=b"[1]")
    first = call(caching)
    caching.world.clock.advance(7)
    second = call(caching)
    assert (first.body, second.body, asked(caching)) == (b"[1]", b"[1]", 1)
    assert dict(second.headers)["age"] == "7"
    assert [line["cache_hit"] for line in caching.lines] == [False, True]


def test_nothing_is_cached_where_the_api_does_not_ask_for_it(running: Running) -> None:
    call(running)
    call(running)
    assert asked(running) == 2


def test_an_answer_lasts_as_long_as_the_api_says_and_the_backend_allows(caching: Running) -> None:
    answers(caching, cache_control="max-age=10")
    call(caching)
    caching.world.clock.advance(11)
    call(caching)
    answers(caching, cache_control="max-age=86400")
    caching.world.clock.advance(11)
    call(caching)
    caching.world.clock.advance(59)
    call(caching)
    assert asked(caching) == 3
    caching.world.clock.advance(2)
    call(caching)
    assert asked(caching) == 4


@pytest.mark.parametrize(
    "headers",
    [
        {"cache_control": "no-store"},
        {"cache_control": "private, max-age=60"},
        {"cache_control": "max-age=0"},
        {"set_cookie": "a=b"},
        {"vary": "*"},
    ],
)
def test_what_is_for_one_alone_is_not_kept(caching: Running, headers: dict[str, str]) -> None:
    answers(caching, **headers)
    call(caching)
    call(caching)
    assert asked(caching) == 2


@pytest.mark.parametrize("status", [201, 206, 302, 400, 500, 503])
def test_what_is_no_lasting_answer_is_not_kept(caching: Running, status: int) -> None:
    answers(caching, status)
    call(caching)
    call(caching)
    assert asked(caching) == 2


def test_other_queries_bodies_and_methods_are_other_questions(caching: Running) -> None:
    call(caching, query="a=1")
    call(caching, query="a=2")
    call(caching, path="/menu/1.0.0/items/7")
    call(caching, "POST", "/menu/1.0.0/orders")
    call(caching, "POST", "/menu/1.0.0/orders")
    assert asked(caching) == 5


def test_what_the_answer_varies_by_is_compared(caching: Running) -> None:
    answers(caching, vary="Accept-Language")
    for language in ("de", "de", "fr"):
        call(caching, headers={"Accept-Language": language})
    assert asked(caching) == 2


@pytest.mark.parametrize("directive", ["no-cache", "no-store"])
def test_a_caller_may_insist_on_the_backend(caching: Running, directive: str) -> None:
    call(caching)
    call(caching, headers={"Cache-Control": directive})
    assert asked(caching) == 2


def test_memory_is_bounded(caching: Running) -> None:
    answers(caching, body=b"x" * (BODY_BYTES_MAX + 1))
    call(caching)
    call(caching)
    assert asked(caching) == 2
    answers(caching)
    for number in range(ENTRIES_MAX + 1):
        call(caching, query=f"n={number}")
    before = asked(caching)
    call(caching, query="n=0")
    assert asked(caching) == before + 1


def test_a_new_revision_answers_anew(caching: Running) -> None:
    call(caching)
    caching.world.deploy(menu_api(cache_seconds=60, revision=2))
    caching.world.clock.advance(6)
    call(caching)
    assert asked(caching) == 2


def test_an_old_revision_that_is_deployed_again_is_given_no_answer_of_the_one_between(caching: Running) -> None:
    answered = []
    for revision, body in ((1, b"first"), (2, b"second"), (1, b"never asked"), (3, b"third")):
        answers(caching, body=body)
        caching.world.deploy(menu_api(cache_seconds=60, revision=revision))
        caching.world.clock.advance(6)
        answered += [call(caching).body, call(caching).body]
    assert answered == [b"first"] * 2 + [b"second"] * 2 + [b"first"] * 2 + [b"third"] * 2


def test_users_of_one_application_are_never_shown_each_other_s_answers(caching: Running) -> None:
    def shown(user: str) -> bytes:
        answers(caching, body=user.encode())
        token = caching.world.token(aut="APPLICATION_USER", sub=user, username=f"{user}@carbon.super")
        reply = caching.call("GET", "/menu/1.0.0/items", token=token)
        assert reply.status == 200
        return bytes(reply.body)

    assert [shown(user) for user in ("mary", "bob", "mary")] == [b"mary", b"bob", b"mary"]
    assert asked(caching) == 2
