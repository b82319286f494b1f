"""setEndpoint: says where a request goes. APIs whose endpoint is dynamic (`endpoint_type: default`) need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.placeholders import fill_line
from gatehouse.mediation.refusals import bad_request
from gatehouse.mediation.specification import Attribute, Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

SPECIFICATION = Specification(
    name="setEndpoint",
    display_name="Set Endpoint",
    description="Sends the request to this very address, in place of the endpoint of the API.",
    flows=(Flow.REQUEST,),
    attributes=(
        Attribute(
            name="endpointUrl",
            display_name="Endpoint URL",
            required=True,
            # The host is the provider's choice: a caller who could write it could send the gateway anywhere.
            pattern=r"https?://[A-Za-z0-9.\-]+(:\d{1,5})?([/?][^\s]*)?",
            description="May hold placeholders behind the host: ${path}, ${header.x}, ${query.x}, ${claim.sub}.",
        ),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops with 400 when a placeholder brings what no address can hold."""
    url = fill_line(parameters["endpointUrl"], message, situation)
    if not url.isascii() or not url.isprintable() or " " in url or "/../" in f"{url}/":
        return bad_request("What the request brings cannot be a part of the endpoint's address")
    message.url = url
    return None
