"""How long views of compliance over ten thousand judged APIs take, where there was one before, on the emulator's DynamoDB."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from tests.bench.tables import emulated
from tests.worlds.many_results import PATHS, ManyResults

if TYPE_CHECKING:
    from collections.abc import Iterator

VIEWS = 9


def measure() -> dict[str, float]:
    """The median of each view, in milliseconds."""
    with emulated() as dynamodb:
        world = ManyResults(dynamodb)
        world.read(PATHS[0])
        return {path: statistics.median(_taken(world, path)) for path in PATHS}


def _taken(world: ManyResults, path: str) -> Iterator[float]:
    for _ in range(VIEWS):
        started = time.perf_counter()
        world.read(path)
        yield (time.perf_counter() - started) * 1000
