"""How often one may guess: per account by a lockout (`domain/people/lockout`), per address by a number within a time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from gatehouse.adapters.login.journal import pseudonym
from gatehouse.domain.errors import Throttled
from gatehouse.domain.people.identity import DOMAIN_MAX, USERNAME_MAX
from gatehouse.domain.people.lockout import NO_ATTEMPTS, Attempts, Entry, enter, fail, succeed, withdraw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.domain.people.lockout import LockoutTerms
    from gatehouse.ports.people.lockouts import Lockouts, LoginJournal
    from gatehouse.ports.world import Clock

CROWD_SECONDS = 8.0
"""How long an attempt waits for others to be decided: each takes the time of one comparison."""

CROWD_PAUSE_SECONDS = 0.05
IPV6_NETWORK_BITS = 64
"""One customer has as many addresses of version 6 as they like, and all of them in one such network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt to log in. When it is not `allowed`, no password proves anything."""

    tenant: str
    name: str
    address: str
    allowed: bool
    known: Attempts = NO_ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginGuard:
    """Enters attempts and takes down what became of them. Every method may raise Unavailable."""

    lockouts: Lockouts
    terms: LockoutTerms
    journal: LoginJournal
    clock: Clock
    pause: Callable[[float], object] = field(default=time.sleep)

    def enter(self, tenant: str, name: str, address: str) -> Attempt:
        """An attempt that must be decided by one of the other methods, if it is allowed.

        Raises Throttled: too much failed from this address, or too many log in to the account at this moment.
        """
        source = _network(address)
        self._refuse_address(tenant, source)
        if not _is_countable(tenant, name):
            return Attempt(tenant=tenant, name=name, address=source, allowed=True)
        known, entry = self._entered(tenant, name, source)
        if entry is Entry.CROWDED:
            raise Throttled("Too many log-ins at the same time. Try again.", tenant=tenant, cause="crowded account")
        return Attempt(tenant=tenant, name=name, address=source, allowed=entry is Entry.ENTERED, known=known)

    def succeeded(self, attempt: Attempt) -> None:
        """The password was right."""
        if _is_countable(attempt.tenant, attempt.name):
            self.lockouts.change(attempt.tenant, attempt.name, succeed, attempt.known)

    def withdrawn(self, attempt: Attempt) -> None:
        """Nothing could be compared."""
        if attempt.allowed and _is_countable(attempt.tenant, attempt.name):
            self.lockouts.change(attempt.tenant, attempt.name, withdraw, attempt.known)

    def failed(self, attempt: Attempt, *, exists: bool) -> None:
        """The password was wrong, or not to be used: the user is unknown (then not `exists`), disabled or locked."""
        name = attempt.name if exists else pseudonym(attempt.name)
        facts = {"tenant": attempt.tenant, "user": name, "address": attempt.address}
        now = self.clock.now()
        self.journal("login_failed", {**facts, "cause": "wrong" if attempt.allowed else "locked"})
        if attempt.allowed and _is_countable(attempt.tenant, attempt.name):
            old, new = self.lockouts.change(
                attempt.tenant, attempt.name, lambda kept: fail(kept, self.terms, now), attempt.known
            )
            self._note_lock(facts, old, new, now)
        if attempt.address:
            window, end = self._window(now)
            self.lockouts.add_failure(attempt.address, window, expires_at=end)

    def _entered(self, tenant: str, name: str, address: str) -> tuple[Attempts, Entry]:
        known, waited = NO_ATTEMPTS, 0.0
        while True:
            now = self.clock.now()
            old, known = self.lockouts.change(tenant, name, partial(self._one_more, now), known)
            entry = enter(old, self.terms, now)[1]
            self._note_lock({"tenant": tenant, "user": pseudonym(name), "address": address}, old, known, now)
            if entry is not Entry.CROWDED or waited >= CROWD_SECONDS:
                return known, entry
            self.pause(CROWD_PAUSE_SECONDS)
            waited += CROWD_PAUSE_SECONDS

    def _one_more(self, now: float, kept: Attempts) -> Attempts:
        return enter(kept, self.terms, now)[0]

    def _note_lock(self, facts: Mapping[str, object], old: Attempts, new: Attempts, now: float) -> None:
        if new.is_locked(now) and not old.is_locked(now):
            self.journal("account_locked", {**facts, "until": int(new.locked_until), "round": new.rounds})

    def _refuse_address(self, tenant: str, address: str) -> None:
        if not address:
            return
        window, end = self._window(self.clock.now())
        if self.lockouts.failures(address, window) >= self.terms.address_failures:
            self.journal("login_refused", {"tenant": tenant, "address": address, "until": end})
            message = "Too many failed log-ins from your address. Try again later."
            raise Throttled(message, tenant=tenant, address=address, until=end)

    def _window(self, now: float) -> tuple[int, int]:
        """The number of the time that failures of an address count together in, and when it ends."""
        window = int(now // self.terms.address_seconds)
        return window, (window + 1) * self.terms.address_seconds


def _is_countable(tenant: str, name: str) -> bool:
    """Whether it can be somebody's name: what is longer is nobody's, and no key either."""
    return 0 < len(name) <= USERNAME_MAX and 0 < len(tenant) <= DOMAIN_MAX


def _network(address: str) -> str:
    """What failures are counted by: the address of version 4, the network of version 6; "" when it is neither."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found) >> IPV6_NETWORK_BITS << IPV6_NETWORK_BITS, IPV6_NETWORK_BITS)))
