"""Subscriptions to APIs, as providers see and steer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher.routes import scopes as s
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import Page, page_of
from gatehouse.domain.people.identity import display_username
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.particulars.subscribers import Subscriber, Subscribers
    from gatehouse.domain.people.identity import User
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

ALL = "/subscriptions"
_BLOCKED = (SubscriptionStatus.BLOCKED, SubscriptionStatus.PROD_ONLY_BLOCKED)
_VIEW = (s.VIEW, s.MCP_VIEW, s.SUBSCRIPTION_MANAGE, s.SUBSCRIPTION_VIEW)
_BLOCK = (s.SUBSCRIPTION_BLOCK, s.SUBSCRIPTION_MANAGE)

_CLAIMS = {
    "http://wso2.org/claims/givenname": ("First Name", ("name", "givenName")),
    "http://wso2.org/claims/lastname": ("Last Name", ("name", "familyName")),
    "http://wso2.org/claims/emailaddress": ("Email", ("emails",)),
}


def routes(subscribers: Subscribers) -> tuple[Operation, ...]:
    """List, block, unblock, change the plan; see who a subscriber is."""

    def listed(request: Request) -> Answer:
        found = subscribers.all(request.principal, request.query.get("apiId", ""), request.query.get("query", ""))
        page = page_of(found, request.slice())
        shown = Page(items=tuple(subscribers.some(page.items)), total=page.total, slice=page.slice)
        return Answer(body=envelope(shown, view, resource=ALL, query=request.query))

    def set_status(request: Request, status: SubscriptionStatus) -> Answer:
        subscription_id, wanted = request.required("subscriptionId"), wanted_versions(request)
        return _steered(subscribers.set_status(request.principal, subscription_id, status, wanted))

    def block(request: Request) -> Answer:
        state = request.required("blockState")
        if state not in _BLOCKED:
            raise Invalid.field("blockState", f"'{state}' is none of {', '.join(_BLOCKED)}")
        return set_status(request, SubscriptionStatus(state))

    def unblock(request: Request) -> Answer:
        return set_status(request, SubscriptionStatus.UNBLOCKED)

    def change(request: Request) -> Answer:
        subscription_id, plan = request.required("subscriptionId"), request.required("businessPlan")
        return _steered(subscribers.change_plan(request.principal, subscription_id, plan, wanted_versions(request)))

    def person(request: Request) -> Answer:
        name, user = subscribers.person(request.principal, request.path["subscriptionId"])
        return Answer(body={"name": name, "claims": _claims(user)})

    line = Lines("Subscriptions")
    steer = ("subscriptionId",)
    return (
        line(
            "GET",
            ALL,
            "getSubscriptions",
            "The subscriptions to an API, or to all",
            listed,
            _VIEW,
            query=("apiId", "limit", "offset", "query"),
        ),
        line(
            "POST",
            f"{ALL}/block-subscription",
            "blockSubscription",
            "Refuse the calls of a subscription, all or those to production",
            block,
            _BLOCK,
            query=(*steer, "blockState"),
        ),
        line(
            "POST",
            f"{ALL}/unblock-subscription",
            "unBlockSubscription",
            "Admit the calls of a subscription again",
            unblock,
            _BLOCK,
            query=steer,
        ),
        line(
            "POST",
            f"{ALL}/change-business-plan",
            "changeSubscriptionBusinessPlan",
            "Put a subscription on another plan",
            change,
            (s.SUBSCRIPTION_MANAGE,),
            query=(*steer, "businessPlan"),
        ),
        Lines("Subscriber")(
            "GET",
            f"{ALL}/{{subscriptionId}}/subscriber-info",
            "getSubscriberInfoBySubscriptionId",
            "Who has a subscription",
            person,
            _VIEW,
        ),
    )


def view(found: Subscriber) -> dict[str, Any]:
    """A subscription with its application."""
    subscription, application = found.subscription, found.application
    return {
        "subscriptionId": subscription.id,
        "applicationInfo": {
            "applicationId": application.id,
            "name": application.name,
            "subscriber": display_username(application.tenant, application.owner),
            "description": application.description,
            "subscriptionCount": application.subscriptions,
        },
        "throttlingPolicy": subscription.policy,
        "subscriptionStatus": subscription.status,
    }


def _steered(found: Subscriber) -> Answer:
    return versioned(Answer(body=view(found)), found.subscription.version)


def _claims(user: User | None) -> list[dict[str, str]]:
    """What a user says of themselves."""
    found = []
    for uri, (name, path) in _CLAIMS.items():
        value: object = user.profile if user else {}
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, dict):
            value = value.get("value")
        if value:
            found.append({"name": name, "URI": uri, "value": str(value)})
    return found
