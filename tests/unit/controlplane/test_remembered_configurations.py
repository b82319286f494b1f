"""Configurations that are asked for with each request are read once in a while."""

from __future__ import annotations

from gatehouse.controlplane.workflows import remembered
from gatehouse.controlplane.workflows.remembered import RememberedConfigurations
from tests.fakes.clock import StoppedClock
from tests.fakes.denials import InMemoryTenantConfigurations

SECONDS = 5.0


class Counted(InMemoryTenantConfigurations):
    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def get(self, tenant: str) -> dict[str, object]:
        self.reads += 1
        return super().get(tenant)


def test_a_configuration_is_read_again_when_its_time_is_over_and_when_it_is_saved_here() -> None:
    kept, clock = Counted(), StoppedClock()
    known = RememberedConfigurations(kept, clock, seconds=SECONDS)
    assert [known.get("a"), known.get("a"), kept.reads] == [{}, {}, 1]
    kept.save("a", {"x": 1})
    assert known.get("a") == {}
    clock.advance(SECONDS)
    assert (known.get("a"), kept.reads) == ({"x": 1}, 2)
    known.save("a", {"x": 2})
    assert known.get("a") == {"x": 2}


def test_only_so_many_are_remembered() -> None:
    kept = Counted()
    known = RememberedConfigurations(kept, StoppedClock(), seconds=SECONDS)
    for number in range(remembered.TENANTS_MAX + 1):
        known.get(str(number))
    known.get("0")
    assert kept.reads == remembered.TENANTS_MAX + 2
