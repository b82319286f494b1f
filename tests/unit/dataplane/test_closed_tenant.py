"""The APIs of a tenant that is deactivated: as if they were not there, within `max_staleness`, until it is activated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, Withdrawal, closed_key
from tests.calls import MAX_STALENESS, menu_api

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

DOMAIN = "other.example"
HEALTH = "/menu/1.0.0/health"


def test_404_while_the_tenant_is_closed_and_no_other_is_touched(running: Running) -> None:
    running.world.deploy(menu_api(tenant=DOMAIN))
    theirs = f"/t/{DOMAIN}{HEALTH}"
    assert running.call(path=theirs).status == 200
    running.world.artifacts.publish([Artifact(closed_key(DOMAIN), {})])
    running.world.clock.advance(MAX_STALENESS + 0.1)
    assert running.call(path=theirs).status == 404
    assert running.call(path=HEALTH).status == 200
    running.world.artifacts.publish([Withdrawal(closed_key(DOMAIN))])
    running.world.clock.advance(MAX_STALENESS + 0.1)
    assert running.call(path=theirs).status == 200
