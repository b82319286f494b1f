"""What counters say of a limit at a moment."""

from __future__ import annotations

import pytest

from gatehouse.dataplane.throttle.meter import Meter
from gatehouse.domain.throttling.counter import BURST, KINDS, window_end
from gatehouse.domain.throttling.counter_view import CounterView, view
from gatehouse.domain.throttling.limit import Rate, Unit

NOW = 1_700_000_000.5
WINDOW = 28_333_333


def test_it_tells_what_is_out_and_left_in_the_window_of_the_moment() -> None:
    counts = {f"r60.{WINDOW}": 40, f"mr60.{WINDOW}": 3, f"r60.{WINDOW - 1}": 100, f"bw60.{WINDOW}": 7}
    assert view(counts, "r", Rate(count=100, seconds=60), NOW) == CounterView(
        limit=100, leased=40, left=60, lessees=3, window_end=1_700_000_040
    )


def test_nothing_counted_is_all_left() -> None:
    untouched = view({}, BURST, Rate(count=10, seconds=1), NOW)
    assert (untouched.leased, untouched.left, untouched.lessees) == (0, 10, 0)


def test_less_than_nothing_is_never_left() -> None:
    assert view({f"r60.{WINDOW}": 120}, "r", Rate(count=100, seconds=60), NOW).left == 0


@pytest.mark.parametrize("unit", Unit)
def test_both_planes_call_a_counter_the_same(unit: Unit) -> None:
    meter = Meter("subscription", KINDS[unit], 60, 100, "900804", unit=unit)
    counts = {meter.counter(WINDOW): 9, meter.lessees(WINDOW): 2}
    seen = view(counts, KINDS[unit], Rate(count=100, seconds=60, unit=unit), NOW)
    assert (seen.leased, seen.lessees) == (9, 2)


def test_no_kind_of_counter_is_mistaken_for_another_or_for_its_lessees() -> None:
    kinds = [*KINDS.values(), BURST]
    assert len({*kinds, *(f"m{kind}" for kind in kinds)}) == 2 * len(kinds)


def test_a_counters_name_says_when_its_window_ends() -> None:
    assert window_end(f"r60.{WINDOW}") == (1_700_000_040, 60)
    assert window_end(f"mbw60.{WINDOW}") == (1_700_000_040, 60)


@pytest.mark.parametrize("name", ["", "ttl", "r60", "r0.5", "r60.x", "R60.1", "r60.1.2"])
def test_a_name_of_another_form_is_no_counters(name: str) -> None:
    assert window_end(name) is None
