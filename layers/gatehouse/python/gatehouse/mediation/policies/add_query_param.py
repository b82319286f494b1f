"""addQueryParam: one more parameter at the end of the query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gatehouse.mediation.parameters import QUERY_NAME
from gatehouse.mediation.placeholders import fill_line
from gatehouse.mediation.specification import Attribute, Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="addQueryParam",
    display_name="Add Query Param",
    description="Adds a query parameter to the request.",
    flows=(Flow.REQUEST,),
    attributes=(
        QUERY_NAME,
        Attribute(
            name="paramValue",
            display_name="Parameter Value",
            required=True,
            description="May hold placeholders: ${claim.sub}, ${header.x}, ${query.x}, ${path}, ${method}.",
        ),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops. The rest of the query stays as it was sent."""
    value = fill_line(parameters["paramValue"], message, situation)
    pair = f"{quote(parameters['paramKey'], safe='', errors='replace')}={quote(value, safe='', errors='replace')}"
    message.query = f"{message.query}&{pair}" if message.query else pair
