"""Ten thousand judged APIs: who governs asks how they stand, which reads what has changed since, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.worlds.many_apis import APIS
from tests.worlds.many_results import PATHS, ManyResults

if TYPE_CHECKING:
    from collections import Counter

    from tests.conftest import DynamoDB

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)]

REQUESTS_MAX = 2
"""What was written since to the APIs and to their results."""


@pytest.fixture(scope="module")
def world(dynamodb: DynamoDB) -> ManyResults:
    """One that has read them all."""
    world = ManyResults(dynamodb)
    assert world.read("/artifact-compliance/api/summary") == {
        "total": APIS,
        "compliant": APIS * 9 // 10,
        "nonCompliant": APIS // 10,
        "pending": 0,
        "notApplicable": 0,
    }
    return world


@pytest.mark.parametrize("path", PATHS)
def test_a_view_reads_nothing_when_nothing_was_written(world: ManyResults, asked: Counter[str], path: str) -> None:
    assert world.read(path)
    assert asked["items"] == 0
    assert set(asked) == {"Query", "items"}
    assert asked["Query"] <= REQUESTS_MAX
