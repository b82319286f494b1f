"""jsonValidator: threat protection that holds JSON bodies to limits of structure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.bodies import Unreadable, is_encoded, is_json, parse_json
from gatehouse.mediation.limits import JsonLimits, check_json
from gatehouse.mediation.parameters import structure_limit
from gatehouse.mediation.refusals import bad_request, unreadable
from gatehouse.mediation.specification import Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop


SPECIFICATION = Specification(
    name="jsonValidator",
    display_name="JSON Validator",
    description="Refuses JSON bodies that are malformed, or larger in structure than the limits.",
    category="Security",
    flows=(Flow.REQUEST,),
    attributes=(
        structure_limit("maxPropertyCount", "Maximum Properties of an Object"),
        structure_limit("maxStringLength", "Maximum String Length"),
        structure_limit("maxArrayElementCount", "Maximum Array Elements"),
        structure_limit("maxKeyLength", "Maximum Key Length"),
        structure_limit("maxJsonDepth", "Maximum JSON Depth"),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops with 400, also for a body that does not say that it is JSON: else a caller chose whether to be checked."""
    del situation
    if not message.body:
        return None
    if is_encoded(message):
        return unreadable(message)
    if not is_json(message.media_type):
        return bad_request("The content type is not JSON")
    limits = JsonLimits(
        depth=parameters["maxJsonDepth"],
        properties=parameters["maxPropertyCount"],
        elements=parameters["maxArrayElementCount"],
        key_characters=parameters["maxKeyLength"],
        string_characters=parameters["maxStringLength"],
    )
    try:
        check_json(message.body.decode("utf-8-sig", "replace"), limits)
        parse_json(message.body, exact_numbers=True)
    except Unreadable as problem:
        return bad_request(f"Threat detected in Payload: {problem}")
    return None
