"""setBody: another body, made from a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.bodies import OUTPUT_BYTES_MAX, TooLarge, is_encoded, replace_body
from gatehouse.mediation.headers import clean_value
from gatehouse.mediation.placeholders import fill, mentions_body
from gatehouse.mediation.refusals import refused, unreadable
from gatehouse.mediation.specification import Attribute, Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

SPECIFICATION = Specification(
    name="setBody",
    display_name="Set Body",
    description="Replaces the body by a template with the caller's values in it.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
    attributes=(
        Attribute(
            name="template",
            display_name="Template",
            required=True,
            description="${header.x}, ${query.x}, ${claim.x}, ${path} and ${method} are escaped for JSON and XML; ${body} "
            "is the body that there is, as it stands.",
        ),
        Attribute(name="contentType", display_name="Content Type", default="application/json"),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops when the template needs a body that is compressed, or becomes too large."""
    template, content_type = parameters["template"], clean_value(parameters["contentType"])
    if mentions_body(template) and is_encoded(message):
        return unreadable(message)
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        text = fill(template, message, situation, media_type=media_type)
    except TooLarge:
        return refused(message, f"The message would become larger than {OUTPUT_BYTES_MAX} bytes")
    replace_body(message, text.encode("utf-8", "replace"), content_type)
    return None
