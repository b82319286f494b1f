"""Key rotation: keys are replaced by schedule, and nobody notices.

A new key waits until every verifier has seen it; then it signs; the old one stays until its last token has expired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.oauth.keys import LONGEST_ASSUMED_SECONDS
from gatehouse.domain.tokens.token import LEEWAY_SECONDS

if TYPE_CHECKING:
    from gatehouse.controlplane.oauth.keys import PublishedKeys
    from gatehouse.ports.people.identity import Tenants
    from gatehouse.ports.tokens.oauth import KeyLifetimes
    from gatehouse.ports.tokens.signing import Keyring, SigningKey
    from gatehouse.ports.world import Clock

WAITING_SECONDS = 3600
"""How long a key is known before it signs: longer than key sets and keyrings are cached (10 and 15 minutes)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRotation:
    """Replaces keys that have signed for `seconds`; 0 never does. Run it more often than that: each run takes one step."""

    keyrings: tuple[Keyring, ...]
    keys: PublishedKeys
    lifetimes: KeyLifetimes
    tenants: Tenants
    clock: Clock
    seconds: int

    def __call__(self, *, at_once: bool = False) -> list[str]:
        """Take the step that is due; what was done, in words. `at_once` voids every token: a key has become known."""
        done = [step for ring in self.keyrings for step in (self._replace(ring) if at_once else self._step(ring))]
        if done:
            for tenant in self.tenants.all():
                self.keys.publish(tenant.domain)
        return done

    def _step(self, ring: Keyring) -> list[str]:
        now = self.clock.now()
        keys = ring.signing_keys()
        waiting = [key for key in keys if key.waiting]
        promote = [key.kid for key in waiting if now - key.created_at >= WAITING_SECONDS]
        replaced = {key.algorithm for key in waiting}
        due = [key for key in keys if key.current and self.seconds and now - key.created_at >= self.seconds]
        make = [key.algorithm for key in due if key.algorithm not in replaced]
        drop = [key.kid for key in keys if key.retired_at and now >= self._needed_until(key)]
        if make or promote or drop:
            ring.change(make=make, promote=promote, drop=drop)
        return [
            *(f"made a key for {algorithm}" for algorithm in make),
            *(f"{kid} signs" for kid in promote),
            *(f"{kid} is gone" for kid in drop),
        ]

    def _replace(self, ring: Keyring) -> list[str]:
        old = ring.signing_keys()
        ring.change(make=sorted({key.algorithm for key in old}))
        new = [key.kid for key in ring.signing_keys() if key.kid not in {known.kid for known in old}]
        ring.change(promote=new, drop=[key.kid for key in old])
        return [*(f"{kid} signs" for kid in new), *(f"{key.kid} is gone" for key in old)]

    def _needed_until(self, key: SigningKey) -> float:
        longest = max(LONGEST_ASSUMED_SECONDS, self.lifetimes.longest(key.kid))
        return key.retired_at + longest + LEEWAY_SECONDS
