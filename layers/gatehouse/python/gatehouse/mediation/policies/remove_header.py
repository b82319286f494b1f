"""removeHeader: all headers of a name go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.parameters import HEADER_NAME
from gatehouse.mediation.specification import Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="removeHeader",
    display_name="Remove Header",
    description="Removes a header from the request or the response.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
    attributes=(HEADER_NAME,),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops."""
    del situation
    message.remove_header(parameters["headerName"])
