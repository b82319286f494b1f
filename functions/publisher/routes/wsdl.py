"""SOAP APIs: their WSDL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from functions.publisher import views, wire
from functions.publisher.content import URL, content_of
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.apis.wsdl import SOAP, ArchiveWithoutWsdl, NotRecognized, WsdlForm, WsdlInvalid
from gatehouse.domain.errors import Invalid
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import Answer, created, document_of
from gatehouse.edge.lines import Lines
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.kinds.soap import SoapDesign
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.wsdl import Wsdl
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.remote import Remote

CONTENT = "/apis/{apiId}/wsdl"
MEDIA_TYPES = {WsdlForm.WSDL: "text/xml", WsdlForm.ZIP: "application/zip"}
_READ = (s.MANAGE, s.VIEW)
_WRITE = (s.CREATE, s.MANAGE)


def routes(design: SoapDesign, remote: Remote) -> tuple[Operation, ...]:
    """Import, validate, read and replace WSDL."""
    routed = _Wsdl(design, remote)
    line = Lines("APIs")
    return (
        Lines("Validation")(
            "POST",
            "/apis/validate-wsdl",
            "validateWSDLDefinition",
            "Check a WSDL without keeping it",
            routed.validate,
            _WRITE,
            accepts=(MULTIPART,),
        ),
        line(
            "POST",
            "/apis/import-wsdl",
            "importWSDLDefinition",
            "Design a new API from its WSDL",
            routed.import_wsdl,
            _WRITE,
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        line("GET", CONTENT, "getWSDLOfAPI", "An API's WSDL, as it was sent", routed.content, _READ),
        line("PUT", CONTENT, "updateWSDLOfAPI", "Replace an API's WSDL", routed.replace, _WRITE, accepts=(MULTIPART,)),
        line(
            "GET",
            "/apis/{apiId}/wsdl-info",
            "getWSDLInfoOfAPI",
            "Whether an API's WSDL is a document or an archive",
            routed.info,
            _READ,
        ),
    )


class _Wsdl:
    def __init__(self, design: SoapDesign, remote: Remote) -> None:
        self._design = design
        self._remote = remote

    def validate(self, request: Request) -> Answer:
        content = self._content(parts(request))
        try:
            wsdl = self._design.validate(content)
        except (WsdlInvalid, NotRecognized, ArchiveWithoutWsdl, ArchiveRefused) as error:
            # "Invalid" is an answer here, not a failure of the request.
            return Answer(body={"isValid": False, "errors": views.invalid(error)["errors"], "wsdlInfo": None})
        return Answer(body={"isValid": True, "errors": [], "wsdlInfo": _info(wsdl)})

    def import_wsdl(self, request: Request) -> Answer:
        form = parts(request)
        content = self._content(form)
        if (kind := form.get("implementationType", SOAP.encode()).decode(errors="replace").upper()) != SOAP:
            problem = f"'{kind}' is not offered: no REST operations are made of a WSDL; {SOAP} passes messages through"
            raise Invalid.field("implementationType", problem)
        if "additionalProperties" not in form:
            raise Invalid.field("additionalProperties", "is required: a JSON object with name, version and context")
        given = parse(wire.ApiBody, document_of(form["additionalProperties"], "additionalProperties"))
        api = self._design.create(request.principal, given.document(), content)
        return versioned(created(f"{ROOT}/apis/{api.id}", views.api(api)), api.stored_version)

    def content(self, request: Request) -> Answer:
        return self._shown(self._api(request))

    def replace(self, request: Request) -> Answer:
        content, wanted = self._content(parts(request)), wanted_versions(request)
        return self._shown(self._design.replace(request.principal, request.path["apiId"], content, wanted))

    def info(self, request: Request) -> Answer:
        _, _, form = self._design.content(self._api(request))
        return Answer(body={"type": form})

    def _shown(self, api: Api) -> Answer:
        name, content, form = self._design.content(api)
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return versioned(Answer(body=content, media_type=MEDIA_TYPES[form], headers=headers), api.stored_version)

    def _api(self, request: Request) -> Api:
        return self._design.design.get(request.principal, request.path["apiId"])

    def _content(self, form: dict[str, bytes]) -> bytes:
        """The WSDL that was sent, or that stands at an address: what that imports is named by full addresses then."""
        content = content_of(form, self._remote, "file")
        if form.get(URL):
            return self._design.reader.anchored(content, form[URL].decode().strip())
        return content


def _info(wsdl: Wsdl) -> dict[str, Any]:
    endpoints = [{"name": one.name, "location": one.location} for one in wsdl.endpoints]
    return {"version": wsdl.version, "endpoints": endpoints}
