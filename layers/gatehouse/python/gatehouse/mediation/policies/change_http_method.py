"""changeHTTPMethod: the backend is called with another method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="changeHTTPMethod",
    display_name="Change HTTP Method",
    description="Calls the backend with another HTTP method than the one the caller used.",
    flows=(Flow.REQUEST,),
    attributes=(
        Attribute(
            name="httpMethod",
            display_name="HTTP Method",
            kind=Kind.ENUM,
            required=True,
            allowed=("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
        ),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops. The body stays, whatever the method."""
    del situation
    message.method = parameters["httpMethod"]
