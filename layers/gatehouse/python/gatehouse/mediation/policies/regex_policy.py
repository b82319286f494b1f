"""regexPolicy: threat protection that refuses requests in which a pattern occurs.

Texts are searched as they came and decoded once. A body beyond the limit of `patterns` is refused: what cannot be looked
through is not let through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus

from gatehouse.mediation import patterns
from gatehouse.mediation.bodies import is_encoded
from gatehouse.mediation.refusals import bad_request, failed, unreadable
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

SPECIFICATION = Specification(
    name="regexPolicy",
    display_name="Regular Expression Policy",
    description="Refuses requests with a pattern in their path, query, headers or body. Case does not matter.",
    category="Security",
    flows=(Flow.REQUEST,),
    attributes=(
        Attribute(name="threatType", display_name="Threat Type", default="SQL-Injection"),
        Attribute(
            name="regex",
            display_name="Regular Expression",
            required=True,
            problem=patterns.problem,
            description="In the syntax of RE2: no look-around, no back references.",
        ),
        Attribute(name="enabledCheckBody", display_name="Check Body", kind=Kind.BOOLEAN, default=True),
        Attribute(name="enabledCheckHeaders", display_name="Check Headers", kind=Kind.BOOLEAN, default=True),
        Attribute(name="enabledCheckPathParams", display_name="Check Path and Query", kind=Kind.BOOLEAN, default=True),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops with 400 and the place of the threat, never with what was found there."""
    if parameters["enabledCheckBody"] and message.body:
        if is_encoded(message):
            return unreadable(message)
        if len(message.body) > patterns.TEXT_CHARACTERS_MAX:
            return bad_request(f"The payload is larger than {patterns.TEXT_CHARACTERS_MAX} bytes and cannot be checked")
    for place, text in _texts(message, parameters):
        found = patterns.found(parameters["regex"], text, ignore_case=True)
        if found is None:
            return failed("The regular expression of a policy of this API cannot be used")
        if found:
            situation.note["threat"] = f"{parameters['threatType']} in {place}"
            return bad_request(f"Threat detected in {place}")
    return None


def _texts(message: Message, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if parameters["enabledCheckPathParams"]:
        yield from _both("URI", message.path, unquote(message.path))
        yield from _both("Query Parameters", message.query, unquote_plus(message.query))
    if parameters["enabledCheckHeaders"]:
        for name, value in message.headers:
            yield "HTTP Headers", name
            yield from _both("HTTP Headers", value, unquote(value))
    if parameters["enabledCheckBody"] and message.body:
        text = message.body.decode("utf-8", "replace")
        form = message.media_type == "application/x-www-form-urlencoded"
        yield from _both("Payload", text, unquote_plus(text) if form else text)


def _both(place: str, text: str, decoded: str) -> Iterator[tuple[str, str]]:
    yield place, text
    if decoded != text:
        yield place, decoded
