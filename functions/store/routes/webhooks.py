"""Webhooks: where an application has events of APIs sent to. Subscribing is done at the gateway (docs/guides/webhooks.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.store.routes.common import visiting
from gatehouse.domain.page import page_of
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.store.webhooks import OwnWebhooks
    from gatehouse.domain.applications.webhook import Webhook
    from gatehouse.edge.http import Request

PATH = "/webhooks/subscriptions"


def routes(webhooks: OwnWebhooks) -> tuple[Operation, ...]:
    """List them."""

    def subscriptions(request: Request) -> Answer:
        application_id, api_id = request.required("applicationId"), request.query.get("apiId", "")
        found = webhooks.of(request.principal, visiting(request), application_id, api_id)
        return Answer(body=envelope(page_of(found, request.slice()), _shown, resource=PATH, query=request.query))

    return (
        Operation(
            method="GET",
            path=PATH,
            id="listWebhookSubscriptions",
            route=subscriptions,
            summary="The addresses that an application has events sent to",
            tag="Webhooks",
            query=("applicationId", "apiId"),
        ),
    )


def _shown(webhook: Webhook) -> dict[str, Any]:
    """`deliveryTime` and `deliveryStatus` (1 is made, 0 failed) are null until there was a delivery."""
    delivered = webhook.delivery is not None
    at = datetime.fromtimestamp(webhook.delivered_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if delivered else None
    return {
        "apiId": webhook.api_id,
        "appId": webhook.application_id,
        "topic": webhook.topic,
        "callBackUrl": webhook.callback,
        "deliveryTime": at,
        "deliveryStatus": webhook.delivery,
    }
