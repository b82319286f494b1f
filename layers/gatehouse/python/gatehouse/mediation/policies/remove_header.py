"""removeHeader: all headers of a name go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.headers import NAME_PATTERN
from gatehouse.mediation.specification import Attribute, Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="removeHeader",
    display_name="Remove Header",
    description="Removes a header from the request or the response.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
    attributes=(Attribute(name="headerName", display_name="Header Name", required=True, pattern=NAME_PATTERN),),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops."""
    del situation
    message.remove_header(parameters["headerName"])
