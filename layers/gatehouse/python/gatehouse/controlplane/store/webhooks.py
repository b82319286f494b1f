"""Own webhooks: where an application has events sent to, and how the last delivery to each went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.applications.webhook import Webhook
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.applications import webhooks
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWebhooks:
    """Those of applications that the caller may use."""

    applications: OwnApplications
    storefront: Storefront
    webhooks: webhooks.OwnWebhooks
    clock: Clock

    def of(self, principal: Principal, visitor: Visitor, application_id: str, api_id: str = "") -> list[Webhook]:
        """The webhooks of an application whose lease runs, at one API or at all (""), by API and topic.

        Raises ApplicationNotFound, and ApiNotFound for an API that the visitor does not see.
        """
        application = self.applications.get(principal, application_id)
        if api_id:
            self.storefront.get(visitor, api_id)
        now = self.clock.now()
        found = self.webhooks.of_application(application.tenant, application.id, api_id)
        return [webhook for webhook in found if webhook.expires_at > now]
