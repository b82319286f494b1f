"""The routes of the service catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.service_catalog import wire
from gatehouse.controlplane.service_catalog.services import Wanted, ordered
from gatehouse.controlplane.service_catalog.transfers import suffix_of, verified
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.edge.http import JSON, Answer, created, document_of
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.shared.archives import ZIP, archive
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.service_catalog.services import Services
    from gatehouse.controlplane.service_catalog.transfers import Transfers
    from gatehouse.domain.apis.service import Described
    from gatehouse.edge.http import Request
    from gatehouse.ports.remote import Remote

ROOT = "/api/am/service-catalog/v1"
SERVICES, ONE = "/services", "/services/{serviceId}"
VIEW, WRITE = "service_catalog:service_view", "service_catalog:service_write"
_READ = ("apim:api_view", VIEW)
_FILTERS = ("definitionType", "key", "name", "version", "shrink", "sortBy", "sortOrder")
_MEDIA_TYPES = {".json": JSON, ".yaml": "application/yaml", ".wsdl": "text/xml", ".graphql": "text/plain", ".zip": ZIP}

_AS_THEY_ARE = frozenset({"text/xml", ZIP})
"""XML says of itself how it is encoded."""


def routes(services: Services, transfers: Transfers, remote: Remote) -> tuple[Operation, ...]:
    """Every operation of the catalog."""
    routed = _Services(services, transfers, remote)
    secured = (*_reading(routed), *_writing(routed))
    scopes = sorted({scope for operation in secured for scope in operation.scopes})

    def settings(_request: Request) -> Answer:
        return Answer(body={"scopes": scopes})

    about = _line("GET", "/settings", "getSettings", "What a portal must know before anybody has logged in", settings)
    return (*secured, about)


def _reading(routed: _Services) -> tuple[Operation, ...]:
    return (
        _line(
            "GET",
            SERVICES,
            "searchServices",
            "The tenant's services, searched and paged",
            routed.list,
            scopes=_READ,
            query=("limit", "offset", *_FILTERS),
        ),
        _line("GET", ONE, "getServiceById", "A service", routed.get, scopes=_READ),
        _line("GET", f"{ONE}/definition", "getServiceDefinition", "What defines it", routed.definition, scopes=_READ),
        _line("GET", f"{ONE}/usage", "getServiceUsage", "The APIs that were made of it", routed.usage, scopes=_READ),
        _line(
            "GET",
            f"{SERVICES}/export",
            "exportService",
            "A service as an archive",
            routed.export,
            scopes=(VIEW,),
            query=("name", "version"),
        ),
    )


def _writing(routed: _Services) -> tuple[Operation, ...]:
    more: dict[str, Any] = {"scopes": (WRITE,), "accepts": (MULTIPART,)}
    return (
        _line("POST", SERVICES, "addService", "Add a service", routed.add, answers=(201,), **more),
        _line("PUT", ONE, "updateService", "Describe and define a service anew", routed.update, **more),
        _line(
            "DELETE", ONE, "deleteService", "Forget a service that no API was made of", routed.delete, scopes=(WRITE,)
        ),
        _line(
            "POST",
            f"{SERVICES}/import",
            "importService",
            "Add or change the services of an archive",
            routed.import_,
            query=("overwrite",),
            **more,
        ),
    )


class _Services:
    def __init__(self, services: Services, transfers: Transfers, remote: Remote) -> None:
        self._services = services
        self._transfers = transfers
        self._remote = remote

    def list(self, request: Request) -> Answer:
        tenant, query = request.principal.tenant, request.query
        keys = frozenset(key.strip() for key in query.get("key", "").split(",") if key.strip())
        wanted = Wanted(
            name=query.get("name", ""),
            version=query.get("version", ""),
            definition_type=query.get("definitionType", ""),
            keys=keys,
        )
        found = ordered(self._services.all(tenant, wanted), query.get("sortBy", ""), query.get("sortOrder", ""))
        page = page_of(found, request.slice())
        if request.flag("shrink"):
            return Answer(body=envelope(page, wire.short, resource=SERVICES, query=query))
        usage = self._services.usage(tenant) if page.items else {}
        return Answer(
            body=envelope(
                page, lambda one: wire.shown(one, usage.get(one.described.key, 0)), resource=SERVICES, query=query
            )
        )

    def get(self, request: Request) -> Answer:
        service = self._services.get(request.principal.tenant, request.path["serviceId"])
        return Answer(body=wire.shown(service, len(self._services.users(service))))

    def definition(self, request: Request) -> Answer:
        service = self._services.get(request.principal.tenant, request.path["serviceId"])
        content = self._services.definition(service)
        media_type = _MEDIA_TYPES[suffix_of(service.described.definition_type, content)]
        return Answer(body=content if media_type in _AS_THEY_ARE else content.decode(), media_type=media_type)

    def usage(self, request: Request) -> Answer:
        service = self._services.get(request.principal.tenant, request.path["serviceId"])
        users = [wire.user(one) for one in self._services.users(service)]
        return Answer(body={"count": len(users), "list": users})

    def export(self, request: Request) -> Answer:
        name, version = request.required("name"), request.required("version")
        return archive(*self._transfers.export(request.principal.tenant, name, version))

    def add(self, request: Request) -> Answer:
        form = parts(request)
        described = _described(form)
        content = self._content(form, described, required=True)
        service = self._services.add(request.principal, described, content or b"")
        return created(f"{ROOT}{SERVICES}/{service.id}", wire.shown(service, 0))

    def update(self, request: Request) -> Answer:
        form, principal = parts(request), request.principal
        before = self._services.get(principal.tenant, request.path["serviceId"])
        described = _described(form)
        content = self._content(form, described, required=False)
        service = self._services.change(principal, before, described, content)
        return Answer(body=wire.shown(service, len(self._services.users(service))))

    def delete(self, request: Request) -> Answer:
        self._services.remove(request.principal.tenant, request.path["serviceId"])
        return Answer(status=204)

    def import_(self, request: Request) -> Answer:
        form = parts(request)
        if not form.get("file"):
            raise Invalid.field("file", "is required: a zip archive")
        services = self._transfers.take(
            request.principal,
            form["file"],
            overwrite=request.flag("overwrite"),
            seen=verified(form.get("verifier", b"")),
        )
        return Answer(body={"count": len(services), "list": [wire.imported(one) for one in services]})

    def _content(self, form: dict[str, bytes], described: Described, *, required: bool) -> bytes | None:
        given = [name for name in ("definitionFile", "inlineContent") if form.get(name)]
        if len(given) > 1:
            raise Invalid.field("definitionFile", "give either definitionFile or inlineContent")
        if given:
            return form[given[0]]
        if described.definition_url:
            return self._remote.read(described.definition_url)
        if required:
            raise Invalid.field("definitionFile", "is required, unless inlineContent or definitionUrl is there")
        return None


def _described(form: dict[str, bytes]) -> Described:
    name = "serviceMetadata"
    if not form.get(name):
        raise Invalid.field(name, "is required: a JSON object")
    return parse(wire.ServiceBody, document_of(form[name], name), name).described(name)


def _line(method: str, path: str, name: str, summary: str, route: Callable[..., Answer], **more: Any) -> Operation:
    anonymous = not more.get("scopes")
    tag = "Settings" if anonymous else "Services"
    return Operation(
        method=method,
        path=path,
        id=name,
        summary=summary,
        route=route,
        tag=tag,
        authenticated=not anonymous,
        **{"answers": (204,) if method == "DELETE" else (200,), **more},
    )
