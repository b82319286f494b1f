"""What describes APIs that OpenAPI does not: AsyncAPI definitions, topics, WSDL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.store.routes.common import environment_of, visiting
from gatehouse.domain.apis.wsdl import WsdlForm
from gatehouse.edge.conditional import tagged
from gatehouse.edge.http import JSON, Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.store.contracts import Contracts
    from gatehouse.edge.http import Request

MEDIA_TYPES = {WsdlForm.WSDL: "text/xml", WsdlForm.ZIP: "application/zip"}


def routes(contracts: Contracts) -> tuple[Operation, ...]:
    """Read them."""
    routed = _Contracts(contracts)
    return (
        Operation(
            method="GET",
            path="/apis/{apiId}/async-api-specification",
            id="getAPIAsyncAPI",
            route=routed.asyncapi,
            summary="The AsyncAPI definition of an API of events and streams",
            tag="APIs",
            authenticated=False,
            query=("environmentName",),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/topics",
            id="listTopicsOfAPI",
            route=routed.topics,
            summary="The topics of an API of events and streams",
            tag="Topics",
            authenticated=False,
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/wsdl",
            id="getWSDLOfAPI",
            route=routed.wsdl,
            summary="The WSDL of a SOAP API, with the gateway's address for its services",
            tag="APIs",
            authenticated=False,
            query=("environmentName", "exp", "sig", "X-WSO2-Tenant-Q"),
        ),
    )


class _Contracts:
    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts

    def asyncapi(self, request: Request) -> Answer:
        content = self._contracts.asyncapi(visiting(request), request.path["apiId"], environment_of(request))
        return tagged(request, Answer(body=content.decode(), media_type=JSON))

    def topics(self, request: Request) -> Answer:
        api_id = request.path["apiId"]
        found = self._contracts.topics(visiting(request), api_id)
        shown = [{"apiId": api_id, "name": name, "type": mode} for name, mode in found]
        whole = {"offset": 0, "limit": len(shown), "total": len(shown), "next": "", "previous": ""}
        return tagged(request, Answer(body={"count": len(shown), "list": shown, "pagination": whole}))

    def wsdl(self, request: Request) -> Answer:
        api = self._contracts.storefront.get(visiting(request), request.path["apiId"])
        name, content, form = self._contracts.wsdl(api, environment_of(request))
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return tagged(request, Answer(body=content, media_type=MEDIA_TYPES[form], headers=headers))
