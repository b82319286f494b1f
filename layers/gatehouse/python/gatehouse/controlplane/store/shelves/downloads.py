"""Downloads: definitions at URLs that need no credentials and are good for a short time, for tools that can send none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.controlplane.store.contracts import Contracts
from gatehouse.domain.apis.wsdl import WsdlForm
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.domain.apis.api import Api
    from gatehouse.ports.apis.wsdl import WsdlReader
    from gatehouse.ports.portal.links import Links
    from gatehouse.ports.world import Blobs

_JSON = "application/json"
_OF_FORMS = {WsdlForm.WSDL: "application/xml", WsdlForm.ZIP: "application/zip"}


class Kind(StrEnum):
    """What can be downloaded; WSO2 knows the first alone."""

    WSDL = "wsdl"
    OPENAPI = "openapi"
    POSTMAN = "postman"


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """Definitions of APIs that visitors have read before."""

    storefront: Storefront
    blobs: Blobs
    links: Links
    wsdl: WsdlReader

    def url(self, api: Api, kind: Kind, environment: str = "") -> str:
        """The URL of what is deployed to this environment, "" is any. Raises ApiNotFound, WsdlNotFound."""
        name = f"{api.name}-{api.version}"
        match kind:
            case Kind.WSDL:
                name, content, form = Contracts(self.storefront, self.wsdl).wsdl(api, environment)
                media_type = _OF_FORMS[form]
            case Kind.POSTMAN:
                content = self.storefront.collection(api, environment)
                name, media_type = f"{name}.postman_collection.json", _JSON
            case Kind.OPENAPI:
                content, name, media_type = self.storefront.published(api, environment), f"{name}.json", _JSON
        key = self.blobs.put(api.tenant, content)
        return self.links.to(api.tenant, key, name=name, media_type=media_type)


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises Invalid."""
    if name not in set(Kind):
        raise Invalid.field("type", f"'{name}' is none of {', '.join(Kind)}")
    return Kind(name)
