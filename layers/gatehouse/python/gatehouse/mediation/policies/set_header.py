"""setHeader: one header in place of all of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.headers import clean_value, is_framing
from gatehouse.mediation.parameters import HEADER_NAME, HEADER_VALUE
from gatehouse.mediation.placeholders import fill_line
from gatehouse.mediation.specification import Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="setHeader",
    display_name="Set Header",
    description="Sets a header of the request or the response, in place of what has its name.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
    attributes=(HEADER_NAME, HEADER_VALUE),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops. Headers that frame the message are left alone."""
    name = parameters["headerName"]
    if not is_framing(name):
        message.set_header(name, clean_value(fill_line(parameters["headerValue"], message, situation)))
