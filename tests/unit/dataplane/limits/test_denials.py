"""Deny policies: what each kind shuts out, and what it lets pass."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.artifact import Artifact, Withdrawal, denial_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.denial import Denial, DenialKind
from tests.calls import MAX_STALENESS

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

BLOCKED = (403, "900805")


def deny(running: Running, denial: Denial) -> None:
    running.world.artifacts.publish([Artifact(denial_key(SUPER_TENANT, denial.id), denial.to_body())])
    running.world.clock.advance(MAX_STALENESS + 1)


def answer(running: Running, **parts: str) -> tuple[int, str]:
    reply = running.call(token=running.world.token(), **parts)
    return (reply.status, json.loads(reply.body).get("code", ""))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (DenialKind.API, "/menu/1.0.0"),
        (DenialKind.APPLICATION, "mary@carbon.super:Kiosk"),
        (DenialKind.USER, "mary@carbon.super"),
        (DenialKind.IP, "203.0.113.7"),
        (DenialKind.IP, "::ffff:203.0.113.7"),
        (DenialKind.IP_RANGE, "203.0.113.1 203.0.113.7"),
        (DenialKind.SUBSCRIPTION, "/menu/1.0.0:1.0.0:mary@carbon.super-Kiosk:PRODUCTION"),
    ],
)
def test_403_what_a_deny_policy_is_about_is_shut_out(running: Running, kind: DenialKind, value: str) -> None:
    assert answer(running) == (200, "")
    deny(running, Denial(id="d1", kind=kind, value=value))
    assert answer(running) == BLOCKED
    assert len(running.world.backend.requests) == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (DenialKind.API, "/menu/2.0.0"),
        (DenialKind.APPLICATION, "mary@carbon.super:Other"),
        (DenialKind.USER, "mary"),
        (DenialKind.IP, "203.0.113.8"),
        (DenialKind.IP_RANGE, "203.0.113.8 203.0.113.20"),
        (DenialKind.IP_RANGE, "2001:db8::1 2001:db8::ff"),
        (DenialKind.SUBSCRIPTION, "/menu/1.0.0:1.0.0:mary@carbon.super-Kiosk:SANDBOX"),
    ],
)
def test_200_what_it_is_not_about_passes(running: Running, kind: DenialKind, value: str) -> None:
    deny(running, Denial(id="d1", kind=kind, value=value))
    assert answer(running) == (200, "")


@pytest.mark.parametrize("kind", [DenialKind.IP, DenialKind.IP_RANGE])
def test_an_inverted_address_shuts_out_all_others(running: Running, kind: DenialKind) -> None:
    value = "198.51.100.1" if kind is DenialKind.IP else "198.51.100.1 198.51.100.9"
    deny(running, Denial(id="d1", kind=kind, value=value, inverted=True))
    assert answer(running) == BLOCKED
    assert answer(running, source_ip="198.51.100.1") == (200, "")


def test_a_temporary_one_ends_by_itself(running: Running) -> None:
    until = int(running.world.clock.now()) + 60
    deny(running, Denial(id="d1", kind=DenialKind.API, value="/menu/1.0.0", until=until))
    assert answer(running) == BLOCKED
    running.world.clock.time = float(until)
    assert answer(running) == (200, "")


def test_it_is_lifted_within_the_bound(running: Running) -> None:
    deny(running, Denial(id="d1", kind=DenialKind.API, value="/menu/1.0.0"))
    assert answer(running) == BLOCKED
    running.world.artifacts.publish([Withdrawal(denial_key(SUPER_TENANT, "d1"))])
    running.world.clock.advance(MAX_STALENESS + 1)
    assert answer(running) == (200, "")


def test_who_is_shut_out_is_not_counted(running: Running) -> None:
    deny(running, Denial(id="d1", kind=DenialKind.USER, value="mary@carbon.super"))
    before = dict(running.counters.items)
    assert answer(running) == BLOCKED
    assert running.counters.items == before
