"""Lines of subscriptions: what a long list is filtered and sorted by, before the subscriptions that are shown are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.domain.applications.application import Subscription
    from gatehouse.domain.applications.grant import SubscriptionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionLine:
    """A subscription's line. `tenant` is the application's, `abroad` that of the API where it is another, else ""."""

    id: str
    tenant: str
    application_id: str
    api_id: str
    policy: str
    status: SubscriptionStatus
    abroad: str = ""


def line_of(subscription: Subscription) -> SubscriptionLine:
    """The line of a subscription."""
    return SubscriptionLine(
        id=subscription.id,
        tenant=subscription.tenant,
        application_id=subscription.application_id,
        api_id=subscription.api_id,
        policy=subscription.policy,
        status=subscription.status,
        abroad=subscription.abroad,
    )
