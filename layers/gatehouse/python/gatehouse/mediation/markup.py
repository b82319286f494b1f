"""Markup: XML within bounds, and JSON as XML and back.

The mapping is WSO2's: a JSON object is `<jsonObject>`, an array `<jsonArray>` of `<jsonElement>`, a repeated element an array,
`@name` an attribute, `$` the text beside attributes. Texts that look like numbers or truth values come back as such. null is
an element with `xsi:nil`; characters that XML has no place for in a name are written `_x0020_`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from gatehouse.mediation.bodies import DEPTH_MAX, OUTPUT_BYTES_MAX, Number, TooLarge, Unreadable

_OBJECT, _ARRAY, _ELEMENT, _VALUE = "jsonObject", "jsonArray", "jsonElement", "jsonValue"
_NIL, _XSI = "@xsi:nil", "@xmlns:xsi"
_XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance"
_DIGITS_MAX = 300

_NOT_IN_NAME = re.compile(
    "[^-.0-9:A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]"
)  # what every parser accepts, no more
_NOT_FIRST = re.compile("[-.0-9:]")
_LOOKS_ENCODED = re.compile("_(?=x)")
_ENCODED = re.compile(r"_x([0-9A-F]{0,6})_")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlLimits:
    """How large a document may be. `children` and `attributes` are per element. Entities are never allowed."""

    depth: int = DEPTH_MAX
    elements: int = 200_000
    attributes: int = 1_000
    attribute_characters: int = 1_000_000
    children: int = 200_000
    doctype: bool = False


class _Counting:
    """Counts while expat parses, and ends the parsing at the first limit that is passed."""

    def __init__(self, limits: XmlLimits) -> None:
        self._limits = limits
        self._elements = 0
        self._children = [0]

    def parser(self, encoding: str | None) -> expat.XMLParserType:
        parser = expat.ParserCreate(encoding)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        return parser

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        limits = self._limits
        self._elements += 1
        self._children[-1] += 1
        _hold("elements", self._elements, limits.elements)
        _hold("children of one element", self._children[-1], limits.children)
        self._children.append(0)
        _hold("levels", len(self._children) - 1, limits.depth)
        _hold("attributes of one element", len(attributes), limits.attributes)
        if attributes:
            _hold("characters in an attribute", max(map(len, attributes.values())), limits.attribute_characters)

    def _end(self, _name: str) -> None:
        self._children.pop()

    def _doctype(self, *_declaration: object) -> None:
        if not self._limits.doctype:
            raise Unreadable("document type declarations are not allowed")

    def _entity(self, *_declaration: object) -> None:
        raise Unreadable("entity declarations are not allowed")


def check_xml(body: bytes, limits: XmlLimits, charset: str = "") -> None:
    """Read a document through without keeping it. Raises Unreadable for what is malformed or passes a limit."""
    _parsed_within(lambda: _Counting(limits).parser(charset or None).Parse(body, True))  # noqa: FBT003 -- expat's


def to_json(body: bytes, charset: str = "") -> Any:  # noqa: ANN401 -- any JSON value
    """The document as a JSON value. Raises Unreadable."""
    import xmltodict  # type: ignore[import-untyped] # noqa: PLC0415 -- only who converts pays for it

    check_xml(body, XmlLimits(), charset)
    document = _parsed_within(
        lambda: xmltodict.parse(body, encoding=charset or None, strip_whitespace=False, cdata_key="$")
    )
    ((root, content),) = document.items()
    if root == _OBJECT:
        value = _value(_without_declaration(content))
        return {} if value == "" else value
    if root == _ARRAY:
        return _elements(_without_declaration(content))
    if root == _VALUE:
        return _value(_without_declaration(content))
    return {_decoded(root): _value(content)}


def _parsed_within(parse: Any) -> Any:  # noqa: ANN401 -- passes the parser's result on
    try:
        return parse()
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise Unreadable(f"not XML: {reason} at line {error.lineno}, column {error.offset}") from error
    except (ValueError, LookupError, TypeError, UnicodeError) as error:
        raise Unreadable("not XML: its encoding is not supported") from error


def _hold(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise Unreadable(f"more than {limit} {what}")


def _without_declaration(content: Any) -> Any:  # noqa: ANN401 -- what xmltodict makes
    if not isinstance(content, dict):
        return content
    return {name: part for name, part in content.items() if name != _XSI} or None


def _value(raw: Any) -> Any:  # noqa: ANN401 -- what xmltodict makes, as JSON
    if raw is None:
        return ""
    if isinstance(raw, str):
        return _primitive(raw)
    if isinstance(raw, list):
        return [_value(part) for part in raw]
    if raw.get(_NIL) in {"true", "1"}:
        return None
    names = [name for name in raw if name != "$" or raw[name].strip()]
    if names == [_ELEMENT]:
        return _elements(raw)
    return {_key(name): raw[name] if name.startswith("@") else _value(raw[name]) for name in names}


def _elements(raw: Any) -> list[Any]:  # noqa: ANN401 -- what xmltodict makes
    if not isinstance(raw, dict) or _ELEMENT not in raw:
        return []
    found = raw[_ELEMENT]
    return [_value(part) for part in found] if isinstance(found, list) else [_value(found)]


def _primitive(text: str) -> str | int | float | bool:
    if text in {"true", "false"}:
        return text == "true"
    number = _JSON_NUMBER.fullmatch(text) if len(text) <= _DIGITS_MAX else None
    if number is None:
        return text
    if not number[1] and not number[2]:
        return int(text)
    value = float(text)
    return text if value in {float("inf"), float("-inf")} else value


def _key(name: str) -> str:
    return f"@{_decoded(name[1:])}" if name.startswith("@") else name if name == "$" else _decoded(name)


def _decoded(name: str) -> str:
    def character(match: re.Match[str]) -> str:
        if not match[1]:
            return ""
        code = int(match[1], 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match[0]  # noqa: PLR2004 -- Unicode

    return _ENCODED.sub(character, name) if "_x" in name else name


class _Writer:
    """Collects text, and refuses to collect too much: one long name above many elements would unfold without end."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._room = OUTPUT_BYTES_MAX

    def add(self, text: str) -> None:
        self._room -= len(text)
        if self._room < 0:
            raise TooLarge
        self.parts.append(text)

    def element(self, name: str, value: Any) -> None:  # noqa: ANN401 -- any JSON value
        match value:
            case None:
                self.add(f'<{name} xsi:nil="true"/>')
            case dict():
                self._object(name, value)
            case list():
                self.add(f"<{name}>")
                self.members(_ELEMENT, value)
                self.add(f"</{name}>")
            case _:
                self.add(f"<{name}>")
                self.add(_text(value))
                self.add(f"</{name}>")

    def members(self, name: str, values: list[Any]) -> None:
        for value in values:
            self.element(name, value)

    def _object(self, name: str, members: dict[str, Any]) -> None:
        self.add(f"<{name}")
        inside: list[tuple[str, Any]] = []
        for key, value in members.items():
            if key.startswith("@") and not isinstance(value, dict | list) and value is not None:
                self.add(f' {_encoded(key[1:])}="{_text(value, attribute=True)}"')
            else:
                inside.append((key, value))
        self.add(">")
        for key, value in inside:
            if key == "$" and not isinstance(value, dict | list) and value is not None:
                self.add(_text(value))
            elif isinstance(value, list):
                self.members(_encoded(key), value)
            else:
                self.element(_encoded(key), value)
        self.add(f"</{name}>")


