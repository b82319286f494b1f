"""The hub at the gateway: what has passed the entrance is handed over, and the caller told what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.call import Reply
from gatehouse.dataplane.websub.parameters import is_form, parameters_of
from gatehouse.dataplane.websub.refusals import GUEST, HUB_DOWN, NO_APPLICATION, UNINTELLIGIBLE, WEBHOOKS_FULL
from gatehouse.domain.apis.websub import Mode, hub_request
from gatehouse.domain.applications.webhook import WEBHOOKS_MAX, Event, Registration, Standing, Webhook
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.throttling.policy import UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Admission, Grant
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.apis.websub import HubRequest
    from gatehouse.ports.hub import Hub

ACCEPTED = 202
"""What a form is answered with (W3C WebSub §5.1)."""

TAKEN = 200
"""What WSO2's gateway answers to parameters in the query, and to events."""

DEFAULT_TYPE = "application/octet-stream"

_FORBIDDEN = "hub.callback names an address that may not be called"


def at_the_hub(call: Call, admission: Admission, hub: Hub, catalogue: Catalogue) -> Reply | Refusal:
    """Hand over what was admitted. Nothing has been accepted when this is a refusal."""
    grant = admission.grant
    try:
        if grant.caller.target.suffix:
            return _published(call, grant, hub)
        request = hub_request(parameters_of(call))
        if isinstance(request, str):  # it was none when the target was found
            return UNINTELLIGIBLE.because(UNINTELLIGIBLE.description.format(problem=request))
        return _registered(call, grant, request, hub, _places(grant, catalogue))
    except Unavailable:
        return HUB_DOWN


def _published(call: Call, grant: Grant, hub: Hub) -> Reply:
    deployed = grant.caller.target.api.deployed
    event = Event(
        id=call.activity_id,
        tenant=deployed.tenant,
        api_id=deployed.id,
        topic=grant.caller.target.operation.target,
        content_type=call.headers.get("content-type", DEFAULT_TYPE),
        body=call.body,
    )
    hub.publish(event)
    return Reply(status=TAKEN, headers=(), body=b"")


def _registered(call: Call, grant: Grant, request: HubRequest, hub: Hub, places: int) -> Reply | Refusal:
    application, subscription = grant.application, grant.subscription
    if application is None or subscription is None or not subscription.subscription_id:
        return NO_APPLICATION
    if grant.caller.identity.tenant:
        return GUEST
    target = grant.caller.target
    deployed = target.api.deployed
    now = int(call.received_at)
    webhook = Webhook(
        tenant=deployed.tenant,
        application_id=application.application_id,
        api_id=deployed.id,
        topic=target.operation.target,
        callback=request.callback,
        secret=request.secret,
        key_type=grant.key_type,
        subject=grant.caller.identity.subject,
        created_at=now,
        expires_at=now + request.lease_seconds,
    )
    if request.mode is Mode.UNSUBSCRIBE:
        standing = hub.unsubscribe(webhook)
    else:
        registration = Registration(
            webhook=webhook,
            topic_name=request.topic,
            lease_seconds=request.lease_seconds,
            places=places,
            verified=deployed.events is not None and deployed.events.verified,
        )
        standing = hub.subscribe(registration)
    return _answer(call, standing, places)


def _answer(call: Call, standing: Standing, places: int) -> Reply | Refusal:
    match standing:
        case Standing.FULL:
            return WEBHOOKS_FULL.because(WEBHOOKS_FULL.description.format(places=places))
        case Standing.ENDED:
            return NO_APPLICATION
        case Standing.FORBIDDEN:
            return UNINTELLIGIBLE.because(UNINTELLIGIBLE.description.format(problem=_FORBIDDEN))
        case Standing.ACCEPTED:
            return Reply(status=ACCEPTED if is_form(call) else TAKEN, headers=(), body=b"")


def _places(grant: Grant, catalogue: Catalogue) -> int:
    """How many webhooks the plan allows the application at the API."""
    subscription = grant.subscription
    if subscription is None or subscription.policy == UNLIMITED:
        return WEBHOOKS_MAX
    tenant = grant.caller.target.api.deployed.tenant
    terms = catalogue.terms(tenant, PolicyKind.SUBSCRIPTION, subscription.policy)
    return min(terms.webhooks, WEBHOOKS_MAX) if terms and terms.webhooks else WEBHOOKS_MAX
