"""Authorize: what the caller may use of the API: an application, its subscription, the operation's scopes, an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.evidence import Grant
from gatehouse.dataplane.refusal import (
    NO_ENDPOINT,
    NOT_SUBSCRIBED,
    SCOPE_MISSING,
    SUBSCRIPTION_BLOCKED,
    SUBSCRIPTION_INACTIVE,
    Refusal,
)
from gatehouse.domain.grant import KeyType, SubscriptionStatus

if TYPE_CHECKING:
    from gatehouse.dataplane.catalogue import Catalogue
    from gatehouse.dataplane.evidence import Caller, Target
    from gatehouse.domain.grant import ApplicationGrant, SubscriptionGrant

_INACTIVE = frozenset({SubscriptionStatus.ON_HOLD, SubscriptionStatus.REJECTED})


def authorize(caller: Caller, catalogue: Catalogue) -> Grant | Refusal:
    """The grant, or why there is none. Subscriptions come before scopes, as in WSO2's gateway."""
    target = caller.target
    claims = caller.claims
    if claims is None:
        return _granted(caller, KeyType.PRODUCTION, None, None)
    deployed = target.api.deployed
    application = catalogue.application(deployed.tenant, claims.client_id)
    if application is None:
        return NOT_SUBSCRIBED
    subscription = catalogue.subscription(deployed.tenant, application.application_id, deployed.id)
    if subscription is None:
        return NOT_SUBSCRIBED
    if subscription.status is not SubscriptionStatus.UNBLOCKED:
        refusal = _closed(subscription.status, application.key_type)
        if refusal is not None:
            return refusal
    wanted = target.operation.scopes
    if wanted and claims.scopes.isdisjoint(wanted):
        resource = f"{deployed.base_path}{target.suffix}"
        return SCOPE_MISSING.because(SCOPE_MISSING.description.format(resource=resource))
    return _granted(caller, application.key_type, application, subscription)


def _closed(status: SubscriptionStatus, key_type: KeyType) -> Refusal | None:
    """Why a subscription in this state admits no call with this kind of key; None when it does."""
    if status is SubscriptionStatus.BLOCKED:
        return SUBSCRIPTION_BLOCKED
    if status is SubscriptionStatus.PROD_ONLY_BLOCKED and key_type is KeyType.PRODUCTION:
        return SUBSCRIPTION_BLOCKED
    return SUBSCRIPTION_INACTIVE if status in _INACTIVE else None


def _granted(
    caller: Caller, key_type: KeyType, application: ApplicationGrant | None, subscription: SubscriptionGrant | None
) -> Grant | Refusal:
    endpoint = _endpoint(caller.target, key_type)
    if endpoint is None:
        kind = key_type.lower()
        return Refusal(
            status=NO_ENDPOINT.status,
            code=NO_ENDPOINT.code,
            message=NO_ENDPOINT.message.format(Kind=kind.capitalize(), kind=kind),
            description=NO_ENDPOINT.description.format(kind=kind),
            perhaps_stale=True,
        )
    return Grant(caller, key_type, endpoint, application, subscription)


def _endpoint(target: Target, key_type: KeyType) -> str | None:
    deployed = target.api.deployed
    return deployed.production_endpoint if key_type is KeyType.PRODUCTION else deployed.sandbox_endpoint
