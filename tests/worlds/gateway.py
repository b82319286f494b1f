"""A gateway in memory over a small world, to be called."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.calls import World
from tests.fakes.counters import InMemoryCounters

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from gatehouse.dataplane.gateway import Gateway


class Running:
    """A world with a gateway in it."""

    def __init__(self) -> None:
        self.world = World()
        self.counters = InMemoryCounters()
        self.lines: list[dict[str, Any]] = []
        self.executor = ThreadPoolExecutor(2)
        self.gateway = self.environment()

    def environment(self) -> Gateway:
        return self.world.gateway(self.counters, self.executor, lambda line: self.lines.append(json.loads(line)))

    def call(self, *arguments: Any, **parts: Any) -> Reply:
        return self.gateway.handle(self.world.call(*arguments, **parts))


def code(reply: Reply) -> tuple[int, str]:
    """What a refusal says: its status, and WSO2's code."""
    return reply.status, json.loads(reply.body)["code"]
