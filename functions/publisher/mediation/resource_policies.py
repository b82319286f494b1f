"""Resource policies: WSO2's translations of REST calls into SOAP. No API here has one, because none is translated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from gatehouse.domain.errors import Invalid, NotFound
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

ALL, ONE = "/apis/{apiId}/resource-policies", "/apis/{apiId}/resource-policies/{resourcePolicyId}"


class NotTranslated(Invalid):
    """SOAP is not made of REST here."""

    message = "SOAP is not made of REST"
    default_description = (
        "resourcePolicyId: this gateway makes no SOAP of REST calls, so no API has resource policies. Pass SOAP through as an "
        "API of type SOAP, or change bodies with operation policies (setBody, jsonToXML, xmlToJson)."
    )


def routes(design: Design) -> tuple[Operation, ...]:
    """List none, find none, change none."""

    def listed(request: Request) -> Answer:
        design.get(request.principal, request.path["apiId"])
        return Answer(body={"count": 0, "list": []})

    def absent(request: Request) -> Answer:
        api = design.get(request.principal, request.path["apiId"])
        raise NotFound(f"API '{api.id}' has no resource policy '{request.path['resourcePolicyId']}'")

    def refused(request: Request) -> Answer:
        design.get(request.principal, request.path["apiId"])
        raise NotTranslated

    line, read = Lines("API Resource Policies"), (s.MANAGE, s.VIEW)
    query = ("resourcePath", "verb", "sequenceType")
    return (
        line("GET", ALL, "getAPIResourcePolicies", "Policies that make SOAP of REST: none", listed, read, query=query),
        line("GET", ONE, "getAPIResourcePoliciesByPolicyId", "A policy that makes SOAP of REST", absent, read),
        line(
            "PUT",
            ONE,
            "updateAPIResourcePoliciesByPolicyId",
            "Refused: no SOAP is made of REST",
            refused,
            (s.CREATE, s.MANAGE),
        ),
    )
