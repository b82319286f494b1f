"""That API keys are used becomes known, cheaply and beside the calls."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from gatehouse.dataplane.credentials.key_uses import RETRY_SECONDS, KeyUses
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access
from tests.calls import KEY_USE_SECONDS, menu_api
from tests.fakes.counters import InMemoryCounters
from tests.unit.dataplane.test_api_key import call, key, know_application

if TYPE_CHECKING:
    from tests.worlds.gateway import Running


@pytest.fixture
def running(running: Running) -> Running:
    running.world.deploy(menu_api(access=Access(api_key=True)))
    know_application(running)
    return running


def settled(running: Running) -> int:
    """How often a use was told, once everything beside the calls is over."""
    running.executor.submit(lambda: None).result(5)
    running.executor.submit(lambda: None).result(5)
    return running.world.key_uses.writes


def test_many_calls_with_a_key_are_one_use_an_hour_in_each_environment(running: Running) -> None:
    secret = key(running)
    for _ in range(3):
        assert call(running, secret).status == 200
        assert settled(running) == 1
    assert running.world.key_uses.last_used(SUPER_TENANT, ["k-1"]) == {"k-1": int(running.world.clock.now())}
    running.world.clock.advance(KEY_USE_SECONDS)
    call(running, secret)
    assert settled(running) == 2
    assert running.world.key_uses.last_used(SUPER_TENANT, ["k-1"]) == {"k-1": int(running.world.clock.now())}
    running.gateway = running.environment()
    call(running, secret)
    assert settled(running) == 3


def test_each_key_is_known_by_itself_and_other_credentials_are_nothing_to_tell(running: Running) -> None:
    for key_id in ("k-1", "k-2"):
        call(running, key(running, key_id=key_id))
        settled(running)
    assert set(running.world.key_uses.last_used(SUPER_TENANT, ["k-1", "k-2"])) == {"k-1", "k-2"}
    running.world.deploy(menu_api())
    assert running.call(token=running.world.token()).status == 200
    assert settled(running) == 2


def test_a_refused_call_is_no_use(running: Running) -> None:
    assert call(running, key(running, addresses=("198.51.100.0/24",))).status == 403
    assert settled(running) == 0


def test_what_cannot_be_told_spoils_no_call_and_is_told_later(running: Running) -> None:
    running.world.key_uses.down = True
    secret = key(running)
    for _ in range(3):
        assert call(running, secret).status == 200
        assert settled(running) == 1
    running.world.key_uses.down = False
    running.world.clock.advance(RETRY_SECONDS)
    assert call(running, secret).status == 200
    assert settled(running) == 2
    assert running.world.key_uses.last_used(SUPER_TENANT, ["k-1"]) != {}


def test_no_call_waits_for_a_use_and_no_more_than_one_is_told_at_a_time(running: Running) -> None:
    slow, told = threading.Event(), []

    class Slow:
        def used(self, tenant: str, key_id: str, at: int) -> None:
            told.append((tenant, key_id, at))
            slow.wait(5)

    with ThreadPoolExecutor(2) as executor:
        gateway = running.world.gateway(InMemoryCounters(), executor, lambda _line: None)
        uses = KeyUses(Slow(), executor, every_seconds=KEY_USE_SECONDS)
        object.__setattr__(gateway.entrance, "key_uses", uses)
        for key_id in ("k-1", "k-2"):
            reply = gateway.handle(running.world.call(headers={"ApiKey": key(running, key_id=key_id)}))
            assert reply.status == 200
        assert not slow.is_set()
        slow.set()
    assert [key_id for _, key_id, _ in told] == ["k-1"]


def test_a_stage_may_keep_no_uses(running: Running) -> None:
    uses = KeyUses(running.world.key_uses, running.executor, every_seconds=0)
    object.__setattr__(running.gateway.entrance, "key_uses", uses)
    assert call(running, key(running)).status == 200
    assert settled(running) == 0
