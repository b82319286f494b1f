"""How long views of compliance over ten thousand judged APIs take, where there was one before, on the emulator's DynamoDB."""

from __future__ import annotations

from functools import partial

from tests.bench.tables import emulated
from tests.bench.times import Milliseconds
from tests.worlds.many_results import PATHS, ManyResults

VIEWS = 9


def measure() -> dict[str, Milliseconds]:
    """Of each view."""
    with emulated() as dynamodb:
        world = ManyResults(dynamodb)
        world.read(PATHS[0])
        return {path: Milliseconds.of(partial(world.read, path), VIEWS) for path in PATHS}
