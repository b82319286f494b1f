"""XML Schemas (XSD 1.0) of API providers, and documents of callers held to them.

A schema is one text that stands for itself: nothing is ever fetched, neither what it names nor what a document names. It is
measured before it is built, because a few lines of references can unfold without end, and its patterns run on RE2.
"""

from __future__ import annotations

import io
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from gatehouse.mediation import patterns
from gatehouse.mediation.bodies import Unreadable
from gatehouse.mediation.markup import XmlLimits, check_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree import ElementTree as ET

DOCUMENT_BYTES_MAX = 250_000
SCHEMA_CHARACTERS_MAX = 65_536
SCHEMA_LEVELS_MAX = 50
SCHEMA_WEIGHT_MAX = 5_000
"""How many parts a schema may have once its groups and unions are written out in each place that refers to them."""

PROGRAM_SIZE_MAX = patterns.PROGRAM_SIZE_MAX * patterns.TEXT_CHARACTERS_MAX // DOCUMENT_BYTES_MAX
"""Of a pattern: as many steps for a whole document as other patterns may take. Classes of Unicode are large."""

BUILD_SECONDS_MAX = 3.0
DOCUMENT_ELEMENTS_MAX = 10_000
STEPS_MAX = 200_000
"""How many parts of content models are looked at for a document: about a second's worth. For each element it may be all
parts of the model it stands in, so that a schema with wide models allows fewer elements."""

BUILT_MAX = 32
_TOLD_CHARACTERS_MAX = 200

_XSD, _XML = "{http://www.w3.org/2001/XMLSchema}", "http://www.w3.org/XML/1998/namespace"
_FOREIGN = frozenset({f"{_XSD}{name}" for name in ("include", "redefine", "override")})
_IMPORT, _PATTERN = f"{_XSD}import", f"{_XSD}pattern"
_ELEMENT, _COMPLEX_TYPE = f"{_XSD}element", f"{_XSD}complexType"
_REFERRING = {
    f"{_XSD}group": "ref",
    f"{_XSD}attributeGroup": "ref",
    f"{_XSD}union": "memberTypes",
    f"{_XSD}list": "itemType",
    f"{_XSD}restriction": "base",
    f"{_XSD}extension": "base",
}
_EMPTY = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>'
_UTF_8 = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})


def trouble(schema: str) -> str | None:
    """What is wrong with a schema, None when documents can be held to it."""
    if len(schema) > SCHEMA_CHARACTERS_MAX:
        return f"is longer than {SCHEMA_CHARACTERS_MAX} characters"
    try:
        check_xml(schema.encode("utf-8", "replace"), XmlLimits(depth=SCHEMA_LEVELS_MAX))
    except Unreadable as wrong:
        return f"is no XML Schema: {wrong}"
    root = _parsed(schema)
    if root.tag != f"{_XSD}schema":
        return "is no XML Schema: its root is not xs:schema"
    try:
        return _unsuitable(root) or _unbuilt(schema)
    except RecursionError:
        return "refers to itself, or from one part to the next, too often"


def problem(schema: str, body: bytes, charset: str = "") -> str | None:
    """The first thing that is wrong with a document, as `/place: rule`, without the value; None when nothing is.

    `check_xml` has read the document through, and found no more than `DOCUMENT_ELEMENTS_MAX` elements.
    """
    if charset.lower() not in _UTF_8:
        return "a document that is not in UTF-8 cannot be checked"
    if len(body) > DOCUMENT_BYTES_MAX:
        return f"a document of more than {DOCUMENT_BYTES_MAX} bytes cannot be checked"
    from xmlschema import XMLResource, XMLSchemaException  # noqa: PLC0415 -- only who validates pays for it

    try:
        document = XMLResource(io.BytesIO(body), allow="none", defuse="always")
        built = _built(schema)
        if sum(1 for _ in document.root.iter()) > built.elements_max:
            return f"a document of more than {built.elements_max} elements cannot be checked"
        error = next(built.schema.iter_errors(document, use_location_hints=False), None)
    except (XMLSchemaException, RecursionError) as failure:
        return f"the document cannot be checked ({type(failure).__name__})"
    return None if error is None else _told(error)


def _parsed(schema: str) -> ET.Element:
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415 -- as above

    root: ET.Element = fromstring(schema)
    return root


def _unsuitable(root: ET.Element) -> str | None:
    """Why a schema is not built: it leans on other documents, has a pattern that RE2 has not, or unfolds too far."""
    for part in root.iter():
        if part.tag in _FOREIGN or (part.tag == _IMPORT and part.get("namespace") != _XML):
            name = str(part.tag).removeprefix(_XSD)
            return f"must stand for itself: xs:{name} is not supported, because nothing is fetched"
        if part.tag == _PATTERN and (wrong := _pattern_trouble(part.get("value", ""))):
            return f"has a pattern that cannot be used: it {wrong}"
    if _Weights(root).of_all() > SCHEMA_WEIGHT_MAX:
        return f"unfolds to more than {SCHEMA_WEIGHT_MAX} parts"
    return None


