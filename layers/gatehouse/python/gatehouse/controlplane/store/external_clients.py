"""External clients: what the store asks of external key managers, for developers who may use them."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.key_management.desks import desk_of
from gatehouse.domain.applications.application import KeyManagerUnknown, KeyMode
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.tokens.key_manager import KeyManagerDisabled, KeyManagerRestricted, MappingNotSupported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.controlplane.key_management.reach import Reach
    from gatehouse.domain.applications.application import ApplicationKey
    from gatehouse.domain.applications.registration import Desk, Registration
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.ports.applications.registrars import ClientRegistrar


@dataclass(frozen=True, slots=True)
class ExternalClients:
    """Finds key managers and has clients forgotten there; `registrar` does the rest."""

    reach: Reach
    registrar: ClientRegistrar

    def usable(self, principal: Principal) -> list[ExternalKeyManager]:
        """The external key managers that the caller may have keys at, by name."""
        found = self.reach.all(principal.tenant)
        return [one for one in found if one.enabled and one.may_be_used_by(principal.roles)]

    def named(self, principal: Principal, name: str) -> ExternalKeyManager:
        """The one of this name or id. Raises KeyManagerUnknown, KeyManagerDisabled, KeyManagerRestricted."""
        return self._usable(principal, name, self.reach.named(principal.tenant, name))

    def of(self, principal: Principal, key: ApplicationKey) -> ExternalKeyManager:
        """The one that a key is at. Raises KeyManagerUnknown, KeyManagerDisabled, KeyManagerRestricted."""
        return self._usable(principal, key.key_manager, self.reach.get(key.tenant, key.key_manager_id))

    def forget(self, key: ApplicationKey) -> None:
        """Have the client of a key deleted, if it was made for it and its key manager deletes clients at all.

        Raises RegistrationRefused, RegistrationFailed, Unavailable.
        """
        found = self.reach.get(key.tenant, key.key_manager_id)
        if key.mode is KeyMode.MAPPED or key.registration is None or found is None:
            return
        with suppress(MappingNotSupported):
            self.registrar.delete(desk_of(found), key.registration)

    @contextmanager
    def undone_on_failure(self, desk: Desk, registration: Registration) -> Iterator[None]:
        """Have a client deleted again when the block fails. The failure says which client it was."""
        try:
            yield
        except GatehouseError as error:
            error.facts |= {"client_id": registration.client_id, "key_manager": desk.name}
            # If even that fails it is left over there, and no call gets through with it; the first failure counts.
            with suppress(GatehouseError):
                self.registrar.delete(desk, registration)
            raise

    def _usable(self, principal: Principal, name: str, found: ExternalKeyManager | None) -> ExternalKeyManager:
        if found is None:
            raise KeyManagerUnknown.field("keyManager", f"there is no key manager '{name}'")
        if not found.may_be_used_by(principal.roles):
            raise KeyManagerRestricted.named(found.name)
        if not found.enabled:
            raise KeyManagerDisabled.field("keyManager", f"'{found.name}' is not enabled")
        return found
