"""Webhooks: where an application has events of APIs sent to.

The gateway delivers no events (`docs/guides/definitions.md`), so no application has registered an address with it. Who asks is
told so, and learns of a wrong id as everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.store.routes.common import visiting
from gatehouse.domain.page import page_of
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.edge.http import Request

PATH = "/webhooks/subscriptions"


def routes(applications: OwnApplications, storefront: Storefront) -> tuple[Operation, ...]:
    """List them."""

    def subscriptions(request: Request) -> Answer:
        applications.get(request.principal, request.required("applicationId"))
        if api_id := request.query.get("apiId"):
            storefront.get(visiting(request), api_id)
        none: list[dict[str, str]] = []
        return Answer(body=envelope(page_of(none, request.slice()), dict, resource=PATH, query=request.query))

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
