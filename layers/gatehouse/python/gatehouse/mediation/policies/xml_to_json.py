"""xmlToJson: an XML body becomes JSON, mapped as `gatehouse.mediation.markup` says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.mediation.bodies import Unreadable, charset, is_encoded, is_json, replace_body
from gatehouse.mediation.markup import to_json
from gatehouse.mediation.refusals import refused, unreadable
from gatehouse.mediation.specification import Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

SPECIFICATION = Specification(
    name="xmlToJson",
    display_name="XML To JSON",
    description="Converts an XML body to JSON. Document types and entities are refused.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops for what is no XML. No body, and what is JSON already, passes as it is."""
    del parameters, situation
    if not message.body or is_json(message.media_type):
        return None
    if is_encoded(message):
        return unreadable(message)
    try:
        value = to_json(message.body, charset(message))
    except Unreadable as problem:
        return refused(message, f"The body cannot be converted to JSON: {problem}")
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    replace_body(message, text.encode("utf-8", "replace"), "application/json")
    return None
