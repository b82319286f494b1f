"""Access: which of a tenant's APIs and products a provider may see and work on.

What they may not see answers as what does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane import currency
from gatehouse.domain.apis.api import RESTRICTED, ApiNotFound, ApiSummary, summary_of
from gatehouse.domain.apis.product import ProductNotFound
from gatehouse.domain.people.identity import display_username

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup


def may_work_on(principal: Principal, summary: ApiSummary) -> bool:
    """Whether the caller may see it: a RESTRICTED one is for its provider, its `accessControlRoles` and admins."""
    if summary.info.get("accessControl") != RESTRICTED or principal.is_admin:
        return True
    if summary.provider == display_username(principal.tenant, principal.user):
        return True
    return not principal.roles.isdisjoint(summary.info.get("accessControlRoles") or ())


def checked(principal: Principal, api: Api) -> Api:
    """The API. Raises ApiNotFound when the caller may not see it, or it is a product."""
    if api.is_product or not may_work_on(principal, summary_of(api)):
        raise ApiNotFound.by_id(api.id)
    return api


def checked_product(principal: Principal, product: Api) -> Api:
    """The product. Raises ProductNotFound when the caller may not see it, or it is an API."""
    if not product.is_product or not may_work_on(principal, summary_of(product)):
        raise ProductNotFound.by_id(product.id)
    return product


def require_current(api: Api, wanted: Collection[int] | None) -> None:
    """Raises Outdated unless it is kept in one of these versions; None stands for any."""
    currency.require_current(api.id, api.stored_version, wanted)


def find(apis: ApiLookup, principal: Principal, api_id: str) -> Api:
    """The API with this id. Raises ApiNotFound, also for a product."""
    return checked(principal, apis.get(principal.tenant, api_id))


def find_product(apis: ApiLookup, principal: Principal, product_id: str) -> Api:
    """The API product with this id. Raises ProductNotFound, also for an API."""
    found = apis.some(principal.tenant, [product_id]).get(product_id)
    if found is None:
        raise ProductNotFound.by_id(product_id)
    return checked_product(principal, found)


def find_either(apis: ApiLookup, principal: Principal, api_id: str) -> Api:
    """The API or product with this id. Raises ApiNotFound."""
    found = apis.get(principal.tenant, api_id)
    if not may_work_on(principal, summary_of(found)):
        raise ApiNotFound.by_id(api_id)
    return found
