"""API definitions: Swagger 2.0, OpenAPI 3 and AsyncAPI, read, generated, and kept in step with an API's operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gatehouse.ports.remote import READING_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.apis.definition import DefinedOperation, DefinedPart, DefinedScope, Definition


class Definitions(Protocol):
    """Understands definitions of one kind. Documents are UTF-8 JSON or YAML on the way in, JSON on the way out."""

    def read(self, content: bytes) -> Definition:
        """What a definition says. Raises DefinitionInvalid, or AsyncApiInvalid, with every problem found and where it is."""
        ...

    def generate(self, *, title: str, version: str, description: str, operations: Sequence[DefinedOperation]) -> bytes:
        """A definition for an API that was designed without one."""
        ...

    def align(self, content: bytes, operations: Sequence[DefinedOperation], scopes: Sequence[DefinedScope]) -> bytes:
        """The definition with exactly these operations and scopes; everything else in it stays as it is."""
        ...


class MergedDefinitions(Definitions, Protocol):
    """Understands definitions that can be put together."""

    def merge(self, *, title: str, version: str, description: str, parts: Sequence[DefinedPart]) -> bytes:
        """One OpenAPI 3 definition of operations of several, with all that they refer to; no two are the same.

        How each part's callers authenticate is left out: whoever serves the whole says so.
        """
        ...


class DefinitionSources(Protocol):
    """Puts together what a definition is made of."""

    def gathered(self, content: bytes, address: str = "", *, seconds: float = READING_SECONDS) -> bytes:
        """One definition, with what it refers to elsewhere in it; as it was sent when it refers to nothing.

        `content` is a definition or a zip of its documents; `address` is where it stood, "" when it was sent; `seconds` are
        left for reading others. Raises DefinitionInvalid with each reference that leads nowhere, ArchiveRefused.
        """
        ...
