"""jsonToXML: a JSON body becomes XML, mapped as `gatehouse.mediation.markup` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.bodies import (
    OUTPUT_BYTES_MAX,
    TooLarge,
    Unreadable,
    is_encoded,
    is_xml,
    parse_json,
    replace_body,
)
from gatehouse.mediation.markup import from_json
from gatehouse.mediation.refusals import refused, unreadable
from gatehouse.mediation.specification import Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

SPECIFICATION = Specification(
    name="jsonToXML",
    display_name="JSON To XML",
    description="Converts a JSON body to XML.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops for what is no JSON. No body, and what is XML already, passes as it is."""
    del parameters, situation
    if not message.body or is_xml(message.media_type):
        return None
    if is_encoded(message):
        return unreadable(message)
    try:
        document = from_json(parse_json(message.body, exact_numbers=True))
    except Unreadable as problem:
        return refused(message, f"The body cannot be converted to XML: {problem}")
    except TooLarge:
        return refused(message, f"The body would become larger than {OUTPUT_BYTES_MAX} bytes of XML")
    replace_body(message, document, "application/xml")
    return None
