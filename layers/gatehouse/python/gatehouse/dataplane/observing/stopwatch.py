"""A stopwatch takes the time of a call's steps."""

from __future__ import annotations

from time import perf_counter


class Stopwatch:
    """`lap` ends a step. Seconds are of a monotonic clock: a call is short enough for it not to be frozen."""

    __slots__ = ("_begun", "_marks")

    def __init__(self) -> None:
        self._begun = perf_counter()
        self._marks: list[tuple[str, float]] = []

    def lap(self, step: str) -> None:
        """What has passed since the last lap was this step."""
        self._marks.append((step, perf_counter()))

    @property
    def laps(self) -> dict[str, float]:
        """Seconds by step; those of a step that is repeated add up."""
        laps: dict[str, float] = {}
        last = self._begun
        for step, ended in self._marks:
            laps[step] = laps.get(step, 0.0) + ended - last
            last = ended
        return laps
