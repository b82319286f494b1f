"""Making APIs of services, and renewing them when their services have changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.service_catalog.services import keyed
from gatehouse.domain.apis.service import SERVICE, SERVICE_INFO, DefinitionType, ServiceNotFound, ServiceUnusable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.publishing.amending import Amendments
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.kinds.graphql import GraphqlDesign
    from gatehouse.controlplane.publishing.kinds.soap import SoapDesign
    from gatehouse.controlplane.publishing.kinds.streaming import StreamingDesign
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.service import Service
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.portal.records import RecordLookup

ENDPOINTS = "endpointConfig"
_WSDL = frozenset({DefinitionType.WSDL1, DefinitionType.WSDL2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """`services` are those of the tenant, to be read; each kind of definition has its own way of becoming an API."""

    services: RecordLookup
    design: Design
    graphql: GraphqlDesign
    streaming: StreamingDesign
    soap: SoapDesign
    amendments: Amendments

    def make(self, principal: Principal, key: str, document: Mapping[str, Any]) -> Api:
        """A new API of the service with this key, called where the service is unless the document says otherwise.

        Raises ServiceNotFound, and what creating one of its definition raises.
        """
        service = self._service(principal.tenant, key)
        url = service.described.url
        made_of = {SERVICE: _origin(service), SERVICE_INFO: _info(service)}
        whole = {ENDPOINTS: _endpoints(service, url), **document, **made_of}
        content = self.design.blobs.get(service.tenant, service.definition)
        kind = service.described.definition_type
        if kind is DefinitionType.GRAPHQL_SDL:
            return self.graphql.create(principal, {**whole, "type": None}, content)
        if kind is DefinitionType.ASYNC_API:
            return self.streaming.create(principal, whole, content)
        if kind in _WSDL:
            return self.soap.create(principal, whole, content)
        return self.design.create(principal, whole, content)

    def renew(self, principal: Principal, api_id: str) -> Api:
        """Define an API as its service is defined now; it follows the service to another address, too.

        Raises ApiNotFound, ServiceNotFound, ServiceUnusable for an API that was made of none, and what redefining raises.
        """
        api = self.design.get(principal, api_id)
        origin = api.document.get(SERVICE)
        if not origin:
            raise ServiceUnusable(f"API '{api_id}' was not made of a service")
        service = self._service(principal.tenant, origin["key"])
        content = self.design.blobs.get(service.tenant, service.definition)
        kind = service.described.definition_type
        if kind is DefinitionType.GRAPHQL_SDL:
            renewed = self.graphql.replace(principal, api_id, content)
        elif kind is DefinitionType.ASYNC_API:
            renewed, _ = self.streaming.redefine(principal, api_id, content)
        elif kind in _WSDL:
            renewed = self.soap.replace(principal, api_id, content)
        else:
            renewed, _ = self.design.redefine(principal, api_id, content)
        changes = {SERVICE: _origin(service), SERVICE_INFO: _info(service)}
        # Who has set up endpoints of their own keeps them.
        if renewed.document.get(ENDPOINTS) == _endpoints(service, origin["url"]):
            changes[ENDPOINTS] = _endpoints(service, service.described.url)
        return self.amendments.keep(principal, renewed, **changes)

    def info(self, api: Api) -> dict[str, Any] | None:
        """What an API shows of its service, and whether that has changed since; None when it was made of none."""
        origin = api.document.get(SERVICE)
        if not origin:
            return None
        service = keyed(self.services, api.tenant, origin["key"])
        shown = api.document.get(SERVICE_INFO) or {}
        return {**shown, "outdated": service is not None and service.md5 != origin["md5"]}

    def _service(self, tenant: str, key: str) -> Service:
        found = keyed(self.services, tenant, key)
        if found is None:
            raise ServiceNotFound.by_key(key)
        return found


def _origin(service: Service) -> dict[str, str]:
    return {"key": service.described.key, "md5": service.md5, "url": service.described.url}


def _info(service: Service) -> dict[str, str]:
    described = service.described
    return {"key": described.key, "name": described.name, "version": described.version}


def _endpoints(service: Service, url: str) -> dict[str, Any]:
    kind = "address" if service.described.definition_type in _WSDL else "http"
    if url.startswith(("ws://", "wss://")):
        kind = "ws"
    return {"endpoint_type": kind, "production_endpoints": {"url": url}, "sandbox_endpoints": {"url": url}}
