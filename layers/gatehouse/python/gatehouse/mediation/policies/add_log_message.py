"""addLogMessage: a message in the line that records the call.

Secrets stay out: what stands in headers, parameters and claims with telling names is written as `***`, and bodies as their size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.headers import is_secret
from gatehouse.mediation.placeholders import look_up, substitute
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="addLogMessage",
    display_name="Add Log Message",
    description="Writes a message into the record of the call. Secrets and bodies are left out.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
    attributes=(
        Attribute(
            name="message",
            display_name="Message",
            default="${method} ${path}",
            description="May hold placeholders: ${claim.sub}, ${header.x}, ${query.x}, ${path}, ${method}.",
        ),
        Attribute(
            name="logHeaders",
            display_name="Log Headers",
            kind=Kind.BOOLEAN,
            default=False,
            description="Whether the headers are written too.",
        ),
    ),
)

MASK = "***"
_MESSAGES_MAX = 20
_TEXT_CHARACTERS_MAX = 1_000
_HEADERS_MAX = 50


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops. Adds to `note["log"]`, up to 20 messages of a call."""

    def value(kind: str, name: str) -> str:
        if kind == "body":
            return f"({len(message.body)} bytes)"
        if kind == "json":
            return MASK  # a part of a body, as much as the whole of it
        if name and is_secret(name, situation.api):
            return MASK
        return look_up(kind, name, message, situation)[:_TEXT_CHARACTERS_MAX]

    written = situation.note.setdefault("log", [])
    if not isinstance(written, list) or len(written) >= _MESSAGES_MAX:
        return
    entry: dict[str, Any] = {"message": substitute(parameters["message"][:_TEXT_CHARACTERS_MAX], value)}
    entry["message"] = entry["message"][:_TEXT_CHARACTERS_MAX]
    if parameters["logHeaders"]:
        entry["headers"] = {
            name: MASK if is_secret(name, situation.api) else text[:_TEXT_CHARACTERS_MAX]
            for name, text in message.headers[:_HEADERS_MAX]
        }
    written.append(entry)
