"""addHeader: one more header, beside those of the same name that are there."""

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
    name="addHeader",
    display_name="Add Header",
    description="Adds a header to the request or the response.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
    attributes=(HEADER_NAME, HEADER_VALUE),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops. Headers that frame the message are left alone."""
    name = parameters["headerName"].lower()
    if not is_framing(name):
        value = clean_value(fill_line(parameters["headerValue"], message, situation))
        message.headers = [*message.headers, (name, value)]
