"""API definitions: read in `reading`, generated and kept in step in `writing`, several put together in `merging`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.definitions.merging import merged
from gatehouse.adapters.definitions.parsing import parsed
from gatehouse.adapters.definitions.reading import read
from gatehouse.adapters.definitions.writing import aligned, generated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.apis.definition import DefinedOperation, DefinedPart, DefinedScope, Definition


class OpenApiDefinitions:
    """Implements `ports.apis.definitions.Definitions`."""

    def read(self, content: bytes) -> Definition:
        """What a definition says. Raises DefinitionInvalid."""
        return read(content)

    def generate(self, *, title: str, version: str, description: str, operations: Sequence[DefinedOperation]) -> bytes:
        """A definition for an API that was designed without one."""
        return generated(title=title, version=version, description=description, operations=operations)

    def merge(self, *, title: str, version: str, description: str, parts: Sequence[DefinedPart]) -> bytes:
        """One definition of operations of several."""
        return merged(title=title, version=version, description=description, parts=parts)

    def align(self, content: bytes, operations: Sequence[DefinedOperation], scopes: Sequence[DefinedScope]) -> bytes:
        """The definition with exactly these operations and scopes."""
        return aligned(parsed(content), operations, scopes)
