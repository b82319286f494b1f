"""Client SDKs of the APIs that a visitor sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid, NotFound
from gatehouse.domain.portal.sdk import LANGUAGES, SdkOrder
from gatehouse.domain.publishing.deployed import ApiType

if TYPE_CHECKING:
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.portal.sdk import Sdk
    from gatehouse.ports.portal.sdks import Sdks

DESCRIBED = frozenset({ApiType.HTTP, ApiType.SOAP, "SOAPTOREST", ApiType.PRODUCT})
"""The types of APIs whose calls a definition in OpenAPI describes one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSdks:
    """Has SDKs made out of what the store shows."""

    storefront: Storefront
    sdks: Sdks

    def make(self, visitor: Visitor, api_id: str, language: str) -> tuple[str, Sdk]:
        """The SDK, and the name of its archive without the extension, as WSO2 has it: `{name}_{language}_{version}`.

        Raises ApiNotFound, NotFound (no SDK is made of such an API), Invalid, and as `Sdks.get`.
        """
        api = self.storefront.get(visitor, api_id)
        if language not in LANGUAGES:
            raise Invalid.field("language", f"'{language}' is none of {', '.join(LANGUAGES)}")
        kind = str(api.document.get("type") or ApiType.HTTP)
        if kind not in DESCRIBED:
            raise NotFound(f"No SDK is made of an API of the type {kind}.")
        order = SdkOrder(
            tenant=api.tenant,
            language=language,
            name=api.name,
            version=api.version,
            definition=self.storefront.published(api),
        )
        return f"{order.slug}_{language}_{order.release}", self.sdks.get(order)
