"""Delivery: an event goes to every webhook of its topic, each by an errand of its own, so that one that fails is tried alone.

What an errand raises has it run again (Lambda's asynchronous invocations: twice, after a minute and after two more). So a
callback may get an event more than once, under the same `activityid`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from gatehouse.dataplane.foreign import ForeignCall
from gatehouse.dataplane.limits.meters import EVENTS
from gatehouse.domain.apis.streaming import SUBSCRIBE
from gatehouse.domain.apis.websub import signature
from gatehouse.domain.applications.webhook import Delivery
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.limit import Unit
from gatehouse.ports.backends import SUCCESS, BackendFailed, BackendRequest

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from gatehouse.dataplane.foreign import Judge
    from gatehouse.domain.applications.webhook import Event, Webhook
    from gatehouse.domain.publishing.deployed import DeployedApi
    from gatehouse.ports.applications.webhooks import Webhooks
    from gatehouse.ports.backends import Backends
    from gatehouse.ports.hub import Errands
    from gatehouse.ports.world import Clock

GONE = 410
"""A callback that answers this wants no more events (W3C WebSub §7)."""

USER_AGENT = "Gatehouse-Hub"


class Undelivered(Exception):
    """A callback did not take an event; it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """Brings events to webhooks. `gateway_url` is where subscribers find the hub."""

    webhooks: Webhooks
    backends: Backends
    errands: Errands
    judge: Judge
    clock: Clock
    executor: Executor
    gateway_url: str

    def distribute(self, event: Event) -> int:
        """Start an errand for each webhook of the event's topic; how many. Forgets the expired. Raises Unavailable."""
        now = self.clock.now()
        found = self.webhooks.of_topic(event.tenant, event.api_id, event.topic)
        for webhook in found:
            if webhook.expires_at <= now:
                self.webhooks.remove(webhook, expired_by=int(now))
        alive = [webhook for webhook in found if webhook.expires_at > now]
        for started in [self.executor.submit(self.errands.deliver, event, webhook) for webhook in alive]:
            started.result()
        return len(alive)

    def deliver(self, event: Event, webhook: Webhook) -> str:
        """Send an event to one callback: "delivered", or why not ("gone", "expired", or a code of the gateway's).

        A subscription that is blocked gets none, nor one whose plan has no events left; those are not kept for later.
        Raises Undelivered, Unavailable.
        """
        known = self.webhooks.get(webhook)
        if known is None:
            return "gone"
        if known.expires_at <= self.clock.now():
            return "expired"
        judgement = self.judge.judge(_counted(event, known))
        if judgement.refusal is not None:
            if judgement.refusal.code == EVENTS:
                self._note(known, Delivery.FAILED)
            return judgement.refusal.code
        served = self.judge.catalogue.anywhere(event.tenant, event.api_id)
        if served is None:
            raise Unavailable(api=event.api_id)  # it was there when the event was counted
        return self._sent(event, known, served.deployed)

    def _sent(self, event: Event, webhook: Webhook, deployed: DeployedApi) -> str:
        request = BackendRequest(
            method="POST", url=webhook.callback, headers=self._headers(event, webhook, deployed), body=event.body
        )
        try:
            status = self.backends.send(request).status
        except BackendFailed as error:
            self._note(webhook, Delivery.FAILED)
            raise Undelivered(f"{type(error).__name__}: {error}") from error
        if status == GONE:
            self.webhooks.remove(webhook)
            return "gone"
        if status not in SUCCESS:
            self._note(webhook, Delivery.FAILED)
            raise Undelivered(f"status {status}")
        self._note(webhook, Delivery.MADE)
        return "delivered"

    def _headers(self, event: Event, webhook: Webhook, deployed: DeployedApi) -> dict[str, str]:
        """W3C WebSub §7: what it is, whose it is, and the subscriber's signature."""
        headers = {
            "content-type": event.content_type,
            "link": self._links(event, deployed),
            "user-agent": USER_AGENT,
            "activityid": event.id,
        }
        if webhook.secret and deployed.events is not None:
            headers[deployed.events.header] = signature(event.body, webhook.secret, deployed.events.algorithm)
        return headers

    def _links(self, event: Event, deployed: DeployedApi) -> str:
        root = f"https://{deployed.host}" if deployed.host else self.gateway_url
        tenant = "" if event.tenant == SUPER_TENANT else f"/t/{event.tenant}"
        hub = f"{root}{tenant}{deployed.base_path}"
        return f'<{hub}>; rel="hub", <{hub}?hub.topic={quote(event.topic, safe="/")}>; rel="self"'

    def _note(self, webhook: Webhook, delivery: Delivery) -> None:
        self.webhooks.note(webhook, delivery, int(self.clock.now()))


def _counted(event: Event, webhook: Webhook) -> ForeignCall:
    """The delivery as a call of the subscriber's: one request, one event, and the bytes."""
    return ForeignCall(
        tenant=event.tenant,
        api_id=event.api_id,
        verb=SUBSCRIBE,
        target=event.topic,
        application_id=webhook.application_id,
        caller=webhook.subject,
        key_type=webhook.key_type,
        address="",
        costs={Unit.REQUESTS: 1, Unit.EVENTS: 1, Unit.BYTES: len(event.body)},
    )
