"""A stopwatch takes the time of a call's steps."""

from __future__ import annotations

import time


class Stopwatch:
    """`lap` ends a step. Seconds are of a monotonic clock: a call is short enough for it not to be frozen."""

    __slots__ = ("_last", "laps")

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, step: str) -> None:
        """What has passed since the last lap was this step; a step that is repeated adds up."""
        now = time.perf_counter()
        self.laps[step] = self.laps.get(step, 0.0) + now - self._last
        self._last = now