def from_json(value: Any) -> bytes:  # noqa: ANN401 -- any JSON value
    """The JSON value as a document in UTF-8. Raises TooLarge."""
    writer = _Writer()
    match value:
        case dict():
            writer.element(_OBJECT, value)
        case list():
            writer.element(_ARRAY, value)
        case _:
            writer.element(_VALUE, value)
    text = "".join(writer.parts)
    if " xsi:nil=" in text:
        end = min(position for mark in (" ", ">", "/") if (position := text.find(mark)) > 0)
        declared = _XSI[1:] in text[: text.find(">")]
        text = text if declared else f'{text[:end]} {_XSI[1:]}="{_XSI_NAMESPACE}"{text[end:]}'
    return text.encode("utf-8", "replace")


def _text(value: Any, *, attribute: bool = False) -> str:  # noqa: ANN401 -- any JSON scalar
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, Number):
        return text
    entities = {"\r": "&#13;"}
    if attribute:
        entities |= {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
    return escape(_NOT_XML.sub("\ufffd", text), entities)


def _encoded(key: str) -> str:
    """A name of XML for any name of JSON; `_decoded` takes it back."""
    if not key:
        return "_x_"
    name = _NOT_IN_NAME.sub(_code, _LOOKS_ENCODED.sub("_x005F_", key))
    return f"_x{ord(name[0]):04X}_{name[1:]}" if _NOT_FIRST.match(name) else name


def _code(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):04X}_"
