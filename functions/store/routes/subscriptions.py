"""Subscriptions of the caller's applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store import views, wire
from functions.store.routes.common import ROOT, SUBSCRIPTIONS, visiting
from gatehouse.controlplane.store.subscriptions import Wish, check_same
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.domain.portal.billing import check_billed
from gatehouse.edge.http import JSON, Answer, accepted, created
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.store.subscriptions import OwnSubscriptions, Subscribed
    from gatehouse.edge.http import Request

TAG = "Subscriptions"
PATH = "/subscriptions"
ONE = "/subscriptions/{subscriptionId}"


def routes(subscriptions: OwnSubscriptions) -> tuple[Operation, ...]:
    """List, subscribe, read, change the plan, end."""
    own = _Subscriptions(subscriptions)
    return (
        Operation(
            method="GET",
            path=PATH,
            id="listSubscriptions",
            route=own.all,
            summary="The caller's subscriptions to an API, or of an application",
            tag=TAG,
            scopes=SUBSCRIPTIONS,
            query=("apiId", "applicationId", "limit", "offset"),
        ),
        Operation(
            method="POST",
            path=PATH,
            id="subscribe",
            route=own.create,
            summary="Subscribe an application to an API, on one of its plans",
            tag=TAG,
            scopes=SUBSCRIPTIONS,
            body=wire.SubscriptionBody,
            answers=(201,),
        ),
        Operation(
            method="GET",
            path=f"{ONE}/usage",
            id="getSubscriptionUsage",
            route=own.usage,
            summary="What is to be paid for a subscription, where a billing engine is connected",
            tag="API Monetization",
            scopes=SUBSCRIPTIONS,
        ),
        Operation(
            method="POST",
            path=f"{PATH}/multiple",
            id="subscribeToSeveral",
            route=own.create_several,
            summary="Several subscriptions at once; the body is a list of them",
            tag=TAG,
            scopes=SUBSCRIPTIONS,
            accepts=(JSON,),
        ),
        Operation(
            method="GET",
            path=f"{PATH}/{{apiId}}/additionalInfo",
            id="getAdditionalInfoOfAPISubscriptions",
            route=own.additional_info,
            summary="The caller's subscriptions to an API, with what is special about them",
            tag=TAG,
            query=("limit", "offset"),
        ),
        Operation(
            method="GET",
            path=ONE,
            id="getSubscription",
            route=own.get,
            summary="One subscription",
            tag=TAG,
            scopes=SUBSCRIPTIONS,
        ),
        Operation(
            method="PUT",
            path=ONE,
            id="updateSubscription",
            route=own.update,
            summary="Move a subscription to another plan",
            tag=TAG,
            scopes=SUBSCRIPTIONS,
            body=wire.SubscriptionBody,
        ),
        Operation(
            method="DELETE",
            path=ONE,
            id="unsubscribe",
            route=own.delete,
            summary="End a subscription, or ask for an approval to end it",
            tag=TAG,
            scopes=SUBSCRIPTIONS,
            answers=(200, 202),
        ),
    )


class _Subscriptions:
    def __init__(self, subscriptions: OwnSubscriptions) -> None:
        self._subscriptions = subscriptions

    def all(self, request: Request) -> Answer:
        wanted = request.slice()
        page = page_of(self._found(request), wanted)
        return Answer(body=envelope(page, self._view(request), resource=PATH, query=request.query))

    def usage(self, request: Request) -> Answer:
        check_billed(self._subscriptions.get(request.principal, request.path["subscriptionId"]).api)
        return Answer()

    def create(self, request: Request, body: wire.SubscriptionBody) -> Answer:
        subscribed = self._subscriptions.subscribe(request.principal, _wish(request, body))
        return created(f"{ROOT}{PATH}/{subscribed.subscription.id}", self._view(request)(subscribed))

    def create_several(self, request: Request) -> Answer:
        body = parse(wire.SubscriptionsBody, {"subscriptions": request.json()})
        wishes = [_wish(request, each) for each in body.subscriptions]
        subscribed = self._subscriptions.subscribe_all(request.principal, wishes)
        return Answer(body=list(map(self._view(request), subscribed)))

    def get(self, request: Request) -> Answer:
        found = self._subscriptions.get(request.principal, request.path["subscriptionId"])
        return Answer(body=self._view(request)(found))

    def update(self, request: Request, body: wire.SubscriptionBody) -> Answer:
        subscription_id = request.path["subscriptionId"]
        known = self._subscriptions.get(request.principal, subscription_id).subscription
        check_same("applicationId", body.applicationId, known.application_id)
        check_same("apiId", body.apiId, known.api_id)
        check_same("status", body.status, known.status)
        policy = body.requestedThrottlingPolicy or body.throttlingPolicy
        changed = self._subscriptions.change_plan(request.principal, subscription_id, policy)
        return Answer(body=self._view(request)(changed))

    def delete(self, request: Request) -> Answer:
        waits = self._subscriptions.unsubscribe(request.principal, request.path["subscriptionId"])
        if waits is None:
            return Answer()
        return accepted(f"{ROOT}{PATH}/{waits.subscription.id}", views.waiting())

    def additional_info(self, request: Request) -> Answer:
        wanted = request.slice()
        found = self._subscriptions.to_shown_api(visiting(request), request.principal, request.path["apiId"])
        page = page_of(found, wanted)
        resource = f"{PATH}/{request.path['apiId']}/additionalInfo"
        return Answer(body=envelope(page, views.additional_info, resource=resource, query=request.query))

    def _view(self, request: Request) -> Callable[[Subscribed], dict[str, Any]]:
        glances = self._subscriptions.glances(request.principal)
        hidden = self._subscriptions.applications.attributes.hidden(request.principal.tenant)
        return lambda found: views.subscription(found, glances(found.subscription), hidden)

    def _found(self, request: Request) -> list[Subscribed]:
        api_id, application_id = request.query.get("apiId", ""), request.query.get("applicationId", "")
        if application_id:
            found = self._subscriptions.of_application(request.principal, application_id)
            return [each for each in found if api_id in {"", each.subscription.api_id}]
        if not api_id:
            raise Invalid.field("apiId", "name an API (apiId) or an application (applicationId)")
        return self._subscriptions.to_api(request.principal, api_id)


def _wish(request: Request, body: wire.SubscriptionBody) -> Wish:
    """The API is looked for where the developer looks around: the tenant that `X-WSO2-Tenant` names, or their own."""
    return Wish(
        application_id=body.applicationId,
        api_id=body.apiId,
        policy=body.throttlingPolicy,
        tenant=visiting(request).tenant,
    )
