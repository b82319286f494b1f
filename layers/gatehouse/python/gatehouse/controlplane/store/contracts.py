"""Contracts: what describes APIs that OpenAPI does not, as developers read it: AsyncAPI with its topics, and WSDL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.apis.streaming import NotStreaming, is_streaming
from gatehouse.domain.apis.wsdl import WsdlForm, WsdlNotFound, form_of

if TYPE_CHECKING:
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.apis.api import Api
    from gatehouse.ports.apis.wsdl import WsdlReader


@dataclass(frozen=True, slots=True)
class Contracts:
    """What visitors read. All of it raises ApiNotFound, also where the API is not deployed to what is named."""

    storefront: Storefront
    reader: WsdlReader

    def asyncapi(self, visitor: Visitor, api_id: str, environment: str = "") -> bytes:
        """The AsyncAPI definition, as JSON. Raises NotStreaming."""
        return self.storefront.published(self._streaming(visitor, api_id), environment)

    def topics(self, visitor: Visitor, api_id: str) -> list[tuple[str, str]]:
        """The channels, and what clients do there (SUBSCRIBE, PUBLISH). Raises NotStreaming."""
        api = self._streaming(visitor, api_id)
        return [(operation["target"], operation["verb"]) for operation in api.document["operations"]]

    def wsdl(self, api: Api, environment: str = "") -> tuple[str, bytes, WsdlForm]:
        """The file's name, the WSDL with the gateway's address for its services, and what it is. Raises WsdlNotFound.

        The API is one that the visitor sees.
        """
        deployed = self.storefront.as_deployed(api, environment)
        form = form_of(deployed.document)
        if form is None or not deployed.schema:
            raise WsdlNotFound(f"API '{api.id}' has no WSDL")
        content = self.storefront.blobs.get(api.tenant, deployed.schema)
        relocated = self.reader.relocated(content, self.storefront.url(api, environment))
        return f"{api.name}-{api.version}.{form.lower()}", relocated, form

    def _streaming(self, visitor: Visitor, api_id: str) -> Api:
        api = self.storefront.get(visitor, api_id)
        if not is_streaming(api.document):
            raise NotStreaming.of(api_id, api.document.get("type"))
        return api
