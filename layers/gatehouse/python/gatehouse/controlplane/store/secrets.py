"""Secrets of an application's keys: several at once, so that one is replaced before another goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from gatehouse.controlplane.store.keys import OwnKeys
    from gatehouse.domain.applications.application import ApplicationKey
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.tokens.oauth import NewSecret, SecretFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSecrets:
    """The secrets of the caller's keys at the resident key manager. `key` is a key's id.

    Every method raises ApplicationNotFound, KeyNotFound, Unavailable, and Invalid for keys of another key manager.
    """

    keys: OwnKeys

    def add(
        self, principal: Principal, application_id: str, key: str, *, description: str, expires_in: int
    ) -> NewSecret:
        """A further secret, never to be seen again. `expires_in` is in seconds, 0 is never. Raises Invalid."""
        found = self._resident(principal, application_id, key)
        return self.keys.key_manager.add_secret(
            tenant=found.tenant, client_id=found.client_id, description=description, expires_in=expires_in
        )

    def all(self, principal: Principal, application_id: str, key: str) -> list[SecretFacts]:
        """What secrets there are, without themselves."""
        found = self._resident(principal, application_id, key)
        return self.keys.key_manager.secrets(tenant=found.tenant, client_id=found.client_id)

    def revoke(self, principal: Principal, application_id: str, key: str, secret_id: str) -> None:
        """Void one. Raises SecretNotFound, LastSecret."""
        found = self._resident(principal, application_id, key)
        self.keys.key_manager.remove_secret(tenant=found.tenant, client_id=found.client_id, secret_id=secret_id)

    def _resident(self, principal: Principal, application_id: str, key: str) -> ApplicationKey:
        found = self.keys.get(principal, application_id, key)
        if found.key_manager_id:
            raise Invalid.field(
                "keyMappingId", "is of an external key manager, which keeps its clients' secrets itself"
            )
        return found
