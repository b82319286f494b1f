"""Challenges: what a 401 asks for (RFC 9110 §11.6.1), several in one header or in several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.ports.backends import BackendReply

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_ITEM = re.compile(
    rf"[\s,]*(?:(?P<name>{_TOKEN})\s*=\s*(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<plain>[^\s,\"]*))"
    rf"|(?P<scheme>{_TOKEN})(?=[\s,]|$))"
)
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge. Names of schemes and parameters are in lower case."""

    scheme: str
    parameters: dict[str, str]


def challenges(reply: BackendReply) -> Iterator[Challenge]:
    """The challenges of a reply, in order; what is malformed ends a header."""
    for name, value in reply.headers:
        if name.lower() == "www-authenticate":
            yield from _of_header(value)


def _of_header(value: str) -> Iterator[Challenge]:
    challenge: Challenge | None = None
    position = 0
    while match := _ITEM.match(value, position):
        position = match.end()
        if match["scheme"]:
            if challenge is not None:
                yield challenge
            challenge = Challenge(match["scheme"].lower(), {})
        elif challenge is not None:
            quoted = match["quoted"]
            text = match["plain"] if quoted is None else _ESCAPED.sub(r"\1", quoted)
            challenge.parameters.setdefault(match["name"].lower(), text)
    if challenge is not None:
        yield challenge
