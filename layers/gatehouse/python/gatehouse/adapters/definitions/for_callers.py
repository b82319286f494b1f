"""Definitions for callers: published in `publishing`, as a collection in `collections`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.definitions.collections import collection
from gatehouse.adapters.definitions.publishing import published

if TYPE_CHECKING:
    from gatehouse.domain.portal.doorway import Doorway


class OpenApiForCallers:
    """Implements `ports.portal.publication.CallersDefinitions`."""

    def published(self, content: bytes, doorway: Doorway) -> bytes:
        """The definition as JSON, so that any tool can call the API by it."""
        return published(content, doorway)

    def collection(self, content: bytes, doorway: Doorway) -> bytes:
        """A Postman collection with a request for each operation."""
        return collection(content, doorway)
