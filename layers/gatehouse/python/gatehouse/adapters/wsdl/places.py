"""Addresses in WSDL: where services are called, and where the documents stand that are imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from gatehouse.adapters.wsdl.parsing import WSDL_11, WSDL_20, XSD
from gatehouse.domain.apis.wsdl import WsdlEndpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.adapters.wsdl.parsing import Document

_IMPORTS = {
    f"{{{WSDL_11}}}import": "location",
    f"{{{WSDL_20}}}import": "location",
    f"{{{WSDL_20}}}include": "location",
    f"{{{XSD}}}import": "schemaLocation",
    f"{{{XSD}}}include": "schemaLocation",
    f"{{{XSD}}}redefine": "schemaLocation",
}


def endpoints(document: Document) -> Iterator[WsdlEndpoint]:
    """Where the services of a document are called."""
    for element, holder, attribute in _addresses(document):
        yield WsdlEndpoint(name=str(element.get("name") or ""), location=str(holder.get(attribute) or "").strip())


def relocated(document: Document, url: str) -> None:
    """Have every service called at this address."""
    for _, holder, attribute in _addresses(document):
        holder.set(attribute, url)


def imports(document: Document) -> Iterator[tuple[Any, str, str]]:
    """The elements that name other documents, with the attribute that does and what it says."""
    for tag, attribute in _IMPORTS.items():
        for element in document.root.iter(tag):
            if location := str(element.get(attribute) or "").strip():
                yield element, attribute, location


def is_elsewhere(location: str) -> bool:
    """Whether it is an address by itself."""
    return bool(urlsplit(location).scheme)


def anchored(document: Document, url: str) -> bool:
    """Name what is imported by full addresses; whether anything was to be done."""
    relative = [one for one in imports(document) if not is_elsewhere(one[2])]
    for element, attribute, location in relative:
        element.set(attribute, urljoin(url, location))
    return bool(relative)


def _addresses(document: Document) -> Iterator[tuple[Any, Any, str]]:
    """Each port or endpoint, the element that has its address, and the attribute."""
    if document.version == "2.0":
        for element in document.root.iter(f"{{{WSDL_20}}}endpoint"):
            yield element, element, "address"
        return
    for element in document.root.iter(f"{{{WSDL_11}}}port"):
        for child in element.iterchildren("{*}address"):
            yield element, child, "location"
