"""Operation policies leave and come in as archives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes.import_export import TAG
from gatehouse.domain.apis.archive import notation_of
from gatehouse.domain.publishing.operation_policy import FIRST_VERSION
from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import MULTIPART
from gatehouse.edge.operation import Operation
from gatehouse.edge.shared.archives import archive, uploaded

if TYPE_CHECKING:
    from gatehouse.controlplane.archives.operation_policies import OperationPolicyArchives
    from gatehouse.edge.http import Request

SCOPES = ("apim:policies_import_export",)


def routes(policies: OperationPolicyArchives) -> tuple[Operation, ...]:
    """Export and import operation policies."""

    def export(request: Request) -> Answer:
        notation = notation_of(request.query.get("format", ""))
        wanted = (request.required("name"), request.query.get("version") or FIRST_VERSION)
        return archive(*policies.export(request.principal.tenant, *wanted, notation))

    def import_(request: Request) -> Answer:
        policies.run(request.principal, uploaded(request))
        return Answer()

    return (
        Operation(
            method="GET",
            path="/operation-policies/export",
            id="exportOperationPolicy",
            route=export,
            summary="An operation policy as an archive",
            tag=TAG,
            scopes=SCOPES,
            query=("name", "version", "format"),
        ),
        Operation(
            method="POST",
            path="/operation-policies/import",
            id="importOperationPolicy",
            route=import_,
            summary="Take in an operation policy from an archive",
            tag=TAG,
            scopes=SCOPES,
            accepts=(MULTIPART,),
        ),
    )
