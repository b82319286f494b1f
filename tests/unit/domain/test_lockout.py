"""Lockouts: how many guesses are compared, how long an account is locked, and what is forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.people.lockout import (
    ABANDONED_SECONDS,
    FORGOTTEN_SECONDS,
    NO_ATTEMPTS,
    UNTIL_UNLOCKED,
    Attempts,
    Entry,
    LockoutTerms,
    enter,
    fail,
    shut,
    succeed,
    withdraw,
)

NOW = 1_700_000_000.0
TERMS = LockoutTerms(
    threshold=3, first_seconds=60, growth=2.0, seconds_max=200, address_failures=50, address_seconds=600
)


def failing(kept: Attempts, times: int, now: float = NOW) -> Attempts:
    for _ in range(times):
        kept, entry = enter(kept, TERMS, now)
        assert entry is Entry.ENTERED
        kept = fail(kept, TERMS, now)
    return kept


def test_an_account_is_locked_by_the_last_failure_that_is_allowed() -> None:
    assert not failing(NO_ATTEMPTS, 2).is_locked(NOW)
    locked = failing(NO_ATTEMPTS, 3)
    assert locked.locked_until == NOW + 60
    assert enter(locked, TERMS, NOW + 59) == (locked, Entry.LOCKED)


def test_the_lock_ends_by_time_and_the_count_begins_anew() -> None:
    unlocked, entry = enter(failing(NO_ATTEMPTS, 3), TERMS, NOW + 60)
    assert entry is Entry.ENTERED
    assert (unlocked.entered, unlocked.failed, unlocked.rounds) == (1, 0, 1)


@pytest.mark.parametrize(("rounds", "seconds"), [(0, 60), (1, 120), (2, 200), (10**9, 200)])
def test_each_lock_is_longer_up_to_the_maximum(rounds: int, seconds: int) -> None:
    assert TERMS.seconds(rounds) == seconds
    locked = failing(Attempts(rounds=rounds, entered_at=NOW), 3)
    assert locked.locked_until == NOW + seconds


def test_what_is_being_compared_leaves_no_room_and_is_no_failure() -> None:
    kept = NO_ATTEMPTS
    for _ in range(3):
        kept, entry = enter(kept, TERMS, NOW)
        assert entry is Entry.ENTERED
    assert enter(kept, TERMS, NOW + 1) == (kept, Entry.CROWDED)
    assert enter(fail(kept, TERMS, NOW), TERMS, NOW)[1] is Entry.CROWDED
    assert enter(withdraw(kept), TERMS, NOW)[1] is Entry.ENTERED
    assert enter(succeed(kept), TERMS, NOW)[1] is Entry.ENTERED


def test_attempts_that_nobody_will_decide_count_as_failures() -> None:
    kept = replace(NO_ATTEMPTS, entered=3, failed=1, entered_at=NOW)
    assert enter(kept, TERMS, NOW + ABANDONED_SECONDS - 1)[1] is Entry.CROWDED
    locked, entry = enter(kept, TERMS, NOW + ABANDONED_SECONDS)
    assert entry is Entry.LOCKED
    assert locked.is_locked(NOW + ABANDONED_SECONDS)


def test_success_forgets_failures_and_rounds() -> None:
    assert succeed(replace(failing(NO_ATTEMPTS, 2), rounds=4)) == NO_ATTEMPTS


def test_everything_is_forgotten_after_a_long_time() -> None:
    locked = failing(NO_ATTEMPTS, 3)
    kept, _ = enter(locked, TERMS, locked.locked_until + FORGOTTEN_SECONDS)
    assert (kept.entered, kept.failed, kept.rounds) == (1, 0, 0)
    kept, _ = enter(locked, TERMS, locked.locked_until + FORGOTTEN_SECONDS - 1)
    assert kept.rounds == 1


def test_an_administrators_lock_holds_until_it_is_lifted() -> None:
    closed = shut(failing(NO_ATTEMPTS, 2))
    assert closed.locked_until == UNTIL_UNLOCKED
    assert enter(closed, TERMS, NOW + 10 * FORGOTTEN_SECONDS)[1] is Entry.LOCKED
    assert succeed(closed) == closed
    assert fail(closed, TERMS, NOW) == closed


def test_a_late_failure_does_not_lengthen_a_lock() -> None:
    locked = failing(NO_ATTEMPTS, 3)
    assert fail(locked, TERMS, NOW + 1) == locked


@given(st.lists(st.sampled_from(["enter", "decide"]), max_size=60))
def test_never_are_more_guesses_compared_than_may_fail(events: list[str]) -> None:
    """Whatever the order in which wrong guesses come and are decided, within one lock's time."""
    kept, compared, undecided = NO_ATTEMPTS, 0, 0
    for event in events:
        if event == "enter":
            kept, entry = enter(kept, TERMS, NOW)
            if entry is Entry.ENTERED:
                compared, undecided = compared + 1, undecided + 1
        elif undecided:
            kept, undecided = fail(kept, TERMS, NOW), undecided - 1
    assert compared <= TERMS.threshold
    assert kept.is_locked(NOW) == (compared - undecided >= TERMS.threshold)
