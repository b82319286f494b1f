"""Subscriptions, as the publisher sees them: who depends on an API."""

from __future__ import annotations

from typing import Protocol


class ApiSubscriptions(Protocol):
    """The subscriptions to an API."""

    def subscribed(self, tenant: str, api_id: str) -> bool:
        """Whether any application is subscribed to the API. Strongly consistent."""
        ...

    def remove_of_api(self, tenant: str, api_id: str) -> None:
        """End every subscription to the API, at the gateway too, and leave nothing that was kept about them.

        May be repeated. The API must be such that nobody can subscribe to it any more.
        """
        ...
