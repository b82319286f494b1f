"""How long a token goes on to work after it was voided: many environments of the gateway, in virtual time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key, tenant_revocation_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import CONSUMER_KEY, menu_api
from tests.worlds.gateway import Running

if TYPE_CHECKING:
    from gatehouse.domain.artifact import ArtifactKey

ENVIRONMENTS = 50
PACES = (20.0, 1.0, 0.1)
"""Calls per second that one environment gets: a busy one, one that is called now and then, a nearly idle one."""

STEP_SECONDS = 0.05
WARM_SECONDS = 15.0
WATCHED_SECONDS = 30.0
TOKEN_ID, USER = "a-token", "mary"

KINDS: dict[str, ArtifactKey] = {
    "a token": revocation_key(SUPER_TENANT, RevocationKind.TOKEN, TOKEN_ID),
    "a client": revocation_key(SUPER_TENANT, RevocationKind.CLIENT, CONSUMER_KEY),
    "a user": revocation_key(SUPER_TENANT, RevocationKind.USER, USER),
    "a tenant": tenant_revocation_key(SUPER_TENANT),
}


def last_admitted_seconds(kind: str, pace: float, environments: int = ENVIRONMENTS) -> float:
    """Seconds from the revocation to the last call that went through anywhere; 0 when none did."""
    chance = random.Random(f"{kind} {pace}")
    running = Running()
    world = running.world
    world.deploy(menu_api())
    world.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Gold", limits=()))
    token = world.token(
        jti=TOKEN_ID,
        sub=f"{USER}@{SUPER_TENANT}",
        username=f"{USER}@{SUPER_TENANT}",
        exp=int(world.clock.now()) + 10**6,
    )
    gateways = [running.environment() for _ in range(environments)]

    def calls() -> list[int]:
        called = [gateway for gateway in gateways if chance.random() < pace * STEP_SECONDS]
        return [gateway.handle(world.call(token=token)).status for gateway in called]

    for _ in range(int(WARM_SECONDS / STEP_SECONDS)):
        world.clock.advance(STEP_SECONDS)
        if set(calls()) - {200}:
            raise RuntimeError("a call was refused before anything was revoked")
    revoked_at = world.clock.now()
    world.artifacts.publish([Artifact(KINDS[kind], {"before": int(revoked_at)})])
    last = 0.0
    for _ in range(int(WATCHED_SECONDS / STEP_SECONDS)):
        world.clock.advance(STEP_SECONDS)
        if 200 in calls():
            last = world.clock.now() - revoked_at
    return last


def measure() -> dict[str, float]:
    """The longest of all kinds of revocation, by pace."""
    return {f"{pace:g} calls/s": max(last_admitted_seconds(kind, pace) for kind in KINDS) for pace in PACES}
