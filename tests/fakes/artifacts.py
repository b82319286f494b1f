"""Artifacts in memory: one object implements both `Artifacts` and `Publication`. Verified by tests/contract/test_artifacts.py."""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.artifact import ArtifactKey, Category, Change
    from gatehouse.ports.artifacts import Body
    from gatehouse.ports.world import Clock


class InMemoryArtifacts:
    """`reads` counts round trips: the read budget is asserted on it. So does `writes`, of what was published."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bodies: dict[tuple[str, str], tuple[int, Body]] = {}
        self._epochs: dict[str, Counter[str]] = {}
        self.reads = 0
        self.writes = 0

    def get(self, keys: Sequence[ArtifactKey]) -> list[Body | None]:
        self.reads += 1
        return [self._alive(key.partition, key.name) for key in keys]

    def partition(self, partition: str) -> dict[str, Body]:
        self.reads += 1
        found = {name: self._alive(pk, name) for pk, name in self._bodies if pk == partition}
        return {name: body for name, body in found.items() if body is not None}

    def epoch(self, tenant: str) -> Mapping[str, int]:
        self.reads += 1
        return dict(self._epochs.get(tenant, {}))

    def publish(self, changes: Sequence[Change]) -> None:
        self.writes += 1
        for change in changes:
            where = (change.key.partition, change.key.name)
            if isinstance(change, Artifact):
                self._bodies[where] = (change.expires_at, copy.deepcopy(dict(change.body)))
            else:
                self._bodies.pop(where, None)
        for tenant, category in {(change.key.tenant, change.key.category) for change in changes}:
            self.bump(tenant, category)

    def keep(self, artifact: Artifact) -> None:
        self._bodies[artifact.key.partition, artifact.key.name] = (
            artifact.expires_at,
            copy.deepcopy(dict(artifact.body)),
        )

    def bump(self, tenant: str, category: Category) -> None:
        self._epochs.setdefault(tenant, Counter())[category] += 1

    def _alive(self, partition: str, name: str) -> Body | None:
        expires_at, body = self._bodies.get((partition, name), (0, None))
        return copy.deepcopy(body) if not expires_at or expires_at > self._clock.now() else None