class _Weights:
    """How many parts there are when what the named components of a schema refer to is written out."""

    def __init__(self, root: ET.Element) -> None:
        self._root = root
        self._named: dict[str, list[ET.Element]] = {}
        for part in root:
            if name := part.get("name"):
                self._named.setdefault(name, []).append(part)
        self._weights: dict[str, int] = {}
        self._widths: dict[str, int] = {}

    def of_all(self) -> int:
        """Of the whole schema, or something above `SCHEMA_WEIGHT_MAX`."""
        return self._weight(self._root)

    def widest(self) -> int:
        """Of the content model that has most."""
        return max((self._width(part) for part in self._root.iter(_COMPLEX_TYPE)), default=1)

    def _weight(self, part: ET.Element) -> int:
        weight = 0
        for inner in part.iter():
            weight += 1 + sum(self._of_name(name, self._weights, self._weight) for name in _referred(inner))
            if weight > SCHEMA_WEIGHT_MAX:
                break
        return weight

    def _width(self, part: ET.Element) -> int:
        """What stands in elements of the model is of models of their own."""
        inside = 1 + sum(self._width(inner) for inner in part if inner.tag != _ELEMENT)
        inside += sum(inner.tag == _ELEMENT for inner in part)
        return inside + sum(self._of_name(name, self._widths, self._width) for name in _referred(part))

    def _of_name(self, name: str, known: dict[str, int], count: Callable[[ET.Element], int]) -> int:
        if name not in known:
            known[name] = 0  # what refers to itself is refused when it is built, or is no more than what it is
            known[name] = min(sum(map(count, self._named.get(name, ()))), SCHEMA_WEIGHT_MAX + 1)
        return known[name]


def _referred(part: ET.Element) -> Iterator[str]:
    for name in part.get(_REFERRING.get(str(part.tag), ""), "").split():
        yield name.rpartition(":")[2]


def _pattern_trouble(pattern: str) -> str | None:
    translated = _translated(pattern)
    return (
        "is no regular expression"
        if translated is None
        else patterns.problem(translated, program_size_max=PROGRAM_SIZE_MAX)
    )


def _translated(pattern: str) -> str | None:
    """The pattern as RE2 writes it, to match a whole text; None for what is none."""
    from elementpath.regex import RegexError, translate_pattern  # noqa: PLC0415 -- as above

    try:
        translated = translate_pattern(
            pattern, xsd_version="1.0", back_references=False, lazy_quantifiers=False, anchors=False
        )
    except RegexError:
        return None
    # `^(?:…)$(?!\n\Z)`: the whole text is asked for otherwise here, and RE2 looks around nowhere.
    return translated.removeprefix("^").removesuffix(r"(?!\n\Z)").removesuffix("$")


def _unbuilt(schema: str) -> str | None:
    from xmlschema import XMLSchemaException  # noqa: PLC0415 -- as above

    _build(_EMPTY)  # the first one brings up the schema of schemas, which is nobody's fault
    started = time.perf_counter()
    try:
        _build(schema)
    except (XMLSchemaException, ValueError) as failure:
        reason = str(getattr(failure, "message", "") or type(failure).__name__)
        return f"is no XML Schema: {reason[:_TOLD_CHARACTERS_MAX]}"
    return "takes too long to be read" if time.perf_counter() - started > BUILD_SECONDS_MAX else None


class _Built(NamedTuple):
    """A schema that is ready to check documents of so many elements."""

    schema: Any
    elements_max: int


def _build(schema: str) -> _Built:
    """Raises XMLSchemaException."""
    from xmlschema import XMLSchema10  # noqa: PLC0415 -- as above
    from xmlschema.validators import XsdPatternFacets  # noqa: PLC0415 -- as above

    built = XMLSchema10(io.StringIO(schema), allow="none", defuse="always", use_cache=False)
    for component in built.iter_components():
        if isinstance(component, XsdPatternFacets):
            # All that is asked of them is `match`.
            component.patterns = cast("Any", [_Re2(pattern) for pattern in component.regexps])
    return _Built(built, min(DOCUMENT_ELEMENTS_MAX, STEPS_MAX // _Weights(_parsed(schema)).widest()))


_built = lru_cache(BUILT_MAX)(_build)


class _Re2:
    """A pattern of a schema, as xmlschema asks for it."""

    def __init__(self, pattern: str) -> None:
        self._pattern = _translated(pattern) or ""

    def match(self, text: str) -> bool | None:
        """True when it is the whole of the text, None when it is not."""
        return patterns.matches(self._pattern, text) or None


def _told(error: Any) -> str:  # noqa: ANN401 -- xmlschema's
    from xmlschema import XMLSchemaChildrenValidationError  # noqa: PLC0415 -- as above

    place = str(error.path or "")[:_TOLD_CHARACTERS_MAX]
    if isinstance(error, XMLSchemaChildrenValidationError):
        return f"{place}: {str(error.reason)[:_TOLD_CHARACTERS_MAX]}"  # names elements only
    return f"{place}: {_rule(error.validator)}"


def _rule(validator: Any) -> str:  # noqa: ANN401 -- xmlschema's
    from xmlschema.validators import XMLSchemaBase, XsdAttributeGroup  # noqa: PLC0415 -- as above

    if isinstance(validator, XMLSchemaBase):
        return "is no root element of the schema"
    if isinstance(validator, XsdAttributeGroup):
        return "does not have the attributes that the schema asks for"
    element = getattr(validator, "elem", None)
    if element is not None and "value" in element.attrib:
        name = str(element.tag).removeprefix(_XSD)
        return f"does not satisfy {name} {element.attrib['value'][:_TOLD_CHARACTERS_MAX]}"
    return f"does not satisfy {getattr(validator, 'local_name', None) or 'its type'}"
