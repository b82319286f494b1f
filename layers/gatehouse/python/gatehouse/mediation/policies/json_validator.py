"""jsonValidator: threat protection that holds JSON bodies to limits of structure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.bodies import Unreadable, is_encoded, is_json, parse_json
from gatehouse.mediation.limits import JsonLimits, check_json
from gatehouse.mediation.refusals import bad_request, unreadable
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop


def _limit(name: str, display_name: str) -> Attribute:
    return Attribute(name=name, display_name=display_name, kind=Kind.INTEGER, default=100, least=1)


SPECIFICATION = Specification(
    name="jsonValidator",
    display_name="JSON Validator",
    description="Refuses JSON bodies that are malformed, or larger in structure than the limits.",
    category="Security",
    flows=(Flow.REQUEST,),
    attributes=(
        _limit("maxPropertyCount", "Maximum Properties of an Object"),
        _limit("maxStringLength", "Maximum String Length"),
        _limit("maxArrayElementCount", "Maximum Array Elements"),
        _limit("maxKeyLength", "Maximum Key Length"),
        _limit("maxJsonDepth", "Maximum JSON Depth"),
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
