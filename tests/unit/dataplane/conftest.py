"""A running gateway for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.worlds.gateway import Running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.executor.shutdown()
