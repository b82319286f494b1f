"""Webhooks: kept by the hub, shown by the store, and gone with their subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.applications.webhook import Delivery, Standing, Webhook


class OwnWebhooks(Protocol):
    """Reading those of an application."""

    def of_application(self, tenant: str, application_id: str, api_id: str = "") -> list[Webhook]:
        """Every webhook of an application, at one API or at all ("") by API and topic; expired ones among them."""
        ...


class Webhooks(OwnWebhooks, Protocol):
    """Keeping them. Every method raises Unavailable."""

    def get(self, webhook: Webhook) -> Webhook | None:
        """What is known of the webhook with this application, API, topic and callback."""
        ...

    def keep(self, webhook: Webhook, *, places: int, now: int) -> Standing:
        """Keep it, in place of one with the same topic and callback: ACCEPTED, or FULL or ENDED and nothing is kept.

        An application never has more than `places` of them at an API, whatever happens at the same time; those that have
        expired by `now` make room. Raises Changed when others do not stop coming.
        """
        ...

    def remove(self, webhook: Webhook, *, expired_by: int = 0) -> bool:
        """Forget it, with `expired_by` only if its lease has run out by then; whether it was forgotten."""
        ...

    def of_topic(self, tenant: str, api_id: str, topic: str) -> list[Webhook]:
        """Those of all applications at a topic; expired ones among them."""
        ...

    def note(self, webhook: Webhook, delivery: Delivery, at: int) -> None:
        """Keep how a delivery went, unless the webhook is gone."""
        ...
