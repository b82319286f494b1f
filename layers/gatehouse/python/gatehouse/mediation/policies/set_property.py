"""setProperty: a value that later policies of the same call can use, on whatever flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.placeholders import fill_line
from gatehouse.mediation.specification import Attribute, Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="setProperty",
    display_name="Set Property",
    description="Keeps a value for the later policies of the call, which write it as ${property.name}.",
    flows=(Flow.REQUEST, Flow.RESPONSE, Flow.FAULT),
    attributes=(
        Attribute(name="name", display_name="Name", required=True, pattern=r"[^{}\s]{1,200}"),
        Attribute(
            name="value",
            display_name="Value",
            default="",
            description="May hold placeholders: ${claim.sub}, ${header.x}, ${query.x}, ${json.x}, ${path}, ${method}.",
        ),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops."""
    situation.properties[parameters["name"]] = fill_line(parameters["value"], message, situation)
