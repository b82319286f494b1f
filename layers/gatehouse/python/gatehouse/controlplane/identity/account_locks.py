"""The locks of accounts, as administrators see, set and lift them (`domain/people/lockout` says when they come by themselves)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.people.lockout import NO_ATTEMPTS, shut

if TYPE_CHECKING:
    from gatehouse.ports.people.lockouts import Lockouts, LoginJournal
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLocks:
    """Whoever asks has been found to be an administrator of the tenant. Every method may raise Unavailable."""

    lockouts: Lockouts
    journal: LoginJournal
    clock: Clock

    def is_locked(self, tenant: str, user: str) -> bool:
        """Whether nobody may log in to the account at this moment."""
        return self.lockouts.get(tenant, user).is_locked(self.clock.now())

    def lock(self, tenant: str, user: str, *, by: str = "") -> None:
        """Let nobody log in until it is unlocked. Tokens issued before stay valid. `by` is the administrator's name."""
        old, new = self.lockouts.change(tenant, user, shut, NO_ATTEMPTS)
        if old != new:
            facts = {"tenant": tenant, "user": user, "by": by, "until": int(new.locked_until)}
            self.journal("account_locked", facts)

    def unlock(self, tenant: str, user: str, *, by: str = "") -> None:
        """Let the user log in, whatever failed before, and forget all of that. Unlocking twice changes nothing."""
        old, _ = self.lockouts.change(tenant, user, lambda _: NO_ATTEMPTS, NO_ATTEMPTS)
        if old.is_locked(self.clock.now()):
            self.journal("account_unlocked", {"tenant": tenant, "user": user, "by": by})
