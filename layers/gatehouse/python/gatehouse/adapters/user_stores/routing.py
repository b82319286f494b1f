"""Which user store a name leads to: `CORP/mary` into the directory CORP, `mary` to the tenant's own users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.people.user_store import in_domain, split_domain

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.people.identity import PasswordCheck, UserLookup
    from gatehouse.ports.people.user_stores import Directories, Directory, UserStores
    from gatehouse.ports.world import Clock

REMEMBERED_SECONDS = 4.0
"""How long a user of a directory, and the description of a store, are not asked for again: less than `max_staleness`,
within which a change must hold."""

REMEMBERED_MAX = 1_000

_PROOF = "directory:"


class StoreUsers:
    """Implements `ports.people.identity.UserLookup` and `ports.people.identity.PasswordCheck` on the users of all stores.

    In `password_hash` of a directory's user stands where the password is proved; `nobody` makes one that proves nothing
    in the same time.
    """

    def __init__(
        self, primary: UserLookup, passwords: PasswordCheck, stores: UserStores, directories: Directories, clock: Clock
    ) -> None:
        self._primary = primary
        self._passwords = passwords
        self._stores = stores
        self._directories = directories
        self._clock = clock
        self._open: dict[tuple[str, str], tuple[float, Directory | None]] = {}
        self._users: dict[tuple[str, str], tuple[float, User]] = {}

    def get(self, tenant: str, name: str) -> User | None:
        """The user of this name in the store that its domain names, or None. Raises Unavailable."""
        domain, local = split_domain(name)
        if not domain:
            return self._primary.get(tenant, local)
        now, key = self._clock.now(), (tenant, name.lower())
        until, known = self._users.get(key, (0.0, None))
        if known is not None and until > now:
            return known
        directory = self._directory(tenant, domain)
        found = directory.get(local) if directory else None
        if found is not None:
            self._users = {kept: entry for kept, entry in self._users.items() if entry[0] > now}
            if len(self._users) < REMEMBERED_MAX:
                self._users[key] = (now + REMEMBERED_SECONDS, found)
        return found

    def nobody(self, tenant: str, name: str) -> str:
        """What is compared with for a user who does not exist, or may not log in."""
        domain, _ = split_domain(name)
        return proof(tenant, domain, "") if domain else ""

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether this is the password; an empty one is nobody's. Raises Unavailable."""
        if not password_hash.startswith(_PROOF):
            return self._passwords.matches(password, password_hash)
        tenant, domain, where = password_hash.removeprefix(_PROOF).split("/", 2)
        directory = self._directory(tenant, domain)
        if directory is None:
            # The domain is no store's: as slow as a user who is nobody.
            return self._passwords.matches(password, "")
        return directory.proves(where, password)

    def _directory(self, tenant: str, domain: str) -> Directory | None:
        now = self._clock.now()
        until, directory = self._open.get((tenant, domain), (0.0, None))
        if until <= now:
            store = self._stores.get(tenant, domain)
            directory = self._directories.open(store) if store and store.enabled else None
            self._open = {kept: entry for kept, entry in self._open.items() if entry[0] > now}
            if len(self._open) < REMEMBERED_MAX:
                self._open[tenant, domain] = (now + REMEMBERED_SECONDS, directory)
        return directory


def proof(tenant: str, domain: str, where: str) -> str:
    """What stands in place of a password's hash for a user of a directory; `where` is what it calls the user."""
    return f"{_PROOF}{tenant}/{in_domain(domain, where)}"
