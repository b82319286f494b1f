"""SOAP APIs: made from a WSDL, called by one operation, `POST /*`, whose messages the gateway passes through."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing import access
from gatehouse.domain.apis.wsdl import SOAP, WSDL_INFO, WsdlForm, WsdlNotFound, form_of
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.wsdl import Wsdl
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.wsdl import WsdlReader

_OPERATION: Mapping[str, Any] = {
    "parameters": [
        {
            "name": "SOAPAction",
            "in": "header",
            "description": "Which operation of a SOAP 1.1 service is meant",
            "required": False,
            "schema": {"type": "string"},
        }
    ],
    "requestBody": {
        "description": "A SOAP envelope",
        "required": True,
        "content": {kind: {"schema": {"type": "string"}} for kind in ("text/xml", "application/soap+xml")},
    },
    "responses": {"200": {"description": "OK"}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapDesign:
    """Designing the SOAP APIs of a tenant."""

    design: Design
    reader: WsdlReader

    def create(self, principal: Principal, document: Mapping[str, Any], content: bytes) -> Api:
        """A new API for this WSDL, which says where it is called unless the document does.

        Raises WsdlInvalid, NotRecognized, ArchiveWithoutWsdl, ArchiveRefused, and what `Design.create` raises.
        """
        wsdl = self.validate(content)
        if document.get("type") not in {None, SOAP}:
            raise Invalid.field("type", f"must be {SOAP}")
        endpoints = {} if document.get("endpointConfig") else _endpoints(wsdl)
        return self.design.create(
            principal,
            {**document, **endpoints, "type": SOAP, WSDL_INFO: {"type": wsdl.form.value}},
            _definition(document),
            schema=self.design.blobs.put(principal.tenant, content),
        )

    def content(self, api: Api) -> tuple[str, bytes, WsdlForm]:
        """Of an API that was read before: the file's name, the WSDL as it was sent, and what it is. Raises WsdlNotFound."""
        form = form_of(api.document)
        if form is None or not api.schema:
            raise WsdlNotFound(f"API '{api.id}' has no WSDL")
        name = f"{api.name}-{api.version}.{form.lower()}"
        return name, self.design.blobs.get(api.tenant, api.schema), form

    def replace(self, principal: Principal, api_id: str, content: bytes, wanted: Collection[int] | None = None) -> Api:
        """Another WSDL; where the API is called stays. `wanted` are the versions that may be changed.

        Raises Invalid for an API of another type, Outdated, and as `create`.
        """
        api = self.design.get(principal, api_id)
        access.require_current(api, wanted)
        if api.document.get("type") != SOAP:
            raise Invalid.field("file", f"the API is of type {api.document.get('type')}; {SOAP} ones have a WSDL")
        wsdl = self.validate(content)
        changed = replace(api, schema=self.design.blobs.put(api.tenant, content))
        document = {**api.document, WSDL_INFO: {"type": wsdl.form.value}}
        return self.design.keep(principal, changed, document, self.design.blobs.get(api.tenant, api.definition))

    def validate(self, content: bytes) -> Wsdl:
        """What a WSDL says, without keeping it. Raises WsdlInvalid, NotRecognized, ArchiveWithoutWsdl, ArchiveRefused."""
        return self.reader.read(content)


def _endpoints(wsdl: Wsdl) -> dict[str, Any]:
    location = next((one.location for one in wsdl.endpoints if one.location.startswith(("http://", "https://"))), "")
    if not location:
        return {}
    endpoint = {"url": location, "template_not_supported": False}
    return {"endpointConfig": {"endpoint_type": "address", "production_endpoints": endpoint}}


def _definition(document: Mapping[str, Any]) -> bytes:
    """OpenAPI for what the gateway serves of it."""
    info = {"title": document["name"], "version": document["version"]}
    return json.dumps({"openapi": "3.0.1", "info": info, "paths": {"/*": {"post": dict(_OPERATION)}}}).encode()
