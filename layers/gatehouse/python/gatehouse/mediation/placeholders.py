"""Placeholders: `${header.x}`, `${query.x}`, `${claim.x}`, `${path}`, `${method}` and `${body}` in the texts of policies.

A template is filled in one pass: what is filled in is never searched for placeholders again. What is not known becomes the
empty text; what is none of these stays as it is.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from gatehouse.mediation.bodies import OUTPUT_BYTES_MAX, TooLarge, is_json, is_xml

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.mediation.message import Message, Situation

LINE_CHARACTERS_MAX = 8_000

_PLACEHOLDER = re.compile(r"\$\{(?:(header|query|claim)\.([^{}]{1,200})|(path|method|body))\}")


def fill(template: str, message: Message, situation: Situation, *, media_type: str = "") -> str:
    """The template with values in place. Raises TooLarge.

    For JSON and XML the values are escaped, so that a caller's header cannot add members or elements; `${body}` never is.
    """
    escaped = _escaping(media_type)

    def value(kind: str, name: str) -> str:
        found = look_up(kind, name, message, situation)
        return found if kind == "body" else escaped(found)

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
    match kind:
        case "header":
            return message.header(name)
        case "query":
            return _parameter(message.query, name)
        case "claim":
            return _claim(situation.claims.get(name))
        case "path":
            return message.path
        case "method":
            return message.method
        case _:
            return message.body.decode("utf-8", "replace")


def _parameter(query: str, name: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return next((value for known, value in pairs if known == name), "")


def _claim(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


def _escaping(media_type: str) -> Callable[[str], str]:
    if is_json(media_type):
        return lambda text: json.dumps(text, ensure_ascii=False)[1:-1]
    if is_xml(media_type):
        return lambda text: escape(_without_controls(text), {'"': "&quot;", "'": "&apos;"})
    return lambda text: text


def _without_controls(text: str) -> str:
    return "".join(character for character in text if character >= " " or character in "\t\n\r")
