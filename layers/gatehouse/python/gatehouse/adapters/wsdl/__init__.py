"""WSDL 1.1 and 2.0 on lxml: parsed in `parsing`, checked in `checking`; several documents travel as a zip.

Nothing is fetched: what a document imports is in its archive, or stays where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.wsdl.checking import checked
from gatehouse.adapters.wsdl.parsing import Document, parsed, written
from gatehouse.adapters.wsdl.places import anchored, endpoints, relocated
from gatehouse.adapters.wsdl.wording import texts
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.apis.wsdl import ArchiveWithoutWsdl, Wsdl, WsdlForm, WsdlInvalid

if TYPE_CHECKING:
    from gatehouse.ports.apis.archives import Archives

ZIP_START = b"PK\x03\x04"
SUFFIX = ".wsdl"
_SCHEMA_SUFFIX = ".xsd"
_SUFFIXES = (SUFFIX, _SCHEMA_SUFFIX, ".xml")
PROBLEMS_MAX = 20
"""How many problems are told at once."""


class LxmlWsdl:
    """Implements `ports.apis.wsdl.WsdlReader`."""

    def __init__(self, archives: Archives) -> None:
        self._archives = archives

    def read(self, content: bytes) -> Wsdl:
        """What it says. Raises NotRecognized, WsdlInvalid, ArchiveWithoutWsdl, ArchiveRefused."""
        if not content.startswith(ZIP_START):
            document = parsed(content)
            return _told(WsdlForm.WSDL, {"": document})
        return _told(WsdlForm.ZIP, self._documents(self._archives.unpack(content)))

    def anchored(self, content: bytes, url: str) -> bytes:
        """A document with what it imports named by full addresses."""
        if content.startswith(ZIP_START):
            return content
        document = parsed(content)
        return written(document) if anchored(document, url) else content

    def relocated(self, content: bytes, url: str) -> bytes:
        """The same with every service called at this address."""
        if not content.startswith(ZIP_START):
            return _relocated(content, url)
        files = self._archives.unpack(content)
        moved = {name: _relocated(file, url) for name, file in files.items() if name.lower().endswith(SUFFIX)}
        return self._archives.pack({**files, **moved})

    def words(self, content: bytes) -> list[str]:
        """The names in it, and what it says of itself."""
        if not content.startswith(ZIP_START):
            return texts([parsed(content)])
        return texts(self._documents(self._archives.unpack(content)).values())

    def _documents(self, files: dict[str, bytes]) -> dict[str, Document]:
        for name in files:
            if not name.lower().endswith(_SUFFIXES):
                raise ArchiveRefused.entry(name, f"has no place in an archive of WSDL: it holds {', '.join(_SUFFIXES)}")
        if not any(name.lower().endswith(SUFFIX) for name in files):
            raise ArchiveWithoutWsdl(f"The archive has no file whose name ends in {SUFFIX}")
        return {name: parsed(file, name, wsdl=name.lower().endswith(SUFFIX)) for name, file in files.items()}


def _told(form: WsdlForm, documents: dict[str, Document]) -> Wsdl:
    if problems := checked(documents):
        sentences = (f"{one.path}: {one.problem}" for one in problems[:PROBLEMS_MAX])
        raise WsdlInvalid("; ".join(sentences), fields=tuple(problems[:PROBLEMS_MAX]))
    described = [document for document in documents.values() if document.version]
    return Wsdl(
        form=form,
        version=described[0].version,
        endpoints=tuple(endpoint for document in described for endpoint in endpoints(document)),
    )


def _relocated(content: bytes, url: str) -> bytes:
    document = parsed(content)
    relocated(document, url)
    return written(document)
