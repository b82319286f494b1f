"""Finding an API or a product as archives name it: by name and version, and by its provider if that is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.domain.apis.api import ApiNotFound
from gatehouse.domain.apis.product import ProductNotFound

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup


def named(
    apis: ApiLookup, principal: Principal, name: str, version: str, *, provider: str = "", product: bool = False
) -> ApiSummary | None:
    """The one that the caller may work on, or None. Names are told apart regardless of case, as everywhere."""
    for summary in apis.summaries(principal.tenant):
        same = summary.name.lower() == name.lower() and summary.version == version and summary.is_product is product
        if same and provider in {"", summary.provider} and access.may_work_on(principal, summary):
            return summary
    return None


def found(
    apis: ApiLookup, principal: Principal, name: str, version: str, *, provider: str = "", product: bool = False
) -> Api:
    """The one of this name. Raises ApiNotFound, ProductNotFound."""
    summary = named(apis, principal, name, version, provider=provider, product=product)
    if summary is None:
        kind, noun = (ProductNotFound, "API Product") if product else (ApiNotFound, "API")
        raise kind(f"Requested {noun} '{name}' of version '{version}' not found")
    return apis.get(principal.tenant, summary.id)
