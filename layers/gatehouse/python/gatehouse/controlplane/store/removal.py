"""Removal of an application: its calls end first, then its clients, then what waits for it, then it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.store.external_clients import ExternalClients
    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.domain.applications.application import Application
    from gatehouse.ports.applications.applications import ApplicationKeys, Applications, Subscriptions
    from gatehouse.ports.publishing.workflows import Along
    from gatehouse.ports.tokens.key_manager import KeyManager


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Whatever stops it half way, no call of the application gets through, and removing it again goes on from there."""

    applications: Applications
    keys: ApplicationKeys
    subscriptions: Subscriptions
    key_manager: KeyManager
    external_clients: ExternalClients
    approvals: Approvals

    def remove(self, application: Application, *, along: Sequence[Along] = ()) -> None:
        """Forget an application read before, and give up all that it, its keys and its subscriptions wait for.

        `along` decides what the application itself waits for. Raises Changed, RegistrationRefused, RegistrationFailed,
        Unavailable.
        """
        tenant = application.tenant
        withdrawn = self.applications.withdraw(
            application, along=along or self.approvals.given_up(tenant, application.workflow)
        )
        keys = self.keys.of_application(tenant, withdrawn.id)
        for key in keys:
            if not key.client_id:
                continue
            if key.key_manager_id:
                self.external_clients.forget(key)
            else:
                self.key_manager.delete_client(tenant=key.tenant, client_id=key.client_id)
        subscriptions = self.subscriptions.of_application(tenant, withdrawn.id)
        # From here on nothing can be added to it, so this is all that waits.
        self.approvals.drop(tenant, [key.workflow for key in keys])
        self.approvals.drop_of(subscriptions)
        self.applications.remove(withdrawn)
