"""The client certificates of an API: with the key type in the path, and without it, which means PRODUCTION."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from functions.publisher import certificate_views as views
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.certificate import pem_of
from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.controlplane.publishing.certificates.client_certificates import ClientCertificates
    from gatehouse.domain.publishing.certificate import ClientCertificate
    from gatehouse.edge.http import Request

TAG = "Client Certificates"
OLD, NEW = "/apis/{apiId}/client-certificates", "/apis/{apiId}/client-certs/{keyType}"
_VIEW = (s.MANAGE, s.VIEW, s.CLIENT_CERTIFICATES_MANAGE, s.CLIENT_CERTIFICATES_VIEW)
_ADD = (s.CREATE, s.MANAGE, s.CLIENT_CERTIFICATES_ADD, s.CLIENT_CERTIFICATES_MANAGE)
_UPDATE = (s.CREATE, s.MANAGE, s.CLIENT_CERTIFICATES_MANAGE, s.CLIENT_CERTIFICATES_UPDATE)
_DELETE = (s.CREATE, s.MANAGE, s.CLIENT_CERTIFICATES_UPDATE)

_NAMES = {
    OLD: (
        "getAPIClientCertificates",
        "addAPIClientCertificate",
        "getAPIClientCertificateByAlias",
        "updateAPIClientCertificateByAlias",
        "deleteAPIClientCertificateByAlias",
        "getAPIClientCertificateContentByAlias",
    ),
    NEW: (
        "getAPIClientCertificatesByKeyType",
        "addAPIClientCertificateOfGivenKeyType",
        "getAPIClientCertificateByKeyTypeAndAlias",
        "updateAPIClientCertificateByKeyTypeAndAlias",
        "deleteAPIClientCertificateByKeyTypeAndAlias",
        "getAPIClientCertificateContentByKeyTypeAndAlias",
    ),
}


def routes(certificates: ClientCertificates) -> tuple[Operation, ...]:
    """List, upload, see, download, replace, delete; everything on both paths."""
    routed = _ClientCertificates(certificates)
    return tuple(operation for path in _NAMES for operation in _operations(routed, path))


def _operations(routed: _ClientCertificates, path: str) -> Iterator[Operation]:
    listing, adding, seeing, updating, deleting, downloading = _NAMES[path]
    yield Operation(
        method="GET",
        path=path,
        id=listing,
        route=routed.list,
        summary="The certificates that callers of an API may show",
        tag=TAG,
        scopes=_VIEW,
        query=("limit", "offset", "alias"),
    )
    yield Operation(
        method="POST",
        path=path,
        id=adding,
        route=routed.add,
        summary="Upload a certificate; it opens the API from the next deployment on",
        tag=TAG,
        scopes=_ADD,
        accepts=(MULTIPART,),
    )
    one = partial(Operation, path=f"{path}/{{alias}}", tag=TAG)
    yield one(method="GET", id=seeing, route=routed.get, summary="What is written in a certificate", scopes=_VIEW)
    yield one(
        method="PUT",
        id=updating,
        route=routed.update,
        summary="Replace a certificate or its tier",
        scopes=_UPDATE,
        accepts=(MULTIPART,),
    )
    yield one(method="DELETE", id=deleting, route=routed.delete, summary="Delete a certificate", scopes=_DELETE)
    yield Operation(
        method="GET",
        path=f"{path}/{{alias}}/content",
        id=downloading,
        route=routed.content,
        summary="A certificate as a file",
        tag=TAG,
        scopes=_VIEW,
    )


class _ClientCertificates:
    def __init__(self, certificates: ClientCertificates) -> None:
        self._certificates = certificates

    def list(self, request: Request) -> Answer:
        wanted, api_id = request.slice(), request.path["apiId"]
        found = self._certificates.all(request.principal, api_id, _key_type(request), request.query.get("alias", ""))
        render = partial(views.client, api_id=api_id)
        return Answer(body=views.listed(found, wanted, render, _resource(request), request.query))

    def add(self, request: Request) -> Answer:
        form = parts(request)
        for name in ("tier", "certificate"):
            if not form.get(name):
                raise Invalid.field(name, "is required")
        key_type, api_id = _key_type(request), request.path["apiId"]
        added = self._certificates.add(
            request.principal,
            api_id,
            key_type,
            alias=_text(form, "alias"),
            tier=_text(form, "tier"),
            content=form.get("certificate", b""),
        )
        return _shown(request, added)

    def get(self, request: Request) -> Answer:
        read = self._certificates.read(self._named(request))
        return Answer(body=views.info(read, self._certificates.clock.now()))

    def content(self, request: Request) -> Answer:
        found = self._named(request)
        return views.content(found.alias, pem_of(found.der))

    def update(self, request: Request) -> Answer:
        form = parts(request)
        updated = self._certificates.update(
            request.principal,
            request.path["apiId"],
            _key_type(request),
            request.path["alias"],
            tier=_text(form, "tier"),
            content=form.get("certificate", b""),
        )
        return _shown(request, updated)

    def delete(self, request: Request) -> Answer:
        self._certificates.delete(request.principal, request.path["apiId"], _key_type(request), request.path["alias"])
        return Answer()

    def _named(self, request: Request) -> ClientCertificate:
        return self._certificates.get(
            request.principal, request.path["apiId"], _key_type(request), request.path["alias"]
        )


def _key_type(request: Request) -> KeyType:
    given = request.path.get("keyType", KeyType.PRODUCTION)
    try:
        return KeyType(given.upper())
    except ValueError:
        raise Invalid.field("keyType", f"'{given}' is none of {', '.join(KeyType)}") from None


def _resource(request: Request) -> str:
    """The list's path below the interface's base."""
    api = f"/apis/{request.path['apiId']}"
    return f"{api}/client-certs/{_key_type(request)}" if "keyType" in request.path else f"{api}/client-certificates"


def _shown(request: Request, certificate: ClientCertificate) -> Answer:
    location = f"{ROOT}{_resource(request)}/{certificate.alias}"
    return Answer(body=views.client(certificate, request.path["apiId"]), headers={"Location": location})


def _text(form: dict[str, bytes], name: str) -> str:
    return form.get(name, b"").decode("utf-8", "replace").strip()
