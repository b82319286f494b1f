from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.applications.webhook import Standing

if TYPE_CHECKING:
    from gatehouse.domain.applications.webhook import Delivery, Webhook
    from tests.fakes.applications import Shelf

Place = tuple[str, str, str, str, str]


class InMemoryApplicationWebhooks:
    """Those whose subscription is gone are gone too."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._kept: dict[Place, Webhook] = {}

    def of_application(self, tenant: str, application_id: str, api_id: str = "") -> list[Webhook]:
        found = [one for one in self._alive() if (one.tenant, one.application_id) == (tenant, application_id)]
        there = [one for one in found if not api_id or one.api_id == api_id]
        return sorted(there, key=lambda one: (one.api_id, one.topic, one.callback))

    def of_topic(self, tenant: str, api_id: str, topic: str) -> list[Webhook]:
        return [one for one in self._alive() if (one.tenant, one.api_id, one.topic) == (tenant, api_id, topic)]

    def get(self, webhook: Webhook) -> Webhook | None:
        return self._kept.get(_place(webhook)) if self._subscribed(webhook) else None

    def keep(self, webhook: Webhook, *, places: int, now: int) -> Standing:
        with self._shelf.lock:
            if not self._subscribed(webhook):
                return Standing.ENDED
            known = self.get(webhook)
            held = self.of_application(webhook.tenant, webhook.application_id, webhook.api_id)
            if known is None and len(held) >= places:
                for one in [one for one in held if one.expires_at <= now]:
                    del self._kept[_place(one)]
                    held.remove(one)
            if known is None and len(held) >= places:
                return Standing.FULL
            last = {"delivered_at": known.delivered_at, "delivery": known.delivery} if known else {}
            self._kept[_place(webhook)] = replace(webhook, **last)  # type: ignore[arg-type]
            return Standing.ACCEPTED

    def remove(self, webhook: Webhook, *, expired_by: int = 0) -> bool:
        known = self.get(webhook)
        if known is not None and expired_by and known.expires_at > expired_by:
            return False
        return self._kept.pop(_place(webhook), None) is not None

    def note(self, webhook: Webhook, delivery: Delivery, at: int) -> None:
        if (known := self.get(webhook)) is not None:
            self._kept[_place(webhook)] = replace(known, delivery=delivery, delivered_at=at)

    def _alive(self) -> list[Webhook]:
        self._kept = {place: one for place, one in self._kept.items() if self._subscribed(one)}
        return list(self._kept.values())

    def _subscribed(self, webhook: Webhook) -> bool:
        return (webhook.tenant, webhook.application_id, webhook.api_id) in self._shelf.subscriptions


def _place(webhook: Webhook) -> Place:
    return webhook.tenant, webhook.application_id, webhook.api_id, webhook.topic, webhook.callback
