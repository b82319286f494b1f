"""SOAP 1.1 and 1.2 messages: an envelope read without entities or external references, and answers and faults written.

https://www.w3.org/TR/2000/NOTE-SOAP-20000508/ and https://www.w3.org/TR/soap12-part1/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import fromstring

from gatehouse.domain.errors import GatehouseError, Invalid
from gatehouse.edge.errors import headers_of, status_of
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
MEDIA_TYPES = {SOAP_11: "text/xml; charset=utf-8", SOAP_12: "application/soap+xml; charset=utf-8"}
BODY_BYTES_MAX = 1_000_000
_INTERNAL = 500
FAULT = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """The operation that a message asks for. `parameters` are texts, mappings, or lists of them."""

    version: str
    namespace: str
    operation: str
    parameters: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A parameter that must be there. Raises Invalid."""
        value = self.parameters.get(name)
        if not isinstance(value, str) or not value:
            raise Invalid.field(name, "is required")
        return value

    def texts(self, name: str) -> list[str]:
        """A parameter that may be there any number of times; empty ones do not count."""
        value = self.parameters.get(name)
        return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and one]

    def parts(self, name: str) -> list[Mapping[str, Any]]:
        """A complex parameter that may be there any number of times."""
        value = self.parameters.get(name)
        return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def read(body: bytes) -> Asked:
    """Raises Invalid for what is no SOAP message with one operation in it."""
    if len(body) > BODY_BYTES_MAX:
        raise Invalid.field("", f"a message may be at most {BODY_BYTES_MAX} bytes long")
    try:
        envelope = fromstring(body)
    except (SyntaxError, ValueError) as error:  # what defusedxml refuses is a ValueError
        raise Invalid.field("", "is no XML that can be read") from error
    version, _ = _name(envelope)
    content = envelope.find(f"{{{version}}}Body")
    if version not in MEDIA_TYPES or content is None or len(content) != 1:
        raise Invalid.field("", "must be a SOAP 1.1 or 1.2 envelope with one operation in its body")
    namespace, operation = _name(content[0])
    parameters = _value(content[0])
    return Asked(version, namespace, operation, parameters if isinstance(parameters, dict) else {})


def answered(asked: Asked, value: Any = None) -> Answer:
    """The response: `value` is None, a text, a truth, a list of texts, or a mapping of such, under `return`."""
    response = Element(f"{{{asked.namespace}}}{asked.operation}Response")
    for one in value if isinstance(value, list) else [value]:
        if one is not None:
            _write(response, f"{{{asked.namespace}}}return", one)
    return _enveloped(asked.version, response, 200)


def accepted(asked: Asked) -> Answer:
    """The answer to an operation that returns nothing: no message at all."""
    return Answer(status=202, media_type=MEDIA_TYPES[asked.version])


def fault(error: GatehouseError, version: str = SOAP_11, status: int | None = None) -> Answer:
    """A failure. What an operation refuses has the status of SOAP's HTTP binding, the rest HTTP's own."""
    whose_12, whose_11 = ("Receiver", "Server") if status_of(error) >= _INTERNAL else ("Sender", "Client")
    content = Element(f"{{{version}}}Fault")
    if version == SOAP_12:
        code = SubElement(content, f"{{{version}}}Code")
        SubElement(code, f"{{{version}}}Value").text = f"soapenv:{whose_12}"
        reason = SubElement(content, f"{{{version}}}Reason")
        text = SubElement(reason, f"{{{version}}}Text", {"{http://www.w3.org/XML/1998/namespace}lang": "en"})
        text.text = error.description
    else:
        SubElement(content, "faultcode").text = f"soapenv:{whose_11}"
        SubElement(content, "faultstring").text = error.description
    answer = _enveloped(version, content, status or status_of(error))
    challenge = headers_of(answer.status, 'Basic realm="Gatehouse", Bearer realm="Gatehouse"')
    return Answer(status=answer.status, body=answer.body, headers=challenge, media_type=answer.media_type)


def _enveloped(version: str, content: Element, status: int) -> Answer:
    envelope = Element("soapenv:Envelope", {"xmlns:soapenv": version})
    SubElement(envelope, "soapenv:Body").append(_prefixed(content, version))
    text = '<?xml version="1.0" encoding="UTF-8"?>' + tostring(envelope, encoding="unicode")
    return Answer(status=status, body=text, media_type=MEDIA_TYPES[version])


def _prefixed(element: Element, version: str) -> Element:
    """The element with SOAP's own names under the prefix that fault codes are written with."""
    if element.tag.startswith(f"{{{version}}}"):
        element.tag = "soapenv:" + element.tag.partition("}")[2]
    for child in element:
        _prefixed(child, version)
    return element


def _write(parent: Element, name: str, value: Any) -> None:
    element = SubElement(parent, name)
    if isinstance(value, dict):
        namespace = value.get("", "")
        for part, inner in value.items():
            if part and inner is not None:
                _write(element, f"{{{namespace}}}{part}" if namespace else part, inner)
    elif isinstance(value, bool):
        element.text = str(value).lower()
    else:
        element.text = str(value)


def _name(element: Element) -> tuple[str, str]:
    namespace, brace, name = element.tag.rpartition("}")
    return namespace.removeprefix("{") if brace else "", name


def _value(element: Element) -> Any:
    if not len(element):
        return element.text or ""
    parts: dict[str, Any] = {}
    for child in element:
        _, name = _name(child)
        value = _value(child)
        if name in parts:
            known = parts[name]
            parts[name] = [*(known if isinstance(known, list) else [known]), value]
        else:
            parts[name] = value
    return parts
