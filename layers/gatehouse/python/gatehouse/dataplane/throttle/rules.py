"""Rules are what a deployment decided of counting: how eagerly it leases, and what holds while the store does not answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.sizing import BALANCED

if TYPE_CHECKING:
    from gatehouse.dataplane.throttle.meter import Meter
    from gatehouse.dataplane.throttle.pocket import Pocket
    from gatehouse.dataplane.throttle.sizing import Preset


class OnFault(StrEnum):
    """What becomes of calls that find no tokens while the store does not answer: refused, or served from a small share."""

    CLOSED = "closed"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`environments_max` is how many environments may serve (reserved concurrency).

    `epsilon` is the share of a soft limit that may go unreported, all environments together.
    """

    environments_max: int
    preset: Preset = BALANCED
    on_fault: OnFault = OnFault.CLOSED
    epsilon: float = 0.0

    def allowance(self, meter: Meter) -> int:
        """How much of a soft meter one environment may leave unreported in a window."""
        return int(self.epsilon * meter.limit / self.environments_max) if self.epsilon else 0

    def share(self, pocket: Pocket) -> int:
        """How much of a hard meter one environment may give in a window while the store is down.

        Half of what was left when the store answered last, divided among all that may be doing the same.
        """
        if self.on_fault is OnFault.CLOSED:
            return 0
        lessees = max(pocket.lessees, pocket.lessees_before or self.environments_max)
        return pocket.left // (2 * lessees)
