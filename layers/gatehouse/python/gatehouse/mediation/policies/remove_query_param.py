"""removeQueryParam: all parameters of a name go from the query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from gatehouse.mediation.parameters import QUERY_NAME
from gatehouse.mediation.specification import Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="removeQueryParam",
    display_name="Remove Query Param",
    description="Removes a query parameter from the request.",
    flows=(Flow.REQUEST,),
    attributes=(QUERY_NAME,),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops. The rest of the query stays as it was sent; names are compared decoded."""
    del situation
    unwanted = parameters["paramKey"]
    parts = message.query.split("&")
    message.query = "&".join(part for part in parts if unquote_plus(part.partition("=")[0]) != unwanted)
