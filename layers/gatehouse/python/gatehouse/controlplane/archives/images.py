"""The picture of an API or a product in its project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.controlplane.publishing.endpoints import THUMBNAIL
from gatehouse.controlplane.publishing.particulars.thumbnails import media_type_of
from gatehouse.domain.apis.archive import ArchiveRefused

if TYPE_CHECKING:
    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.publishing.particulars.thumbnails import Thumbnails
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.domain.people.identity import Principal

FOLDER = "Image"
NAME = "icon"
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class ImagePart:
    """`Image/icon.png`."""

    thumbnails: Thumbnails

    def written(self, principal: Principal, api: Api, notation: Notation) -> dict[str, bytes]:  # noqa: ARG002
        """The picture, if there is one."""
        if not api.document.get(THUMBNAIL):
            return {}
        picture, media_type = self.thumbnails.get(api)
        return {f"{FOLDER}/{NAME}.{SUFFIXES[media_type]}": picture}

    def check(self, principal: Principal, project: Project) -> None:  # noqa: ARG002 -- it is the API's own
        """Raises ArchiveRefused for several, Invalid for what is no picture."""
        files = project.below(FOLDER).files
        if len(files) > 1:
            raise ArchiveRefused.entry(f"{FOLDER}/{max(files)}", f"is one too many: there is one picture in {FOLDER}")
        for picture in files.values():
            media_type_of(picture)

    def take(self, principal: Principal, api: Api, project: Project) -> None:
        """Keep it in place of the one that is there."""
        for picture in project.below(FOLDER).files.values():
            # Other parts may have changed the API since it was read.
            current = access.find_either(self.thumbnails.amendments.apis, principal, api.id)
            self.thumbnails.put(principal, current, picture)
