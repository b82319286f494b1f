"""A revocation holds in every environment of the gateway within `max_staleness`, whoever it is about."""

from __future__ import annotations

import pytest

from tests.bench.revocation import KINDS, PACES, last_admitted_seconds
from tests.calls import MAX_STALENESS

ENVIRONMENTS = 6


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_environment_lets_a_voided_token_through_after_the_bound(kind: str, pace: float) -> None:
    last = last_admitted_seconds(kind, pace, ENVIRONMENTS)
    assert last <= MAX_STALENESS
    # Busy environments hear of it within about a second, and until then they go on.
    assert last > 0 or pace < 1
