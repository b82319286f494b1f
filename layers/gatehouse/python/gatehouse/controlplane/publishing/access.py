"""Access: which of a tenant's APIs a provider may see and work on. What they may not see answers as what does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.api import RESTRICTED, ApiNotFound, ApiSummary, summary_of
from gatehouse.domain.identity import display_username

if TYPE_CHECKING:
    from gatehouse.domain.api import Api
    from gatehouse.domain.identity import Principal
    from gatehouse.ports.apis import ApiLookup


def may_work_on(principal: Principal, summary: ApiSummary) -> bool:
    """Whether the caller may see it: a RESTRICTED one is for its provider, its `accessControlRoles` and admins."""
    if summary.info.get("accessControl") != RESTRICTED or principal.is_admin:
        return True
    if summary.provider == display_username(principal.tenant, principal.user):
        return True
    return not principal.roles.isdisjoint(summary.info.get("accessControlRoles") or ())


def checked(principal: Principal, api: Api) -> Api:
    """The API. Raises ApiNotFound when the caller may not see it."""
    if not may_work_on(principal, summary_of(api)):
        raise ApiNotFound.by_id(api.id)
    return api


def find(apis: ApiLookup, principal: Principal, api_id: str) -> Api:
    """The API with this id. Raises ApiNotFound."""
    return checked(principal, apis.get(principal.tenant, api_id))
