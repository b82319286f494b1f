"""What an environment of the gateway knows: without reading, at once when it is new, and not for long when it is old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest

from gatehouse.domain.artifact import (
    Artifact,
    RevocationKind,
    Withdrawal,
    revision_key,
    revocation_key,
    route_key,
    subscription_key,
)
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import (
    API_ID,
    APPLICATION_ID,
    CONSUMER_KEY,
    MAX_STALENESS,
    REFRESH_AFTER,
    menu_api,
)
from tests.worlds.gateway import code

if TYPE_CHECKING:
    from tests.worlds.gateway import Running


def test_a_warm_call_reads_nothing_and_writes_little(running: Running) -> None:
    token = running.world.token()
    running.world.set_policy(PolicyKind.APPLICATION, Terms(name="50PerMin", limits=(Rate(count=50_000, seconds=60),)))
    running.world.grant_application(policy="50PerMin")
    for _ in range(50):
        running.world.clock.advance(1 / 40)
        running.call(token=token)
    reads, writes = running.world.artifacts.reads, running.counters.writes
    calls = 400
    read_calls = 0
    for _ in range(calls):
        running.world.clock.advance(1 / 40)
        before = running.world.artifacts.reads
        assert running.call(token=token).status == 200
        read_calls += running.world.artifacts.reads > before
    assert read_calls <= calls * (1 / 40) / REFRESH_AFTER + 1, "the median call reads nothing"
    assert running.world.artifacts.reads - reads <= 12
    counters = 2
    assert (running.counters.writes - writes) / calls / counters <= 0.05


def test_the_first_call_after_a_deploy_succeeds_though_404_was_remembered(running: Running) -> None:
    world = running.world
    assert running.call(path="/new/1.0.0/items").status == 404
    world.deploy(menu_api(id=API_ID, base_path="/new/1.0.0", context="/new"))
    assert running.call(path="/new/1.0.0/items", token=world.token()).status == 200


def test_the_first_call_after_a_subscription_succeeds_though_403_was_remembered(running: Running) -> None:
    world = running.world
    world.artifacts.publish([Withdrawal(subscription_key(SUPER_TENANT, APPLICATION_ID, API_ID))])
    token = world.token()
    assert running.call(token=token).status == 403
    world.subscribe()
    assert running.call(token=token).status == 200


@pytest.mark.parametrize("kind", [RevocationKind.TOKEN, RevocationKind.CLIENT, RevocationKind.USER])
def test_a_revocation_holds_in_every_environment_within_max_staleness(running: Running, kind: RevocationKind) -> None:
    world = running.world
    token = world.token()
    environments = [running.environment() for _ in range(3)]
    assert {gateway.handle(world.call(token=token)).status for gateway in environments} == {200}
    subject = {
        RevocationKind.TOKEN: jwt.decode(token, options={"verify_signature": False})["jti"],
        RevocationKind.CLIENT: CONSUMER_KEY,
        RevocationKind.USER: "mary",
    }[kind]
    before = {"before": int(world.clock.now())}
    world.artifacts.publish([Artifact(revocation_key(SUPER_TENANT, kind, subject), before)])
    world.clock.advance(MAX_STALENESS + 0.1)
    assert {code(gateway.handle(world.call(token=token))) for gateway in environments} == {(401, "900901")}


@pytest.mark.parametrize("change", ["subscription", "deployment", "state"])
def test_a_withdrawal_holds_in_every_environment_within_max_staleness(running: Running, change: str) -> None:
    world = running.world
    token = world.token()
    environments = [running.environment() for _ in range(3)]
    assert {gateway.handle(world.call(token=token)).status for gateway in environments} == {200}
    match change:
        case "subscription":
            world.artifacts.publish([Withdrawal(subscription_key(SUPER_TENANT, APPLICATION_ID, API_ID))])
        case "deployment":
            keys = (route_key(SUPER_TENANT, "/menu/1.0.0"), revision_key(SUPER_TENANT, API_ID))
            world.artifacts.publish([Withdrawal(key) for key in keys])
        case _:
            world.deploy(menu_api(), state="BLOCKED")
    world.clock.advance(MAX_STALENESS + 0.1)
    expected = {"subscription": 403, "deployment": 404, "state": 503}[change]
    assert {gateway.handle(world.call(token=token)).status for gateway in environments} == {expected}
