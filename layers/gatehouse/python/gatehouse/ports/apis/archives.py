"""Archives: zips, and the documents in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.apis.archive import Notation


class Archives(Protocol):
    """Reads and writes archives. Files are named by their paths, with `/` between the parts."""

    def unpack(self, content: bytes) -> dict[str, bytes]:
        """The files of a zip. Raises ArchiveRefused that names the entry that is dangerous, or the limit that is passed."""
        ...

    def pack(self, files: Mapping[str, bytes]) -> bytes:
        """A zip of these files, the same for the same files."""
        ...

    def parse(self, content: bytes, name: str) -> object:
        """A document in YAML or JSON, as JSON has it. Raises ArchiveRefused that names the file, line and column."""
        ...

    def render(self, document: object, notation: Notation) -> bytes:
        """A document as a file: parsing it gives the same again."""
        ...
