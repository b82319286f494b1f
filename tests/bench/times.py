"""How long something takes, asked several times."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Milliseconds:
    """Of several times: the least is the program's, what is above it the machine's."""

    least: float
    median: float

    @classmethod
    def of(cls, asked: Callable[[], object], times: int) -> Milliseconds:
        """How long this takes, done so many times."""
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            asked()
            taken.append((time.perf_counter() - started) * 1000)
        return cls(min(taken), statistics.median(taken))

    def __str__(self) -> str:
        return f"{self.median:.0f} ({self.least:.0f}) ms"
