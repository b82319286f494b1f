"""Bodies: how policies read and replace them.

A compressed body is never unpacked: what does not touch it passes it byte for byte, what must read it ends the call.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatehouse.mediation.message import Message

DEPTH_MAX = 100
"""How deep a document may be nested that is to be understood."""

VALUES_MAX = 500_000
"""How many values it may hold: bounds the memory that the parsed document takes."""

OUTPUT_BYTES_MAX = 6_000_000
"""How large a body that a policy makes may become. AWS Lambda passes on 6 MB; a small body can be made to unfold into more."""

_ABOUT_THE_BYTES = ("content-encoding", "content-md5", "digest", "content-digest", "repr-digest", "etag")
_CHARSET = re.compile(r";\s*charset=\"?(utf-8|utf-16|iso-8859-1|us-ascii)\b", re.IGNORECASE)
ANY_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+'  # possessive, and to the end when it never closes: read once, never again
_STRING = re.compile(ANY_STRING, re.DOTALL)
_BRACKET = re.compile(rf"{ANY_STRING}|[\[\]{{}}]", re.DOTALL)


class Unreadable(Exception):
    """The body is not what it must be. The text is for the caller; it repeats nothing of the body."""


class TooLarge(Exception):
    """What a policy was to make exceeds `OUTPUT_BYTES_MAX`."""


class Number(str):
    """A JSON number as it was written, so that neither size nor precision is lost."""

    __slots__ = ()


def is_encoded(message: Message) -> bool:
    """Whether the body is compressed or otherwise encoded."""
    return message.header("content-encoding").strip().lower() not in {"", "identity"}


def is_json(media_type: str) -> bool:
    """Whether a media type means JSON (RFC 6839 §3.1)."""
    return media_type in {"application/json", "text/json"} or media_type.endswith("+json")


def is_xml(media_type: str) -> bool:
    """Whether a media type means XML (RFC 7303)."""
    return media_type in {"application/xml", "text/xml"} or media_type.endswith("+xml")


def charset(message: Message) -> str:
    """The encoding that the content type names, "" when it names none that every parser knows."""
    match = _CHARSET.search(message.header("content-type"))
    return match[1].lower() if match else ""


def replace_body(message: Message, body: bytes, content_type: str) -> None:
    """Put another body in, and drop what the headers say of the old one's bytes. The gateway counts the length."""
    message.body = body
    message.set_header("content-type", content_type)
    for name in _ABOUT_THE_BYTES:
        message.remove_header(name)


def parse_json(body: bytes, *, exact_numbers: bool = False) -> Any:  # noqa: ANN401 -- any JSON value
    """The value (RFC 8259). Raises Unreadable, also for NaN, and for what is nested too deep or holds too much."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8: {error.reason} at byte {error.start}") from error
    if _marks(text) > VALUES_MAX and _marks(_STRING.sub("", text)) > VALUES_MAX:
        raise Unreadable(f"more than {VALUES_MAX} values")
    _check_depth(text)
    try:
        return json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_int=Number if exact_numbers else None,
            parse_float=Number if exact_numbers else _finite,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("not usable JSON: a number or the nesting is out of bounds") from error


def _marks(text: str) -> int:
    """At least as many as there are values."""
    return text.count(",") + text.count("[") + text.count("{")


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= DEPTH_MAX:
        return
    depth = 0
    for match in _BRACKET.finditer(text):
        mark = match[0][0]
        if mark in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise Unreadable(f"nested deeper than {DEPTH_MAX} levels")
        elif mark in "]}":
            depth -= 1


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(text[:20])
    return number
