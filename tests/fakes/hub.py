from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.applications.webhook import Standing
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from gatehouse.domain.applications.webhook import Event, Registration, Webhook


class InMemoryHub:
    """Takes what it is handed, and answers as it is told to."""

    def __init__(self) -> None:
        self.standing = Standing.ACCEPTED
        self.down = False
        self.subscribed: list[Registration] = []
        self.unsubscribed: list[Webhook] = []
        self.published: list[Event] = []
        self.to_verify: list[Registration] = []
        self.to_deliver: list[tuple[Event, Webhook]] = []

    def subscribe(self, registration: Registration) -> Standing:
        self._answering()
        self.subscribed.append(registration)
        return self.standing

    def unsubscribe(self, webhook: Webhook) -> Standing:
        self._answering()
        self.unsubscribed.append(webhook)
        return self.standing

    def publish(self, event: Event) -> None:
        self._answering()
        self.published.append(event)

    def verify(self, registration: Registration) -> None:
        self._answering()
        self.to_verify.append(registration)

    def deliver(self, event: Event, webhook: Webhook) -> None:
        self._answering()
        self.to_deliver.append((event, webhook))

    def _answering(self) -> None:
        if self.down:
            raise Unavailable
