"""That API keys were used is told now and then, beside the calls: no call waits for it, and none fails with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.evidence import Scheme
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from gatehouse.dataplane.evidence import Admission
    from gatehouse.ports.applications import key_uses

KEYS_MAX = 20_000
"""Of how many keys an environment remembers that it has told; the oldest go first."""

RETRY_SECONDS = 60.0
"""How long a use that could not be told waits for the next call with its key."""


class KeyUses:
    """Tells of each key at most once in `every_seconds` (0: never), one at a time.

    What cannot be told just now is for the next call with that key: a use is known to the hour, not to the second.
    """

    def __init__(self, uses: key_uses.KeyUses, beside: Executor, *, every_seconds: float) -> None:
        self._uses = uses
        self._beside = beside
        self._every_seconds = every_seconds
        self._not_before: dict[tuple[str, str], float] = {}
        self._telling: Future[None] | None = None

    def notice(self, admission: Admission, now: float) -> None:
        """An admitted call; returns at once."""
        caller = admission.grant.caller
        if caller.identity.scheme is not Scheme.API_KEY or not self._every_seconds:
            return
        key = (caller.target.api.deployed.tenant, caller.identity.credential_id)
        if self._not_before.get(key, 0.0) > now or (self._telling is not None and not self._telling.done()):
            return
        self._not_before.pop(key, None)
        if len(self._not_before) >= KEYS_MAX:
            del self._not_before[next(iter(self._not_before))]
        self._not_before[key] = now + self._every_seconds
        self._telling = self._beside.submit(self._tell, key, now)

    def _tell(self, key: tuple[str, str], now: float) -> None:
        try:
            self._uses.used(*key, int(now))
        except Unavailable:
            if key in self._not_before:  # changed and never added: the call's own thread goes through the keys
                self._not_before[key] = now + RETRY_SECONDS
