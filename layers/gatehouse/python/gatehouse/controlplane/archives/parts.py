"""Parts of a project beside an API's document: whoever keeps something of an API adds a part for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.controlplane.archives.project import Project
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.domain.people.identity import Principal


class Part(Protocol):
    """Some files of a project."""

    def written(self, principal: Principal, api: Api, notation: Notation) -> dict[str, bytes]:
        """The files for an API, or for what a revision kept of it; {} when it has nothing of this part."""
        ...

    def check(self, principal: Principal, project: Project) -> None:
        """Raises ArchiveRefused, Invalid for files that `take` could not take in."""
        ...

    def take(self, principal: Principal, api: Api, project: Project) -> None:
        """Keep what the project has of this part. A project that has nothing of it leaves the API as it is."""
        ...
