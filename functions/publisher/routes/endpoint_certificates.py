"""The certificates of a tenant's backends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from functions.publisher import certificate_views as views
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.certificates.endpoint_certificates import EndpointCertificates
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.publishing.certificate import EndpointCertificate
    from gatehouse.edge.http import Request

TAG = "Endpoint Certificates"
PATH = "/endpoint-certificates"
_VIEW = (s.MANAGE, s.VIEW, s.MCP_MANAGE, s.MCP_VIEW, s.ENDPOINT_CERTIFICATES_MANAGE, s.ENDPOINT_CERTIFICATES_VIEW)
_WRITE = (s.CREATE, s.MANAGE, s.MCP_CREATE, s.MCP_MANAGE, s.ENDPOINT_CERTIFICATES_MANAGE)
_ADD = (*_WRITE, s.ENDPOINT_CERTIFICATES_ADD)
_UPDATE = (*_WRITE, s.ENDPOINT_CERTIFICATES_UPDATE)


def routes(certificates: EndpointCertificates) -> tuple[Operation, ...]:
    """List, upload, see, download, replace, delete; who uses one."""
    routed = _EndpointCertificates(certificates)
    one = partial(Operation, path=f"{PATH}/{{alias}}", tag=TAG)
    return (
        Operation(
            method="GET",
            path=PATH,
            id="getEndpointCertificates",
            route=routed.list,
            summary="Certificates that backends may show besides those of public authorities",
            tag=TAG,
            scopes=_VIEW,
            query=("limit", "offset", "alias", "endpoint"),
        ),
        Operation(
            method="POST",
            path=PATH,
            id="addEndpointCertificate",
            route=routed.add,
            summary="Upload a certificate for a host; it is trusted at once",
            tag=TAG,
            scopes=_ADD,
            accepts=(MULTIPART,),
        ),
        one(
            method="GET",
            id="getEndpointCertificateByAlias",
            route=routed.get,
            summary="What is written in a certificate",
            scopes=_VIEW,
        ),
        one(
            method="PUT",
            id="updateEndpointCertificateByAlias",
            route=routed.update,
            summary="Replace a certificate",
            scopes=_UPDATE,
            accepts=(MULTIPART,),
        ),
        one(
            method="DELETE",
            id="deleteEndpointCertificateByAlias",
            route=routed.delete,
            summary="Trust a certificate no more",
            scopes=_UPDATE,
        ),
        Operation(
            method="GET",
            path=f"{PATH}/{{alias}}/content",
            id="getEndpointCertificateContentByAlias",
            route=routed.content,
            summary="A certificate as a file",
            tag=TAG,
            scopes=_VIEW,
        ),
        Operation(
            method="GET",
            path=f"{PATH}/{{alias}}/usage",
            id="getCertificateUsageByAlias",
            route=routed.usage,
            summary="The APIs that have an endpoint at a certificate's host",
            tag=TAG,
            scopes=_VIEW,
            query=("limit", "offset"),
        ),
    )


class _EndpointCertificates:
    def __init__(self, certificates: EndpointCertificates) -> None:
        self._certificates = certificates

    def list(self, request: Request) -> Answer:
        wanted, query = request.slice(), request.query
        found = self._certificates.search(
            request.principal, alias=query.get("alias", ""), endpoint=query.get("endpoint", "")
        )
        return Answer(body=views.listed(found, wanted, views.endpoint, PATH, query))

    def add(self, request: Request) -> Answer:
        form = parts(request)
        added = self._certificates.add(
            request.principal,
            alias=_text(form, "alias"),
            endpoint=_text(form, "endpoint"),
            content=_certificate(form),
        )
        return _shown(added)

    def get(self, request: Request) -> Answer:
        read = self._certificates.read(self._named(request))
        return Answer(body=views.info(read, self._certificates.clock.now()))

    def content(self, request: Request) -> Answer:
        found = self._named(request)
        return views.content(found.alias, found.content)

    def update(self, request: Request) -> Answer:
        form = parts(request)
        return _shown(self._certificates.update(request.principal, request.path["alias"], _certificate(form)))

    def delete(self, request: Request) -> Answer:
        self._certificates.delete(request.principal, request.path["alias"])
        return Answer()

    def usage(self, request: Request) -> Answer:
        wanted, alias = request.slice(), request.path["alias"]
        page = page_of(self._certificates.usage(request.principal, alias), wanted)
        return Answer(body=envelope(page, _user, resource=f"{PATH}/{alias}/usage", query=request.query))

    def _named(self, request: Request) -> EndpointCertificate:
        return self._certificates.get(request.principal, request.path["alias"])


def _shown(certificate: EndpointCertificate) -> Answer:
    location = f"{ROOT}{PATH}/{certificate.alias}"
    return Answer(body=views.endpoint(certificate), headers={"Location": location})


def _user(summary: ApiSummary) -> dict[str, str]:
    return {
        "id": summary.id,
        "name": summary.name,
        "context": summary.context,
        "version": summary.version,
        "provider": summary.provider,
    }


def _text(form: dict[str, bytes], name: str) -> str:
    return form.get(name, b"").decode("utf-8", "replace").strip()


def _certificate(form: dict[str, bytes]) -> bytes:
    content = form.get("certificate", b"")
    if not content:
        raise Invalid.field("certificate", "is required")
    return content
