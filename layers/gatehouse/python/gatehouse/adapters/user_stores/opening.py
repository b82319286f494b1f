"""Opening a directory: its secret is unsealed, and the libraries it takes are loaded, when there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.people.user_store import in_domain

if TYPE_CHECKING:
    from gatehouse.domain.people.user_store import UserStore
    from gatehouse.ports.people.user_stores import Directory, Seal


class LdapDirectories:
    """Implements `ports.people.user_stores.Directories`."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def open(self, store: UserStore) -> Directory:
        """The directory that this describes. Raises Invalid, Unavailable."""
        from gatehouse.adapters.user_stores.directory import LdapDirectory  # noqa: PLC0415 -- see the package

        password = self._seal.open(store.sealed_password, context_of(store)) if store.sealed_password else ""
        return LdapDirectory(store, password)


def context_of(store: UserStore) -> str:
    """What a store's secret is sealed for."""
    return in_domain(store.tenant, store.domain)
