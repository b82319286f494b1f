"""Besides making APIs: new versions of them, and questions whether something would do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from functions.publisher import views
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from functions.publisher.wire_products import NewVersion
from gatehouse.edge.http import Answer, created
from gatehouse.edge.lines import Lines
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.particulars.search import Search
    from gatehouse.controlplane.publishing.versions import Versions
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.remote import Remote

_WRITE = (s.CREATE, s.MANAGE)


def routes(versions: Versions, search: Search, remote: Remote) -> tuple[Operation, ...]:
    """Copy an API; ask for a name, a context, or whether an endpoint answers."""

    def copy(request: Request) -> Answer:
        version = parse(NewVersion, {"newVersion": request.required("newVersion")}).newVersion
        as_default = request.flag("defaultVersion")
        api = versions.copy(request.principal, request.required("apiId"), version, as_default=as_default)
        return created(f"{ROOT}/apis/{api.id}", views.api(api))

    def validate(request: Request) -> Answer:
        search.require_taken(request.principal, request.required("query"))
        return Answer()

    def endpoint(request: Request) -> Answer:
        probed = remote.probe(request.required("endpointUrl"))
        known = probed.status in {status.value for status in HTTPStatus}
        said = HTTPStatus(probed.status).phrase if known else ""
        return Answer(body={"statusCode": probed.status, "statusMessage": said, "error": probed.problem or None})

    validation = Lines("Validation")
    return (
        Lines("APIs")(
            "POST",
            "/apis/copy-api",
            "createNewAPIVersion",
            "A new version of an API, made of the old one",
            copy,
            _WRITE,
            query=("apiId", "defaultVersion", "newVersion", "serviceVersion"),
            answers=(201,),
        ),
        validation(
            "POST",
            "/apis/validate",
            "validateAPI",
            "Whether a name or a context is taken",
            validate,
            _WRITE,
            query=("query",),
        ),
        validation(
            "POST",
            "/apis/validate-endpoint",
            "validateEndpoint",
            "Whether an endpoint answers",
            endpoint,
            _WRITE,
            query=("apiId", "endpointUrl"),
        ),
    )
