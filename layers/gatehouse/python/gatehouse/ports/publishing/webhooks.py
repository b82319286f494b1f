"""Webhooks: asking other systems to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.publishing.webhook import Message, Webhook


class Webhooks(Protocol):
    """Posts messages, but to none that nobody may call: loopback, link-local, private, metadata."""

    def post(self, hook: Webhook, message: Message) -> None:
        """Hand the message over, with several tries. Raises Unavailable when it is not taken."""
        ...
