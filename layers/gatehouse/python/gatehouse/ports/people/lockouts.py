"""What is remembered of failed log-ins, by account and by the caller's address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.domain.people.lockout import Attempts


class Lockouts(Protocol):
    """Keeps attempts to log in. Every method may raise Unavailable.

    `name` is matched case-insensitively and need not be anybody's: what is typed into a login form is counted all the same.
    """

    def get(self, tenant: str, name: str) -> Attempts:
        """What is kept of this account; NO_ATTEMPTS when nothing is."""
        ...

    def change(
        self, tenant: str, name: str, rule: Callable[[Attempts], Attempts], known: Attempts
    ) -> tuple[Attempts, Attempts]:
        """Put `rule(kept)` in the place of what is kept, in one conditional write; both, the old one first.

        The rule may be asked several times; the last time with what was kept when the write was made. When it changes
        nothing, nothing is written. `known` is what the caller believes is kept: no more than a guess that spares a read.
        """
        ...

    def failures(self, address: str, window: int) -> int:
        """How many log-ins from this address failed in this window (a number that grows with time)."""
        ...

    def add_failure(self, address: str, window: int, *, expires_at: int) -> int:
        """One more of them; how many there are with it. They are forgotten some time after `expires_at`."""
        ...


class LoginJournal(Protocol):
    """Where it is written down what became of log-ins. It is never told a password."""

    def __call__(self, event: str, facts: Mapping[str, object]) -> None:
        """One entry: `login_failed`, `login_refused`, `account_locked` or `account_unlocked`, and what is known of it."""
        ...
