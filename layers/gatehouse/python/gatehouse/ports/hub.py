"""The hub, as the gateway sees it: what subscribers and backends want is handed over to a function of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.applications.webhook import Event, Registration, Standing, Webhook


class Hub(Protocol):
    """Every method raises Unavailable: then nothing was accepted."""

    def subscribe(self, registration: Registration) -> Standing:
        """Have events sent to a callback, or say why not. It is known by then, unless it is to be `verified` first."""
        ...

    def unsubscribe(self, webhook: Webhook) -> Standing:
        """Have no more events of the topic sent to the callback; it need not be there."""
        ...

    def publish(self, event: Event) -> None:
        """Have an event delivered. When this returns it is kept, and is tried until Lambda gives it up."""
        ...


class Errands(Protocol):
    """The hub's own errands, done later and again when they fail. Every method raises Unavailable."""

    def verify(self, registration: Registration) -> None:
        """Ask a callback whether it wants to be subscribed."""
        ...

    def deliver(self, event: Event, webhook: Webhook) -> None:
        """Send one event to one callback."""
        ...
