"""Accounts: the stores of others that a tenant's configuration names, with their passwords sealed.

An entry of the section, as it is written: `{Id, Type, DisplayName, Endpoint, Username, Password}`. It is kept with `sealed` in
place of `Password`, and shown with `HIDDEN`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.external_store import PASSWORD, SEALED, SECTION, STORES, ExternalStore, ExternalStores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.people.user_stores import Seal
    from gatehouse.ports.tenant_configuration import TenantConfigurations


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Opens and seals."""

    configurations: TenantConfigurations
    seal: Seal

    def stores(self, tenant: str) -> ExternalStores:
        """The external stores that the tenant's configuration has, without their passwords."""
        return ExternalStores.of(self.configurations.get(tenant))

    def opened(self, tenant: str, store: ExternalStore) -> ExternalStore:
        """The store with its password. Raises Unavailable."""
        context = _context(tenant, store.id, store.endpoint, store.username)
        return replace(store, password=self.seal.open(store.sealed, context))

    def kept(self, tenant: str, written: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """A configuration as it is kept. A password that is sent as it is shown stays, as long as the same account is meant.

        Raises Invalid, Unavailable.
        """
        section = written[SECTION]
        known = {one.id: one for one in ExternalStores.of(before).stores}
        stores = [self._kept(tenant, index, one, known.get(one["Id"])) for index, one in enumerate(section[STORES])]
        return {**written, SECTION: {**section, STORES: stores}}

    def _kept(self, tenant: str, index: int, entry: Mapping[str, Any], before: ExternalStore | None) -> dict[str, Any]:
        rest = {name: value for name, value in entry.items() if name != PASSWORD}
        if entry[PASSWORD] != HIDDEN:
            context = _context(tenant, entry["Id"], entry["Endpoint"], entry["Username"])
            return {**rest, SEALED: self.seal.seal(entry[PASSWORD], context)}
        if before is None or (before.endpoint, before.username) != (entry["Endpoint"], entry["Username"]):
            problem = "must be given again: it would go to another address, or for another account"
            raise Invalid.field(f"{SECTION}.{STORES}.{index}.{PASSWORD}", problem)
        return {**rest, SEALED: before.sealed}


def shown(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration that was kept, as it may be seen."""
    section = kept.get(SECTION)
    if not section:
        return dict(kept)
    stores = [{**_without(one, SEALED), PASSWORD: HIDDEN} for one in section[STORES]]
    return {**kept, SECTION: {**section, STORES: stores}}


def _without(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != name}


def _context(*parts: str) -> str:
    """What a password is sealed for: it goes where it was given for, and nowhere else."""
    return "\n".join((SECTION, *parts))
