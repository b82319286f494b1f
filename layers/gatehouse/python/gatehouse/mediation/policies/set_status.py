"""setStatus: what comes back gets another status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="setStatus",
    display_name="Set Status",
    description="Answers with another HTTP status than the backend or the error has.",
    flows=(Flow.RESPONSE, Flow.FAULT),
    attributes=(
        Attribute(name="statusCode", display_name="Status Code", kind=Kind.INTEGER, required=True, least=200, most=599),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops."""
    del situation
    message.status = parameters["statusCode"]
