"""Sequence backends in the project of an API: `Sequence-Backend/{id}-PRODUCTION.xml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.controlplane.publishing.kinds.sequence_backends import suffix_of
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.publishing.sequence_backend import Side, sequences_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.publishing.kinds.sequence_backends import SequenceBackends
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.domain.people.identity import Principal

FOLDER = "Sequence-Backend"


@dataclass(frozen=True, slots=True)
class SequencePart:
    """One file for each side that has one."""

    sequences: SequenceBackends

    def written(self, principal: Principal, api: Api, notation: Notation) -> dict[str, bytes]:  # noqa: ARG002
        """The files as they were sent."""
        files: dict[str, bytes] = {}
        for side in sequences_of(api.document):
            content, _ = self.sequences.content(api, side)
            files[f"{FOLDER}/{api.id}-{side}.{suffix_of(content)}"] = content
        return files

    def check(self, principal: Principal, project: Project) -> None:  # noqa: ARG002 -- what is in it is judged, not whose
        """Raises ArchiveRefused for a file of no side, SequenceUnreadable for what cannot be run."""
        for path, _, content in _sides(project):
            self.sequences.steps(content, path)

    def take(self, principal: Principal, api: Api, project: Project) -> None:
        """Keep them in place of those that are there."""
        for _, side, content in _sides(project):
            # Other parts may have changed the API since it was read.
            current = access.find(self.sequences.amendments.apis, principal, api.id)
            self.sequences.put(principal, current, side, content)


def _sides(project: Project) -> Iterator[tuple[str, Side, bytes]]:
    for name, content in sorted(project.below(FOLDER).files.items()):
        path = f"{FOLDER}/{name}"
        stem = name.rpartition(".")[0].upper()
        side = next((side for side in Side if stem == side or stem.endswith(f"-{side}")), None)
        if side is None:
            raise ArchiveRefused.entry(path, f"names no side: it must end in -{' or -'.join(Side)}")
        yield path, side, content
