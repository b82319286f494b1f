"""Artifacts: the control plane writes them, the call path looks them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.artifact import Artifact, ArtifactKey, Category, Change

Body = dict[str, object]


class Artifacts(Protocol):
    """Reading, by full key. All reads are strongly consistent; what has expired is not found."""

    def get(self, keys: Sequence[ArtifactKey]) -> list[Body | None]:
        """The bodies under these keys, in their order, in one round trip; None where there is none."""
        ...

    def partition(self, partition: str) -> dict[str, Body]:
        """Every artifact of one partition, by name."""
        ...

    def epoch(self, tenant: str) -> Mapping[str, int]:
        """The counter of each category that ever changed in this tenant."""
        ...


class Publication(Protocol):
    """Writing artifacts that belong to no other write.

    Repositories take `Change`s along in their own transactions and bump the epoch themselves; this port is for the rest.
    """

    def publish(self, changes: Sequence[Change]) -> None:
        """Write all changes in one transaction, then bump the epochs they touch, then return."""
        ...

    def keep(self, artifact: Artifact) -> None:
        """Write one that nobody can have asked for yet, such as a token's: nothing has to be forgotten for it."""
        ...

    def bump(self, tenant: str, category: Category) -> None:
        """Make every environment forget this category of the tenant within `max_staleness`."""
        ...
