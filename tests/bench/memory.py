"""How much an environment of the gateway grows with the APIs it has served: what it knows is bounded."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from functions.gateway.http import call_of, response_of
from gatehouse.domain.publishing.deployed import DeployedOperation
from tests.calls import World, backend, menu_api
from tests.events import http_event
from tests.fakes.counters import InMemoryCounters

APIS = 10_000
OPERATIONS = 10


@dataclass(frozen=True)
class Memory:
    """Megabytes held by the gateway after so many APIs."""

    after_a_tenth: float
    after_all: float


class _NewArtifacts:
    """Answers for ten thousand APIs without keeping them: only the gateway's own memory shall count."""

    def __init__(self) -> None:
        operations = tuple(
            DeployedOperation(verb="GET", target=f"/p{n}", authenticated=False) for n in range(OPERATIONS)
        )
        self._body = menu_api(operations=operations, production=backend("http://backend.example")).to_body()

    def get(self, keys: list[object]) -> list[dict[str, object] | None]:
        return [self._one(key) for key in keys]

    def _one(self, key: object) -> dict[str, object] | None:
        name, partition = getattr(key, "name", ""), getattr(key, "partition", "")
        if name == "REVISION":
            return {**self._body, "id": partition.rpartition("#")[2]}
        if name == "STATE":
            return {"state": "PUBLISHED"}
        return (
            {"name": "Unauthenticated", "quota": None, "burst": None, "stop": True} if "#POLICY#" in partition else None
        )

    def partition(self, partition: str) -> dict[str, dict[str, object]]:
        if "#ROUTES#" not in partition:
            return {}
        segment = partition.rpartition("#")[2]
        return {f"/{segment}/1.0.0": {"api_id": segment}}

    def epoch(self, _tenant: str) -> dict[str, int]:
        return {}


def measure() -> Memory:
    """Call each of ten thousand APIs once."""
    world = World()
    world.artifacts = _NewArtifacts()  # type: ignore[assignment] # it answers what the call path asks
    with ThreadPoolExecutor(1) as executor:
        gateway = world.gateway(InMemoryCounters(), executor, len)
        tracemalloc.start()
        sizes = {}
        for number in range(1, APIS + 1):
            event = http_event("GET", f"/api{number}/1.0.0/p1")
            response = response_of(gateway.handle(call_of(event, world.clock.now())))
            world.backend.requests.clear()
            if response["statusCode"] != 200:
                raise RuntimeError(str(response))
            if number in {APIS // 10, APIS}:
                sizes[number] = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
    return Memory(sizes[APIS // 10], sizes[APIS])
