"""Uploads: files that clients put into the content store themselves, or get from there, for a day at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.upload import Upload


class Uploads(Protocol):
    """Opens places for files, and reads what was put there."""

    def open(self, tenant: str) -> Upload:
        """A new place of this tenant's."""
        ...

    def read(self, tenant: str, upload_id: str) -> bytes:
        """What was put there. Raises UploadNotFound, UploadTooLarge, Unavailable."""
        ...

    def hand_out(self, tenant: str, content: bytes, *, name: str, media_type: str) -> str:
        """A URL that gives this content to whoever has it, as a file of this name, for a short time. Raises Unavailable."""
        ...
