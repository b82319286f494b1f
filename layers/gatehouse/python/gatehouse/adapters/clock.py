"""The clock of the execution environment.

Wall time, never monotonic: a Lambda environment is frozen between calls, and its monotonic clock with it.
"""

from __future__ import annotations

import time


class SystemClock:
    """Implements `ports.world.Clock`."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()
