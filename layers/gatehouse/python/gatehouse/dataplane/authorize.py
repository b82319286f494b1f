"""Authorize: what the caller may use of the API: an application, its subscription, the operation's scopes, endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.refusal import (
    NO_ENDPOINT,
    NOT_SUBSCRIBED,
    SCOPE_MISSING,
    SUBSCRIPTION_BLOCKED,
    SUBSCRIPTION_INACTIVE,
    Refusal,
)
from gatehouse.dataplane.evidence import Grant, Scheme
from gatehouse.domain.applications.grant import KeyType, SubscriptionGrant, SubscriptionStatus
from gatehouse.domain.throttling.policy import SUBSCRIPTIONLESS

if TYPE_CHECKING:
    from gatehouse.dataplane.evidence import Caller, Target
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.applications.grant import ApplicationGrant
    from gatehouse.domain.publishing.deployed import DeployedOperation, EndpointGroup

_INACTIVE = frozenset({SubscriptionStatus.ON_HOLD, SubscriptionStatus.REJECTED})
_WITHOUT_APPLICATION = frozenset({Scheme.NONE, Scheme.BASIC, Scheme.INTERNAL_KEY})
_WITH_PLAN = frozenset({Scheme.MUTUAL_TLS, Scheme.SIGNATURE})
"""Credentials that bring a plan along, and have no application."""
_WITH_SCOPES = frozenset({Scheme.OAUTH2, Scheme.BASIC})
_PROTOTYPED = "PROTOTYPED"


def authorize(caller: Caller, catalogue: Catalogue) -> Grant | Refusal:
    """The grant, or why there is none. Subscriptions come before scopes, as in WSO2's gateway."""
    identity = caller.identity
    if identity.scheme in _WITH_PLAN:
        subscription = SubscriptionGrant(
            subscription_id=identity.credential_id, policy=identity.plan, status=SubscriptionStatus.UNBLOCKED
        )
        return _scoped(caller, identity.key_type or KeyType.PRODUCTION, None, subscription)
    if identity.scheme in _WITHOUT_APPLICATION:
        return _scoped(caller, identity.key_type or KeyType.PRODUCTION, None, None)
    tenant = identity.tenant or caller.target.api.deployed.tenant
    application = identity.application or catalogue.application(tenant, identity.consumer_key, identity.key_manager)
    if application is None:
        return NOT_SUBSCRIBED
    outcome = _subscribed(caller.target, application, catalogue, abroad=bool(identity.tenant))
    if isinstance(outcome, Refusal):
        return outcome
    return _scoped(caller, application.key_type, application, outcome)


def _subscribed(
    target: Target, application: ApplicationGrant, catalogue: Catalogue, *, abroad: bool
) -> SubscriptionGrant | Refusal:
    """The application's subscription, which one of another tenant cannot go without."""
    deployed = target.api.deployed
    subscription = catalogue.subscription(deployed.tenant, application.application_id, deployed.id)
    if subscription is None:
        if abroad or (deployed.access.subscribed and target.api.state != _PROTOTYPED):
            return NOT_SUBSCRIBED
        return SubscriptionGrant(subscription_id="", policy=SUBSCRIPTIONLESS, status=SubscriptionStatus.UNBLOCKED)
    return _closed(subscription.status, application.key_type) or subscription


def _closed(status: SubscriptionStatus, key_type: KeyType) -> Refusal | None:
    """Why a subscription in this state admits no call with this kind of key; None when it does."""
    if status is SubscriptionStatus.UNBLOCKED:
        return None
    if status is SubscriptionStatus.BLOCKED:
        return SUBSCRIPTION_BLOCKED
    if status is SubscriptionStatus.PROD_ONLY_BLOCKED and key_type is KeyType.PRODUCTION:
        return SUBSCRIPTION_BLOCKED
    return SUBSCRIPTION_INACTIVE if status in _INACTIVE else None


def _scoped(
    caller: Caller, key_type: KeyType, application: ApplicationGrant | None, subscription: SubscriptionGrant | None
) -> Grant | Refusal:
    target, identity = caller.target, caller.identity
    # An API key, a certificate and a test key carry no scopes: they open every operation, as in WSO2's gateway.
    if identity.scheme in _WITH_SCOPES:
        for operation in target.operations:
            if operation.scopes and identity.scopes.isdisjoint(operation.scopes):
                return _scope_missing(target, operation)
    endpoints = _endpoints(target, key_type)
    if endpoints is None:
        return _no_endpoint(key_type)
    return Grant(caller, key_type, endpoints, application, subscription)


def _scope_missing(target: Target, operation: DeployedOperation) -> Refusal:
    resource = f"{target.api.deployed.base_path}{target.suffix}"
    if target.weight is not None:
        resource = f"{resource} ({operation.verb.lower()} {operation.target})"
    return SCOPE_MISSING.because(SCOPE_MISSING.description.format(resource=resource))


def _endpoints(target: Target, key_type: KeyType) -> EndpointGroup | None:
    behind = target.behind
    return behind.production if key_type is KeyType.PRODUCTION else behind.sandbox


def _no_endpoint(key_type: KeyType) -> Refusal:
    kind = key_type.lower()
    return Refusal(
        status=NO_ENDPOINT.status,
        code=NO_ENDPOINT.code,
        message=NO_ENDPOINT.message.format(Kind=kind.capitalize(), kind=kind),
        description=NO_ENDPOINT.description.format(kind=kind),
        perhaps_stale=True,
    )
