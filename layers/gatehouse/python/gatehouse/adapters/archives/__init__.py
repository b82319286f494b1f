"""Archives: zips in `zips`, the documents in them in `notations`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.adapters.archives.notations import parsed, rendered
from gatehouse.adapters.archives.zips import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.apis.archive import ArchiveLimits, Notation


class ZipArchives:
    """Implements `ports.apis.archives.Archives`."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._limits = limits

    def unpack(self, content: bytes) -> dict[str, bytes]:
        """The files of a zip. Raises ArchiveRefused."""
        return unpacked(content, self._limits)

    def pack(self, files: Mapping[str, bytes]) -> bytes:
        """A zip of these files."""
        return packed(files)

    def parse(self, content: bytes, name: str) -> Any:
        """A document in YAML or JSON. Raises ArchiveRefused."""
        return parsed(content, name)

    def render(self, document: Any, notation: Notation) -> bytes:
        """A document as a file."""
        return rendered(document, notation)
