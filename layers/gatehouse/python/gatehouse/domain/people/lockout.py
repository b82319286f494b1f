"""A lockout shuts an account for a while after too many failed log-ins, and longer each time.

Every guess is paid for before it is compared: an attempt is entered first, and only as many may be entered as may fail.
So however many guesses come at once, no more are compared than one after the other would be. What is entered and not yet
decided is no failure: a user whose many machines log in at once waits for a moment and is not locked out.

These are rules over values; whoever keeps the values applies a rule to what is kept, and to nothing else, in one write.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

ABANDONED_SECONDS = 30.0
"""An attempt that was not decided for so long never will be: its function has ended (29 s). It counts as a failure."""

FORGOTTEN_SECONDS = 86_400
"""What nobody added to for a day is forgotten: failures, and how often the account was locked."""

UNTIL_UNLOCKED = 253_402_300_799
"""The end of the year 9999: the lock of an administrator ends when one says so."""

_ROUNDS_MAX = 64  # beyond it any growth has reached its maximum, and a float its own


@dataclass(frozen=True, slots=True, kw_only=True)
class LockoutTerms:
    """When an account is locked, and for how long: `first_seconds`, times `growth` with each lock, up to `seconds_max`.

    From one address `address_failures` log-ins may fail within `address_seconds`, whoever they are for.
    """

    threshold: int
    first_seconds: int
    growth: float
    seconds_max: int
    address_failures: int
    address_seconds: int

    def seconds(self, rounds: int) -> int:
        """How long the account is locked that was locked `rounds` times before."""
        return int(min(self.first_seconds * self.growth ** min(rounds, _ROUNDS_MAX), self.seconds_max))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """What is known of an account's log-ins since the last success. Times are in seconds since 1970.

    `entered` attempts may be compared, `failed` of them were in vain; `rounds` is how often they led to a lock.
    """

    entered: int = 0
    failed: int = 0
    rounds: int = 0
    locked_until: float = 0
    entered_at: float = 0

    def is_locked(self, now: float) -> bool:
        """Whether nobody may log in."""
        return self.locked_until > now


NO_ATTEMPTS = Attempts()


class Entry(Enum):
    """What becomes of an attempt."""

    ENTERED = "entered"
    LOCKED = "locked"
    CROWDED = "crowded"
    """As many are being compared as may fail: when they are decided, there is room or a lock."""


def enter(kept: Attempts, terms: LockoutTerms, now: float) -> tuple[Attempts, Entry]:
    """One more attempt: what is to be kept, and whether the password may be compared."""
    current = _current(kept, now)
    if current.is_locked(now):
        return kept, Entry.LOCKED
    if current.entered < terms.threshold:
        return replace(current, entered=current.entered + 1, entered_at=now), Entry.ENTERED
    if current.entered_at + ABANDONED_SECONDS > now:
        return kept, Entry.CROWDED
    return _lock(current, terms, now), Entry.LOCKED


def fail(kept: Attempts, terms: LockoutTerms, now: float) -> Attempts:
    """An attempt that was entered was in vain."""
    current = _current(kept, now)
    if current.is_locked(now):
        return kept
    failed = current.failed + 1
    if failed >= terms.threshold:
        return _lock(current, terms, now)
    return replace(current, failed=failed, entered=max(current.entered, failed), entered_at=now)


def succeed(kept: Attempts) -> Attempts:
    """An attempt that was entered brought the right password: all is forgotten but an administrator's lock."""
    return kept if kept.locked_until == UNTIL_UNLOCKED else NO_ATTEMPTS


def withdraw(kept: Attempts) -> Attempts:
    """An attempt that was entered could not be compared."""
    return replace(kept, entered=max(kept.entered - 1, kept.failed))


def shut(kept: Attempts) -> Attempts:
    """An administrator locks the account."""
    return replace(kept, entered=0, failed=0, locked_until=UNTIL_UNLOCKED)


def _lock(current: Attempts, terms: LockoutTerms, now: float) -> Attempts:
    until = now + terms.seconds(current.rounds)
    return Attempts(rounds=min(current.rounds + 1, _ROUNDS_MAX), locked_until=until, entered_at=now)


def _current(kept: Attempts, now: float) -> Attempts:
    """What counts of what is kept: after a lock the count begins anew, and after a long time everything does."""
    if kept.locked_until > now:
        return kept
    if max(kept.entered_at, kept.locked_until) + FORGOTTEN_SECONDS <= now:
        return NO_ATTEMPTS
    return replace(kept, entered=0, failed=0, locked_until=0) if kept.locked_until else kept
