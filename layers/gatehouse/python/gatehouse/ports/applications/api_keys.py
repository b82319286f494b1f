"""API keys, as the store keeps them. Every write takes the gateway's grant along, and environments hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.api_key import ApiKey
    from gatehouse.domain.applications.application import Application


class ApiBoundKeys(Protocol):
    """The keys that are bound to an API, as the publisher sees them: they end with it."""

    def remove_of_api(self, tenant: str, api_id: str) -> None:
        """Revoke every key that is bound to the API. May be repeated. Raises Changed when they do not stop changing."""
        ...


class ApiKeys(ApiBoundKeys, Protocol):
    """Keeping API keys. All lists are oldest first."""

    def of_application(self, tenant: str, application_id: str) -> list[ApiKey]:
        """The keys that are bound to the application."""
        ...

    def associated(self, tenant: str, application_id: str) -> list[ApiKey]:
        """The keys that are bound to an API and associated with the application."""
        ...

    def of_owner(self, tenant: str, owner: str, api_id: str = "") -> list[ApiKey]:
        """The user's keys that are bound to an API: to this one, or to any."""
        ...

    def add(self, key: ApiKey, bound_to: Application | Api) -> ApiKey:
        """Keep a new key; returns it with its version. Raises Changed when what it is bound to moved on."""
        ...

    def renew(self, key: ApiKey, renewed: ApiKey, application: Application | None = None) -> ApiKey:
        """Put a key in place of one read before, under the same id; the old one opens nothing any more.

        Returns it with its new version. Raises Changed, also when the application that it is bound to moved on.
        """
        ...

    def associate(self, key: ApiKey, application: Application) -> ApiKey:
        """Let a key that is bound to an API, and stands for no application, stand for this one; returns it.

        Raises Changed, also when the application moved on.
        """
        ...

    def dissociate(self, key: ApiKey) -> ApiKey:
        """Let an associated key, read before, stand for no application; returns it. Raises Changed."""
        ...

    def remove(self, key: ApiKey) -> None:
        """Revoke a key read before. Raises Changed."""
        ...
