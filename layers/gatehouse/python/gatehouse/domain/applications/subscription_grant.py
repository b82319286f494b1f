"""What the gateway and the key manager know of a subscription.

The grant stands with the API's tenant, where the gateway looks. Of a subscription abroad the application's tenant knows
besides where the API is: its key manager grants the scopes of that tenant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.applications.grant import SubscriptionGrant
from gatehouse.domain.artifact import Artifact, Withdrawal, abroad_key, subscription_key

if TYPE_CHECKING:
    from gatehouse.domain.applications.application import Subscription
    from gatehouse.domain.artifact import ArtifactKey, Change


def subscription_grant(subscription: Subscription) -> SubscriptionGrant:
    """What the gateway knows of a subscription."""
    status = subscription.blocked_as or subscription.status
    return SubscriptionGrant(subscription_id=subscription.id, policy=subscription.policy, status=status)


def subscription_artifacts(subscription: Subscription) -> list[Change]:
    """What is to be found while there is the subscription."""
    grant, *there = _keys(subscription)
    where = [Artifact(key, {"tenant": subscription.abroad}) for key in there]
    return [Artifact(grant, subscription_grant(subscription).to_body()), *where]


def subscription_end(subscription: Subscription) -> list[Change]:
    """What makes a subscription be found no more."""
    return [Withdrawal(key) for key in _keys(subscription)]


def _keys(subscription: Subscription) -> list[ArtifactKey]:
    grant = subscription_key(subscription.api_tenant, subscription.application_id, subscription.api_id)
    if not subscription.abroad:
        return [grant]
    return [grant, abroad_key(subscription.tenant, subscription.application_id, subscription.api_id)]
