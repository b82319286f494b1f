"""Failed log-ins in memory. Verified by tests/contract/test_lockouts.py."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.adapters.login import LoginGuard
from gatehouse.domain.people.lockout import NO_ATTEMPTS, Attempts, LockoutTerms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.ports.people.lockouts import Lockouts, LoginJournal
    from tests.fakes.clock import StoppedClock


class InMemoryLockouts:
    """`asked` counts reads and writes: "nothing read or written" is asserted on it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Attempts] = {}
        self._failures: Counter[tuple[str, int]] = Counter()
        self._lock = Lock()
        self.asked = 0

    def get(self, tenant: str, name: str) -> Attempts:
        self.asked += 1
        return self._kept.get((tenant, name.lower()), NO_ATTEMPTS)

    def change(
        self,
        tenant: str,
        name: str,
        rule: Callable[[Attempts], Attempts],
        known: Attempts,  # noqa: ARG002 -- memory is as fast to look at as to guess
    ) -> tuple[Attempts, Attempts]:
        with self._lock:
            old = self.get(tenant, name)
            new = self._kept[tenant, name.lower()] = rule(old)
            return old, new

    def failures(self, address: str, window: int) -> int:
        self.asked += 1
        return self._failures[address, window]

    def add_failure(self, address: str, window: int, *, expires_at: int) -> int:  # noqa: ARG002 -- tests end sooner
        with self._lock:
            self.asked += 1
            self._failures[address, window] += 1
            return self._failures[address, window]


class Journal:
    """Keeps what it is told, as (event, facts)."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, dict[str, object]]] = []

    def __call__(self, event: str, facts: Mapping[str, object]) -> None:
        self.entries.append((event, dict(facts)))

    def events(self) -> list[str]:
        return [event for event, _ in self.entries]


TERMS = LockoutTerms(
    threshold=5, first_seconds=300, growth=2.0, seconds_max=3600, address_failures=50, address_seconds=600
)


def guard(lockouts: Lockouts, clock: StoppedClock, journal: LoginJournal | None = None) -> LoginGuard:
    """A guard whose pauses let the clock go on instead of the test."""
    return LoginGuard(lockouts=lockouts, terms=TERMS, journal=journal or Journal(), clock=clock, pause=clock.advance)
