"""APIs leave as archives, and come in as archives: what `apictl` and pipelines are made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.compliance_views import compliance
from functions.publisher.routes import scopes as s
from gatehouse.controlplane.archives.exports import Wanted
from gatehouse.controlplane.archives.foreseeing import foreseen
from gatehouse.controlplane.archives.imports import Options
from gatehouse.domain.apis.archive import notation_of
from gatehouse.edge.http import JSON, Answer
from gatehouse.edge.multipart import MULTIPART
from gatehouse.edge.operation import Operation
from gatehouse.edge.shared.archives import handed_out, uploaded

if TYPE_CHECKING:
    from gatehouse.controlplane.archives.exports import ApiExports
    from gatehouse.controlplane.archives.imports import ApiImports, Shape
    from gatehouse.edge.http import Request
    from gatehouse.ports.uploads import Uploads

TAG = "Import Export"


def routes(exports: ApiExports, imports: ApiImports, shape: Shape, uploads: Uploads) -> tuple[Operation, ...]:
    """Export and import APIs. `shape` checks the types of an API's document."""
    routed = _Apis(exports, imports, shape, uploads)
    return (
        Operation(
            method="GET",
            path="/apis/export",
            id="exportAPI",
            route=routed.export,
            summary="An API as an archive; 303 leads to one that is too large for an answer",
            tag=TAG,
            answers=(200, 303),
            scopes=(s.CREATE, s.EXPORT, s.MANAGE, s.PUBLISH, s.VIEW),
            query=(
                "apiId",
                "name",
                "version",
                "providerName",
                "revisionNumber",
                "latestRevision",
                "gatewayEnvironment",
                "preserveStatus",
                "preserveCredentials",
                "format",
            ),
        ),
        Operation(
            method="POST",
            path="/apis/import",
            id="importAPI",
            route=routed.import_,
            summary="Make or change an API as an archive says",
            tag=TAG,
            scopes=(s.ADMIN, s.EXPORT),
            query=(
                "overwrite",
                "preserveProvider",
                "rotateRevision",
                "dryRun",
                "preservePortalConfigurations",
                "uploadId",
            ),
            accepts=(MULTIPART,),
        ),
    )


class _Apis:
    def __init__(self, exports: ApiExports, imports: ApiImports, shape: Shape, uploads: Uploads) -> None:
        self._exports = exports
        self._imports = imports
        self._shape = shape
        self._uploads = uploads

    def export(self, request: Request) -> Answer:
        query, exports, wanted = request.query, self._exports, wanted_of(request)
        if api_id := query.get("apiId"):
            api = self._imports.design.get(request.principal, api_id)
        else:
            name, version = request.required("name"), request.required("version")
            api = exports.named(request.principal, name, version, query.get("providerName", ""))
        return handed_out(request, self._uploads, *exports.export(request.principal, api, wanted))

    def import_(self, request: Request) -> Answer:
        imports = self._imports
        options = Options(
            overwrite=request.flag("overwrite"),
            provider_kept=request.flag("preserveProvider", default=True),
            rotate=request.flag("rotateRevision"),
            portal_kept=request.flag("preservePortalConfigurations"),
        )
        plan = imports.plan(request.principal, uploaded(request, self._uploads), options, self._shape)
        if request.flag("dryRun"):
            return Answer(body={"complianceCheck": compliance(foreseen(imports, plan))})
        imported = imports.run(request.principal, plan, options)
        if request.headers.get("accept", "").strip().lower() == JSON:
            number = imported.revision.number if imported.revision else None
            return Answer(body={"id": imported.api.id, "revision": str(number) if number else None})
        return Answer(body="API imported successfully.", media_type="text/plain")


def wanted_of(request: Request) -> Wanted:
    """What an export asks for. Raises Invalid."""
    return Wanted(
        notation=notation_of(request.query.get("format", "")),
        revision=request.query.get("revisionNumber", ""),
        latest=request.flag("latestRevision"),
        environment=request.query.get("gatewayEnvironment", ""),
        status_kept=request.flag("preserveStatus", default=True),
        credentials_kept=request.flag("preserveCredentials"),
    )
