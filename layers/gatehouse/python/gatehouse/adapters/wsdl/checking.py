"""Checks: each document against the schema of its specification, and what refers to something against what is there.

The schema of WSDL 1.1 comes with the package `xmlschema`; that of 2.0 is W3C's, kept beside. The XML Schemas of messages are
not judged: the gateway passes messages through.
"""

from __future__ import annotations

import posixpath
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.wsdl.parsing import WSDL_11, XSD
from gatehouse.adapters.wsdl.places import imports, is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.adapters.wsdl.parsing import Document
    from gatehouse.domain.errors import FieldError

_REFERENCES = {
    "1.1": (
        ("portType/operation/input", "message", "message"),
        ("portType/operation/output", "message", "message"),
        ("portType/operation/fault", "message", "message"),
        ("binding", "type", "portType"),
        ("service/port", "binding", "binding"),
    ),
    "2.0": (
        ("binding", "interface", "interface"),
        ("service", "interface", "interface"),
        ("service/endpoint", "binding", "binding"),
    ),
}
"""Where a document refers to a definition, in which attribute, and to what."""

Known = dict[tuple[str, str], set[str]]
"""Names by namespace and sort."""


def checked(documents: Mapping[str, Document]) -> list[FieldError]:
    """What is wrong with these documents, which are all that there is."""
    problems = [problem for document in documents.values() for problem in _against_schema(document)]
    problems += [problem for document in documents.values() for problem in _missing(document, documents)]
    if problems:
        return problems
    known = _known(documents)
    return [problem for document in documents.values() for problem in _dangling(document, known)]


def _against_schema(document: Document) -> Iterator[FieldError]:
    if not document.version:
        return
    schema = _schema(document.version)
    if schema.validate(document.root.getroottree()):
        return
    for error in schema.error_log:
        text = str(error.message).replace(f"{{{document.namespace}}}", "")
        yield document.problem(document.at(error.line), text)


@lru_cache(maxsize=2)
def _schema(version: str) -> Any:
    from lxml import etree  # noqa: PLC0415 -- only who designs a SOAP API pays for the library

    schema = etree.parse(str(_schema_file(version)), etree.XMLParser(no_network=True, load_dtd=False))
    # 2.0 asks for the schema of XML Schema itself for what stands in `types`.
    for wildcard in schema.iter(f"{{{XSD}}}any"):
        wildcard.set("processContents", "lax")
    return etree.XMLSchema(schema)


def _schema_file(version: str) -> Path:
    if version == "2.0":
        return Path(__file__).parent / "schemas" / "wsdl20.xsd"
    package = find_spec("xmlschema")
    if package is None or not package.submodule_search_locations:
        msg = "xmlschema is not installed"
        raise ModuleNotFoundError(msg)
    return Path(package.submodule_search_locations[0]) / "schemas" / "WSDL" / "wsdl.xsd"


def _missing(document: Document, documents: Mapping[str, Document]) -> Iterator[FieldError]:
    """Imports of what was not sent along."""
    for element, _, location in imports(document):
        if is_elsewhere(location):
            continue
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(document.name), location))
        if wanted not in documents:
            problem = f"imports '{location}', which was not sent along; send a zip archive of all documents"
            yield document.problem(element, problem)


def _known(documents: Mapping[str, Document]) -> Known:
    known: Known = {}
    for document in documents.values():
        for sort in ("message", "portType", "interface", "binding"):
            found = document.root.findall(f"{{{document.namespace}}}{sort}") if document.version else []
            names = {str(element.get("name")) for element in found}
            known.setdefault((document.target, sort), set()).update(names)
    elsewhere = {namespace for document in documents.values() for namespace in _defined_elsewhere(document)}
    return {(namespace, sort): names for (namespace, sort), names in known.items() if namespace not in elsewhere}


def _defined_elsewhere(document: Document) -> Iterator[str]:
    """The namespaces of which a part stands at an address that nothing is read from."""
    for element, attribute, location in imports(document):
        if attribute == "location" and is_elsewhere(location):
            yield str(element.get("namespace") or document.target)


def _dangling(document: Document, known: Known) -> Iterator[FieldError]:
    """References to definitions that are nowhere; those of namespaces that stand elsewhere are taken as they are."""
    for path, attribute, sort in _REFERENCES.get(document.version, ()):
        steps = "/".join(f"{{{document.namespace}}}{step}" for step in path.split("/"))
        for element in document.root.findall(steps):
            reference = element.get(attribute)
            if reference is None:
                continue
            namespace, name = _qualified(element, str(reference).strip())
            if namespace is None:
                yield document.problem(element, f"'{reference}' has a prefix that is bound to no namespace")
            elif (namespace, sort) in known and name not in known[namespace, sort]:
                yield document.problem(element, f"there is no {sort} '{reference}'")
    yield from _foreign_operations(document)


def _foreign_operations(document: Document) -> Iterator[FieldError]:
    """Bound operations of 1.1 that their port type, in the same document, does not have."""
    if document.version != "1.1":
        return
    types = {
        str(one.get("name")): {str(op.get("name")) for op in one.findall(f"{{{WSDL_11}}}operation")}
        for one in document.root.findall(f"{{{WSDL_11}}}portType")
    }
    for binding in document.root.findall(f"{{{WSDL_11}}}binding"):
        namespace, name = _qualified(binding, str(binding.get("type") or ""))
        offered = types.get(name) if namespace == document.target else None
        if offered is None:
            continue
        for operation in binding.findall(f"{{{WSDL_11}}}operation"):
            if operation.get("name") not in offered:
                yield document.problem(operation, f"portType '{name}' has no operation '{operation.get('name')}'")


def _qualified(element: Any, reference: str) -> tuple[str | None, str]:
    """Namespace and local part of a name with a prefix; None for a prefix that is not declared."""
    prefix, colon, local = reference.rpartition(":")
    if not colon:
        return str(element.nsmap.get(None) or ""), local
    return element.nsmap.get(prefix), local
