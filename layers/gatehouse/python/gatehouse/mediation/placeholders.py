"""Placeholders: `${header.x}`, `${query.x}`, `${claim.x}`, `${property.x}`, `${json.x}`, `${path}`, `${method}` and `${body}`.

They stand in the texts of policies. A template is filled in one pass: what is filled in is never searched for placeholders
again. What is not known becomes the empty text; what is none of these stays as it is. `${json.order.items[0].name}` is a
member of a JSON body.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from gatehouse.mediation.bodies import OUTPUT_BYTES_MAX, TooLarge, Unreadable, is_json, is_xml, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.mediation.message import Message, Situation

LINE_CHARACTERS_MAX = 8_000

_PLACEHOLDER = re.compile(r"\$\{(?:(header|query|claim|property|json)\.([^{}]{1,200})|(path|method|body))\}")

_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,6})\]")


def fill(template: str, message: Message, situation: Situation, *, media_type: str = "") -> str:
    """The template with values in place. Raises TooLarge.

    For JSON and XML the values are escaped, so that a caller's header cannot add members or elements; `${body}` never is, nor
    is a number, an object or an array of `${json.x}` in JSON.
    """
    escaped, into_json = _escaping(media_type), is_json(media_type)

    def value(kind: str, name: str) -> str:
        if kind == "json":
            found = _member(message.body, name)
            return _text(found) if into_json and not isinstance(found, str) else escaped(_text(found))
        text = look_up(kind, name, message, situation)
        return text if kind == "body" else escaped(text)

    return substitute(template, value)


def fill_line(template: str, message: Message, situation: Situation) -> str:
    """The template with values in place, for a header or a parameter: without `${body}`, and cut where it gets too long."""

    def value(kind: str, name: str) -> str:
        return "" if kind == "body" else look_up(kind, name, message, situation)[:LINE_CHARACTERS_MAX]

    return substitute(template[:LINE_CHARACTERS_MAX], value)[:LINE_CHARACTERS_MAX]


def substitute(template: str, value: Callable[[str, str], str]) -> str:
    """The template with `value(kind, name)` for each placeholder. Raises TooLarge."""
    if "${" not in template:
        return template
    room = OUTPUT_BYTES_MAX - len(template)

    def replacement(match: re.Match[str]) -> str:
        nonlocal room
        text = value(match[1] or match[3], match[2] or "")
        room -= len(text)
        if room < 0:
            raise TooLarge
        return text

    return _PLACEHOLDER.sub(replacement, template)


def mentions_body(template: str) -> bool:
    """Whether the template needs the body that there is."""
    return "${body}" in template


def look_up(kind: str, name: str, message: Message, situation: Situation) -> str:
    """What a placeholder stands for, "" when it is unknown. Claims that are no text are written as JSON."""
    return _SOURCES[kind](name, message, situation)


def _parameter(query: str, name: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return next((value for known, value in pairs if known == name), "")


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


def _member(body: bytes, path: str) -> object:
    """What stands at a path of a JSON body (`order.items[0].name`); None when there is no such place."""
    found = _document(body)
    for name, index in _STEP.findall(path):
        if index:
            position = int(index)
            found = found[position] if isinstance(found, list) and position < len(found) else None
        else:
            found = found.get(name) if isinstance(found, dict) else None
    return found


@lru_cache(maxsize=1)
def _document(body: bytes) -> Any:  # noqa: ANN401 -- any JSON value
    """Parsed once for all the placeholders of a message."""
    try:
        return parse_json(body)
    except Unreadable:
        return None


def _escaping(media_type: str) -> Callable[[str], str]:
    if is_json(media_type):
        return lambda text: json.dumps(text, ensure_ascii=False)[1:-1]
    if is_xml(media_type):
        return lambda text: escape(_without_controls(text), quote=False).replace('"', "&quot;").replace("'", "&apos;")
    return lambda text: text


def _without_controls(text: str) -> str:
    return "".join(character for character in text if character >= " " or character in "\t\n\r")


_SOURCES: dict[str, Callable[[str, Message, Situation], str]] = {
    "header": lambda name, message, _: message.header(name),
    "query": lambda name, message, _: _parameter(message.query, name),
    "claim": lambda name, _, situation: _text(situation.claims.get(name)),
    "property": lambda name, _, situation: situation.properties.get(name, ""),
    "json": lambda name, message, _: _text(_member(message.body, name)),
    "path": lambda _, message, __: message.path,
    "method": lambda _, message, __: message.method,
    "body": lambda _, message, __: message.body.decode("utf-8", "replace"),
}
