"""Links: content that goes past our functions, which answer no large ones."""

from __future__ import annotations

from typing import Protocol


class Links(Protocol):
    """Hands out blobs (`ports.world.Blobs`) at URLs."""

    def size(self, tenant: str, key: str) -> int:
        """How many bytes a blob has. Raises Unavailable when it is not there."""
        ...

    def to(self, tenant: str, key: str, *, name: str, media_type: str) -> str:
        """A URL that gives the blob to whoever has it, as a file of this name, and is good for a short time."""
        ...
