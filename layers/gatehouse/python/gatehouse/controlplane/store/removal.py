"""Removal of an application: its calls end first, then its clients, then it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.controlplane.store.external_clients import ExternalClients
    from gatehouse.domain.application import Application
    from gatehouse.ports.applications import ApplicationKeys, Applications
    from gatehouse.ports.key_manager import KeyManager


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Whatever stops it half way, no call of the application gets through, and removing it again goes on from there."""

    applications: Applications
    keys: ApplicationKeys
    key_manager: KeyManager
    external_clients: ExternalClients

    def remove(self, application: Application) -> None:
        """Forget an application read before. Raises Changed, RegistrationRefused, RegistrationFailed, Unavailable."""
        withdrawn = self.applications.withdraw(application)
        for key in self.keys.of_application(withdrawn.tenant, withdrawn.id):
            if key.key_manager_id:
                self.external_clients.forget(key)
            else:
                self.key_manager.delete_client(tenant=key.tenant, client_id=key.client_id)
        self.applications.remove(withdrawn)
