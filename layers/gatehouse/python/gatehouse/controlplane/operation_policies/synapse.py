"""Synapse templates as elements with their lines: XML without a root, in which `{{ name }}` stands for attributes.

Comments of the template language are dropped; document types and entities are not allowed; nothing is fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from gatehouse.controlplane.operation_policies.steps import NotTranslatable

ELEMENTS_MAX = 1_000
DEPTH_MAX = 20
_NAMESPACES = ("", "http://ws.apache.org/ns/synapse")
_SEPARATOR = "\n"  # between namespace and name: no name has one
_ROOT = "<sequence>"

_PROLOG = re.compile(r"\A\s*<\?xml.*?\?>", re.DOTALL)
_COMMENT_BEGINS, _COMMENT_ENDS = "{#", "#}"
_STATEMENT = re.compile(r"\{%.{0,40}")
_START_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")


@dataclass(slots=True)
class Element:
    """An element. `own` is the text right in it, `text` all of it, and `source` how what is in it is written."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    own: str = ""
    text: str = ""
    source: str = ""
    begins_at: int = 0

    def refused(self, problem: str) -> NotTranslatable:
        """A refusal that names the element and its line."""
        return NotTranslatable(f"line {self.line}: <{self.name}> {problem}")


def is_template(text: str) -> bool:
    """Whether a definition is a Synapse template and not a list of steps."""
    return _uncommented(text).lstrip("\ufeff \t\r\n").startswith("<")


def elements(text: str) -> list[Element]:
    """The elements of a template, in their order; what is in a `sequence` stands for itself. Raises NotTranslatable."""
    plain = _PROLOG.sub(lambda prolog: _lines_of(prolog[0]), _uncommented(text.removeprefix("\ufeff")))
    if statement := _STATEMENT.search(plain):
        line = plain.count("\n", 0, statement.start()) + 1
        raise NotTranslatable(f"line {line}: '{statement[0]}' is a statement of the template language; none is run")
    return list(_unwrapped(_Reader(plain).root))


def _uncommented(text: str) -> str:
    """The text with line breaks in place of its comments; one that never ends is none."""
    parts, at = [], 0
    while (begin := text.find(_COMMENT_BEGINS, at)) >= 0 and (end := text.find(_COMMENT_ENDS, begin)) >= 0:
        parts += [text[at:begin], _lines_of(text[begin:end])]
        at = end + len(_COMMENT_ENDS)
    return "".join([*parts, text[at:]])


def _lines_of(text: str) -> str:
    return "\n" * text.count("\n")


def _unwrapped(root: Element) -> list[Element]:
    if root.own.strip():
        raise NotTranslatable(f"line {root.line}: '{root.own.strip()[:40]}' stands where only elements can")
    only = root.children[0] if len(root.children) == 1 else None
    return _unwrapped(only) if only is not None and only.name == "sequence" else root.children


class _Reader:
    """Reads a template through once."""

    def __init__(self, text: str) -> None:
        self._content = f"{_ROOT}{text}</sequence>".encode()
        self._open: list[Element] = []
        self._count = 0
        self.root = Element("sequence", {}, 1)
        self._parser = expat.ParserCreate("utf-8", _SEPARATOR)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._doctype
        try:
            self._parser.Parse(self._content, True)  # noqa: FBT003 -- expat's
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise NotTranslatable(f"line {error.lineno}: not XML: {reason}") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(_SEPARATOR)
        element = Element(local, attributes, self._parser.CurrentLineNumber)
        if namespace not in _NAMESPACES and not self._inside_payload():
            raise element.refused(f"is of another language: {namespace}")
        self._count += 1
        if self._count > ELEMENTS_MAX or len(self._open) > DEPTH_MAX:
            raise element.refused(f"is too much: at most {ELEMENTS_MAX} elements, {DEPTH_MAX} deep")
        tag = _START_TAG.match(self._content, self._parser.CurrentByteIndex)
        element.begins_at = tag.end() if tag else self._parser.CurrentByteIndex
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _inside_payload(self) -> bool:
        return any(element.name == "format" for element in self._open)

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        element.source = self._content[element.begins_at : self._parser.CurrentByteIndex].decode()
        if self._open:
            self._open[-1].text += element.text

    def _characters(self, text: str) -> None:
        self._open[-1].own += text
        self._open[-1].text += text

    def _doctype(self, *_declaration: object) -> None:
        raise NotTranslatable(f"line {self._parser.CurrentLineNumber}: document types and entities are not allowed")
