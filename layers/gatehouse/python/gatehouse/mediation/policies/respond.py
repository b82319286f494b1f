"""respond: the gateway answers by itself, and whatever would come next does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.bodies import OUTPUT_BYTES_MAX, TooLarge
from gatehouse.mediation.header_lines import header_lines, header_lines_problem
from gatehouse.mediation.headers import clean_value, is_framing
from gatehouse.mediation.message import Stop
from gatehouse.mediation.placeholders import fill, fill_line
from gatehouse.mediation.refusals import refused
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

_STATUS_MIN = 200
_STATUS_MAX = 599

SPECIFICATION = Specification(
    name="respond",
    display_name="Respond",
    description="Answers the caller at once: a request does not reach the backend, and no later policy sees the message.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
    attributes=(
        Attribute(
            name="statusCode",
            display_name="Status Code",
            kind=Kind.INTEGER,
            default=200,
            least=_STATUS_MIN,
            most=_STATUS_MAX,
        ),
        Attribute(
            name="body",
            display_name="Body",
            description="A template as that of setBody. Without one, the body is the message's as it is then.",
        ),
        Attribute(
            name="noBody",
            display_name="No Body",
            kind=Kind.BOOLEAN,
            default=False,
            description="Whether the answer has none, whatever the message has.",
        ),
        Attribute(
            name="contentType",
            display_name="Content Type",
            description="Of the body. Without one: the message's, or application/json for a template.",
        ),
        Attribute(
            name="headers",
            display_name="Headers",
            description="One `Name: value` a line; values may hold placeholders.",
            problem=header_lines_problem,
        ),
    ),
)

_JSON = "application/json"


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop:
    """Always stops."""
    template = parameters.get("body")
    kind = clean_value(parameters.get("contentType") or (_JSON if template else message.header("content-type")))
    body = b"" if parameters["noBody"] else message.body
    if template:
        try:
            text = fill(template, message, situation, media_type=kind.partition(";")[0].strip().lower())
        except TooLarge:
            return refused(message, f"The answer would become larger than {OUTPUT_BYTES_MAX} bytes")
        body = text.encode("utf-8", "replace")
    headers = [
        (name.lower(), clean_value(fill_line(value, message, situation)))
        for name, value in header_lines(parameters.get("headers") or "")
        if not is_framing(name) and name.lower() != "content-type"
    ]
    return Stop(
        status=parameters["statusCode"],
        headers=(*((("content-type", kind),) if body and kind else ()), *headers),
        body=body,
    )
