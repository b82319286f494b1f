"""Users of directories, as the tenant's administrators keep them there.

What is taken from a user there (a password, the account itself) voids the tokens that were issued with it, as it does here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.authority import not_oneself, voiding_tokens
from gatehouse.domain.people.identity import UserNotFound
from gatehouse.domain.people.user_store import split_domain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.identity.user_stores import UserStoreAdministration
    from gatehouse.domain.people.identity import Principal, User
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryAccounts:
    """Keeps users of user stores.

    Every method raises Forbidden unless the caller administers the tenant, UserStoreNotFound, Unavailable; those that change
    something raise UserStoreReadOnly of a store that is only read.
    """

    stores: UserStoreAdministration
    publication: Publication
    clock: Clock

    def all(self, caller: Principal, domain: str) -> list[User]:
        """The store's users by name, as many as its description allows."""
        return self.stores.directory(caller, domain).all()

    def get(self, caller: Principal, domain: str, user_id: str) -> User:
        """Raises UserNotFound."""
        found = self.stores.directory(caller, domain).by_id(user_id)
        if found is None:
            raise UserNotFound
        return found

    def create(self, caller: Principal, username: str, password: str, profile: Mapping[str, object]) -> User:
        """A new user `DOMAIN/name`. Raises Invalid (which rule is broken), UserExists."""
        domain, name = split_domain(username)
        return self.stores.directory(caller, domain).add(name, password, profile)

    def set_password(self, caller: Principal, user: User, password: str) -> None:
        """Give the user another password. Raises Invalid (which rule is broken), UserNotFound."""
        domain, name = split_domain(user.name)
        self.stores.directory(caller, domain).set_password(name, password)
        self.publication.publish(voiding_tokens(user, self.clock.now()))

    def remove(self, caller: Principal, user: User) -> None:
        """Forget the user. Raises UserNotFound, Forbidden (oneself)."""
        not_oneself(caller, user)
        domain, name = split_domain(user.name)
        self.stores.directory(caller, domain).remove(name)
        self.publication.publish(voiding_tokens(user, self.clock.now()))
