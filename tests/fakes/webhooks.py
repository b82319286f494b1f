"""Webhooks in memory. Verified by tests/contract/test_webhooks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from gatehouse.domain.publishing.webhook import Message, Webhook


class InMemoryWebhooks:
    """Keeps what was posted; addresses that are `silent` take nothing."""

    def __init__(self, *silent: str) -> None:
        self.silent = set(silent)
        self.posted: list[tuple[Webhook, Message]] = []

    def post(self, hook: Webhook, message: Message) -> None:
        if hook.url in self.silent:
            raise Unavailable
        self.posted.append((hook, message))
