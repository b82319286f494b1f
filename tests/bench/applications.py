"""How long lists of fifty thousand applications and their subscriptions take, in an environment that has listed them before."""

from __future__ import annotations

import statistics
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Unavailable
from tests.bench.tables import local
from tests.worlds.many_applications import crowd

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 11
FIRST_TIMES = 5


def measure() -> dict[str, float]:
    """The median of each question, in milliseconds."""
    with local() as dynamodb:
        asked = crowd(dynamodb).questions()
        for question in asked.values():
            _first(question)
        return {name: statistics.median(_taken(question)) for name, question in asked.items()}


def _first(question: Callable[[], object]) -> None:
    """Ask until it is answered: DynamoDB Local takes longer over a page of a long partition than a repository waits."""
    for _ in range(FIRST_TIMES):
        with suppress(Unavailable):
            question()
            return
    question()


def _taken(question: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        question()
        taken.append((time.perf_counter() - started) * 1000)
    return taken
