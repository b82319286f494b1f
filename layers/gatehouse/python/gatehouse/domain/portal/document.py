"""A document tells developers about an API: it is written here, sent as a file, or stands elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from gatehouse.domain.record import Record


class Source(StrEnum):
    """Where the content of a document comes from."""

    INLINE = "INLINE"
    MARKDOWN = "MARKDOWN"
    URL = "URL"
    FILE = "FILE"


WRITTEN = frozenset({Source.INLINE, Source.MARKDOWN})
"""The content of these is text that is written in the portal."""

OWNER_ONLY, PRIVATE = "OWNER_ONLY", "PRIVATE"
OTHER = "OTHER"

FILE_BYTES_MAX = 10 * 1024 * 1024
SEARCHED_CHARACTERS_MAX = 4_000
"""So much of what is written in a document is searched: all of it, or each of its words once."""


TEXT = "text"
"""The property of a document's body that has what is searched of its content."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A document as it is searched: what it says of itself, and what is written in it, as UTF-8 in lower case."""

    document: Record
    about: bytes
    words: bytes

    @classmethod
    def of(cls, document: Record) -> Writing:
        """Made once for the many terms that it is held against."""
        about = f"{document.name}\n{document.body.get('summary') or ''}"
        return cls(document, about.lower().encode(), str(document.body.get(TEXT) or "").lower().encode())


class DocumentExists(Conflict):
    """The API has a document of this name."""

    code = 900312
    message = "The document already exists"


class DocumentNotFound(NotFound):
    """The API has no such document, or the caller may not learn that it has."""

    code = 900315
    message = "Document not found"

    @classmethod
    def by_id(cls, document_id: str) -> DocumentNotFound:
        """The one sentence for absent and forbidden alike."""
        return cls(f"Requested documentation with Id '{document_id}' not found")


class ContentNotFound(NotFound):
    """Nothing has been written or sent yet."""

    code = 900314
    message = "The document has no content"


class NameIllegal(Invalid):
    """The name has characters that none may have."""

    code = 902016
    message = "The name of the document has illegal characters"


class ParameterMissing(Invalid):
    """The kind of document asks for a property that is not there."""

    code = 903245
    message = "A property of the document is missing"


def source_of(document: Record) -> Source:
    """Where its content comes from."""
    return Source(document.body["sourceType"])
