"""AsyncAPI 2 and 3: definitions are held to their specification in `validation`, read in `reading`, written in `writing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.definitions.asyncapi.reading import parsed, read
from gatehouse.adapters.definitions.asyncapi.writing import aligned, generated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.apis.definition import DefinedOperation, DefinedScope, Definition


class AsyncApiDefinitions:
    """Implements `ports.apis.definitions.Definitions` for APIs of events and streams."""

    def read(self, content: bytes) -> Definition:
        """What a definition says. Raises AsyncApiInvalid."""
        return read(content)

    def generate(self, *, title: str, version: str, description: str, operations: Sequence[DefinedOperation]) -> bytes:
        """A definition for an API that was designed without one."""
        return generated(title=title, version=version, description=description, operations=operations)

    def align(self, content: bytes, operations: Sequence[DefinedOperation], scopes: Sequence[DefinedScope]) -> bytes:
        """The definition with exactly these operations and scopes."""
        return aligned(parsed(content), operations, scopes)
