"""The APIs of a tenant that is deactivated: as if they were not there, within `max_staleness`, until it is activated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, Withdrawal, closed_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.calls import MAX_STALENESS

if TYPE_CHECKING:
    from gatehouse.domain.artifact import Change
    from tests.worlds.gateway import Running


def status_after(running: Running, *changes: Change) -> int:
    running.world.artifacts.publish(changes)
    running.world.clock.advance(MAX_STALENESS + 0.1)
    return running.call(path="/menu/1.0.0/health").status


def test_404_while_the_tenant_is_closed(running: Running) -> None:
    assert status_after(running) == 200
    assert status_after(running, Artifact(closed_key(SUPER_TENANT), {})) == 404
    assert status_after(running, Withdrawal(closed_key(SUPER_TENANT))) == 200


def test_200_while_another_tenant_is_closed(running: Running) -> None:
    assert status_after(running, Artifact(closed_key("other.example"), {})) == 200
