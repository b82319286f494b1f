"""The client's share of the call path's budget."""

from __future__ import annotations

from tests.unit.adapters.backends.measure import measure

RATIO_MAX = 0.6
"""Measured: 0.3."""


def test_a_request_costs_far_less_than_with_urllib3() -> None:
    assert measure(requests=300, rounds=3).ratio < RATIO_MAX
