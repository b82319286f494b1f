"""WSDL documents and archives, read and given other addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.apis.wsdl import Wsdl


class WsdlReader(Protocol):
    """Understands WSDL 1.1 and 2.0. Content is a document, or a zip of documents and their XML Schemas."""

    def read(self, content: bytes) -> Wsdl:
        """What it says.

        Raises NotRecognized, WsdlInvalid with every problem found and where it is, ArchiveWithoutWsdl, ArchiveRefused.
        """
        ...

    def anchored(self, content: bytes, url: str) -> bytes:
        """A document that stood at this address, with what it imports named by full addresses. Raises as `read`."""
        ...

    def words(self, content: bytes) -> list[str]:
        """The names in it, and then what is written about them. Raises as `read`."""
        ...

    def relocated(self, content: bytes, url: str) -> bytes:
        """The same with every service called at this address."""
        ...
