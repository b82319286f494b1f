"""Bytes to a WSDL or XML Schema document, without what makes XML dangerous: no DTD, no entity, nothing fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gatehouse.domain.apis.wsdl import NotRecognized, WsdlInvalid
from gatehouse.domain.errors import FieldError

WSDL_11, WSDL_20 = "http://schemas.xmlsoap.org/wsdl/", "http://www.w3.org/ns/wsdl"
XSD = "http://www.w3.org/2001/XMLSchema"
BYTES_MAX = 4_000_000

_VERSIONS = {f"{{{WSDL_11}}}definitions": "1.1", f"{{{WSDL_20}}}description": "2.0"}


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document: `version` is that of WSDL, "" for an XML Schema; `name` is its path in an archive."""

    root: Any
    version: str
    name: str = ""

    @property
    def namespace(self) -> str:
        """The WSDL namespace of its elements."""
        return WSDL_20 if self.version == "2.0" else WSDL_11

    @property
    def target(self) -> str:
        """The namespace of what it defines."""
        return str(self.root.get("targetNamespace") or "")

    def problem(self, element: Any, text: str) -> FieldError:
        """What is wrong with an element of it, with where it stands: `/definitions/binding[Phone]`, and its line."""
        steps = [_step(one) for one in (element, *element.iterancestors())]
        return FieldError(f"{self.name}/{'/'.join(reversed(steps))}", f"{text} (line {element.sourceline})")

    def at(self, line: int) -> Any:
        """The first element of this line, or the root."""
        return next((one for one in self.root.iter("*") if one.sourceline == line), self.root)


def parsed(content: bytes, name: str = "", *, wsdl: bool = True) -> Document:
    """The document. Raises WsdlInvalid that names the line, NotRecognized for XML that is no WSDL where `wsdl` is asked."""
    from lxml import etree  # noqa: PLC0415 -- only who designs a SOAP API pays for the library

    where = name or "file"
    if len(content) > BYTES_MAX:
        raise _invalid(where, f"is larger than {BYTES_MAX} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if not content.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
            raise NotRecognized.field(where, "is neither XML nor a zip archive") from error
        raise _invalid(where, f"not XML: {error.msg.rpartition(', line ')[0]} (line {error.lineno})") from error
    if root.getroottree().docinfo.doctype:
        raise _invalid(where, "has a document type declaration (DTD), which is refused")
    version = _VERSIONS.get(root.tag, "")
    if wsdl and not version:
        problem = f"is XML, but its root is '{root.tag}', which is neither WSDL 1.1 nor 2.0"
        raise NotRecognized.field(where, problem)
    return Document(root, version, name)


def written(document: Document) -> bytes:
    """The document as bytes, with its prefixes and comments."""
    from lxml import etree  # noqa: PLC0415 -- as above

    found: bytes = etree.tostring(document.root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return found


def _step(element: Any) -> str:
    local, name = str(element.tag).rpartition("}")[2], element.get("name")
    return f"{local}[{name}]" if name else local


def _invalid(where: str, problem: str) -> WsdlInvalid:
    told = WsdlInvalid.field(where, problem)
    return WsdlInvalid(told.description, fields=told.fields)
