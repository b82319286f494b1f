"""Abroad: whether applications of other tenants may subscribe to an API.

Both must want it: the API's tenant, by a switch in its configuration, and the API, by `subscriptionAvailability`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.apis.api import ApiSummary

SWITCH = "EnableCrossTenantSubscriptions"
"""The property of a tenant's configuration."""

AVAILABILITY, TENANTS = "subscriptionAvailability", "subscriptionAvailableTenants"
ALL_TENANTS, SPECIFIC_TENANTS = "ALL_TENANTS", "SPECIFIC_TENANTS"


def availability_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a summary keeps of an API's document: nothing of one that is for its own tenant alone."""
    availability = document.get(AVAILABILITY)
    if availability == ALL_TENANTS:
        return {AVAILABILITY: availability}
    if availability == SPECIFIC_TENANTS:
        return {AVAILABILITY: availability, TENANTS: [str(one).lower() for one in document.get(TENANTS) or ()]}
    return {}


def is_offered_to(tenant: str, summary: ApiSummary) -> bool:
    """Whether the API takes subscriptions of this tenant's applications; its own tenant's always."""
    if tenant == summary.tenant:
        return True
    availability = summary.info.get(AVAILABILITY)
    named = availability == SPECIFIC_TENANTS and tenant in summary.info.get(TENANTS, ())
    return named or availability == ALL_TENANTS


class NotForTenant(Forbidden):
    """The API takes no subscriptions of the caller's tenant."""

    message = "Subscription is not allowed"

    @classmethod
    def of(cls, tenant: str) -> NotForTenant:
        """Says whose applications cannot have the API."""
        return cls(f"The API takes no subscriptions of applications of the tenant '{tenant}'")
