"""Gathering: the documents that a definition is made of, from an archive or from their addresses, become one document.

A definition that refers to nothing outside itself stays as it was sent, to the byte.
"""

from __future__ import annotations

import json
import posixpath
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from gatehouse.adapters.definitions.bundling import Bundle, Elsewhere
from gatehouse.adapters.definitions.parsing import BYTES_MAX, invalid, parsed
from gatehouse.adapters.definitions.references import foreign_references
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.apis.definition import DefinitionInvalid
from gatehouse.domain.errors import FieldError
from gatehouse.domain.remote import UrlMalformed, UrlUnreadable
from gatehouse.ports.remote import READING_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.apis.archives import Archives
    from gatehouse.ports.remote import Remote

ZIP_START = b"PK\x03\x04"
DOCUMENTS_MAX = 30
"""How many documents are read from their addresses for one definition."""

_STEMS = ("openapi", "swagger", "asyncapi")
_SUFFIXES = (".yaml", ".yml", ".json")


class Gatherer:
    """Implements `ports.apis.definitions.DefinitionSources`."""

    def __init__(self, archives: Archives, remote: Remote) -> None:
        self._archives = archives
        self._remote = remote

    def gathered(self, content: bytes, address: str = "", *, seconds: float = READING_SECONDS) -> bytes:
        """The one definition. Raises DefinitionInvalid, ArchiveRefused."""
        files: Mapping[str, bytes] = {}
        place = address
        if content.startswith(ZIP_START):
            files = self._archives.unpack(content)
            place = _main(files)
            content = files[place]
        if b"$ref" not in content:
            return content
        try:
            root = parsed(content)
        except DefinitionInvalid:
            return content  # whoever reads it says what is wrong, in the words of its language
        if not any(True for _ in foreign_references(root)):
            return content
        library = _Library(files, self._remote, {place: root}, seconds)
        bundle = Bundle(root, place, library.document)
        bundled = json.dumps(bundle.whole(), ensure_ascii=False).encode()
        if len(bundled) > BYTES_MAX:
            raise invalid(
                FieldError("", f"the definition, with all that it refers to, is larger than {BYTES_MAX} bytes")
            )
        return bundled


class _Library:
    """The documents of one definition, each read once; `known` are there already, by their places."""

    def __init__(
        self, files: Mapping[str, bytes], remote: Remote, known: Mapping[str, dict[str, Any]], seconds: float
    ) -> None:
        self._files = files
        self._remote = remote
        self._read = dict(known)
        self._asked = 0
        self._until = time.monotonic() + seconds

    def document(self, base: str, location: str) -> tuple[str, dict[str, Any]]:
        """Where this location leads from a document that stands at `base`, and what is there. Raises Elsewhere."""
        place = self._place(base, location)
        if place not in self._read:
            try:
                self._read[place] = parsed(self._content(place))
            except DefinitionInvalid as error:
                raise Elsewhere(f"'{place}' cannot be read: {error.description}") from error
        return place, self._read[place]

    def _place(self, base: str, location: str) -> str:
        if urlsplit(location).scheme or location in self._read:
            return location
        if urlsplit(base).scheme:
            return urljoin(base, location)
        if not self._files:
            raise Elsewhere(f"'{location}' leads out of the document, and what it leads to was not sent along")
        place = posixpath.normpath(posixpath.join(posixpath.dirname(base), location))
        if place.startswith(("../", "/")) or place not in self._files:
            raise Elsewhere(f"'{location}' is not in the archive")
        return place

    def _content(self, place: str) -> bytes:
        if place in self._files:
            return self._files[place]
        self._asked += 1
        if self._asked > DOCUMENTS_MAX:
            raise Elsewhere(f"the definition is spread over more than {DOCUMENTS_MAX} addresses")
        try:
            return self._remote.read(place, seconds=self._until - time.monotonic())
        except (UrlMalformed, UrlUnreadable) as error:
            raise Elsewhere(f"'{place}' {error.fields[0].problem}") from error


def _main(files: Mapping[str, bytes]) -> str:
    """The definition among the files of an archive. Raises ArchiveRefused."""
    shallow = sorted(files, key=lambda name: (name.count("/"), name))
    for name in shallow:
        stem, suffix = posixpath.splitext(posixpath.basename(name).lower())
        if stem in _STEMS and suffix in _SUFFIXES:
            return name
    (only, *more) = [name for name in shallow if name.lower().endswith(_SUFFIXES)] or [""]
    if only and not more:
        return only
    raise ArchiveRefused.entry("file", f"the archive must hold a file {' or '.join(f'{stem}.yaml' for stem in _STEMS)}")
