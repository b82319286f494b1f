"""A directory as a user store, over LDAP."""

from __future__ import annotations

import secrets
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.user_stores.connecting import Connecting
from gatehouse.adapters.user_stores.entries import (
    filter_by_id,
    filter_by_member,
    filter_by_name,
    first,
    groups_within,
    name_of,
    user_attributes,
    user_of,
)
from gatehouse.adapters.user_stores.writing import Writing
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.directory import USERS_MAX, terms_of
from gatehouse.domain.people.user_store import UserStoreReadOnly
from gatehouse.mediation.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity import User
    from gatehouse.domain.people.user_store import UserStore

_AMBIGUOUS = 2
"""Two entries of one name are as many as need to be seen: then it is nobody's."""


class LdapDirectory:
    """Implements `ports.people.user_stores.Directory`. `password` is that of the store's own user."""

    def __init__(self, store: UserStore, password: str) -> None:
        """Raises Invalid (a property of the store)."""
        self._store = store
        self._terms = terms_of(store.type, store.properties)
        self._password = password
        self._connecting = Connecting(store.domain, self._terms)
        self._writing = Writing(store, self._terms, self._connecting)

    def get(self, name: str) -> User | None:
        """The user of this name, or None. Raises Unavailable."""
        if not matches(self._terms.username_pattern, name):
            return None
        with self._connecting.bound(self._password) as connection:
            entry = self._entry(connection, name)
            return self._user(connection, entry) if entry else None

    def by_id(self, user_id: str) -> User | None:
        """The user with this id, or None. Raises Unavailable."""
        with self._connecting.bound(self._password) as connection:
            found = self._search(connection, filter_by_id(self._terms, user_id), _AMBIGUOUS)
            return self._user(connection, found[0]) if len(found) == 1 and name_of(self._terms, found[0]) else None

    def all(self) -> list[User]:
        """The users by name, as many as the store's description allows. Raises Unavailable."""
        with self._connecting.bound(self._password) as connection:
            found = self._search(connection, self._terms.list_filter, self._terms.users_max)
            groups = self._groups_of_all(connection)
            users = [
                user_of(self._store, self._terms, entry, groups[entry["dn"].lower()] or self._own_groups(entry))
                for entry in found
                if name_of(self._terms, entry)
            ]
        return sorted(users, key=lambda user: user.name.lower())

    def proves(self, proof: str, password: str) -> bool:
        """Whether this is the password of whom the directory knows under this name. Raises Unavailable."""
        # Nobody's password is sent as well, under a name that nobody has, so that the time does not tell.
        return self._connecting.accepts(proof or f"cn={secrets.token_hex(8)},{self._terms.user_base}", password)

    def test(self) -> None:
        """Connect and look for a user. Raises Unavailable that says what does not work."""
        try:
            with self._connecting.bound(self._password) as connection:
                self._search(connection, self._terms.list_filter, 1)
                if self._terms.group_base and self._terms.reads_groups:
                    self._group_entries(connection, self._terms.group_filter, 1)
        except Unavailable as error:
            # An administrator, who described the store, may read the cause.
            raise Unavailable(str(error.facts.get("cause")), store=self._store.domain) from error

    def add(self, name: str, password: str, profile: Mapping[str, object]) -> User:
        """A new user. Raises Invalid, UserExists, UserStoreReadOnly, Unavailable."""
        self._refuse_unless_writable()
        with self._connecting.bound(self._password) as connection:
            self._writing.add(connection, name, password, profile)
            entry = self._entry(connection, name)
            if entry is None:
                raise self._connecting.unavailable("the new user is not where users are looked for")
            return self._user(connection, entry)

    def set_password(self, name: str, password: str) -> None:
        """Give the user another password. Raises Invalid, UserNotFound, UserStoreReadOnly, Unavailable."""
        self._refuse_unless_writable()
        with self._connecting.bound(self._password) as connection:
            self._writing.set_password(connection, self._entry(connection, name), password)

    def remove(self, name: str) -> None:
        """Forget the user. Raises UserNotFound, UserStoreReadOnly, Unavailable."""
        self._refuse_unless_writable()
        with self._connecting.bound(self._password) as connection:
            self._writing.remove(connection, self._entry(connection, name))

    def _entry(self, connection: Any, name: str) -> Any:
        found = self._search(connection, filter_by_name(self._terms, name), _AMBIGUOUS)
        if len(found) != 1:
            return None
        spelled = name_of(self._terms, found[0])
        # The filter may ask for more than the name; whoever it finds has to be called so.
        same = spelled == name if self._terms.case_sensitive else spelled.lower() == name.lower()
        return found[0] if same else None

    def _search(self, connection: Any, query: str, limit: int) -> list[Any]:
        return self._connecting.search(connection, self._terms.user_base, query, user_attributes(self._terms), limit)

    def _user(self, connection: Any, entry: Any) -> User:
        groups = self._own_groups(entry)
        if self._terms.group_base and self._terms.reads_groups and not self._terms.member_of_attribute:
            query = filter_by_member(self._terms, entry["dn"])
            entries = self._group_entries(connection, query, USERS_MAX)
            groups = [first(group, self._terms.group_name_attribute) for group in entries]
        return user_of(self._store, self._terms, entry, groups)

    def _own_groups(self, entry: Any) -> list[str]:
        if not (self._terms.reads_groups and self._terms.member_of_attribute):
            return []
        return groups_within(self._terms, entry)

    def _groups_of_all(self, connection: Any) -> dict[str, list[str]]:
        """The groups of each distinguished name, lower case: one question for all users."""
        members: dict[str, list[str]] = defaultdict(list)
        if self._terms.group_base and self._terms.reads_groups and not self._terms.member_of_attribute:
            for group in self._group_entries(connection, self._terms.group_filter, USERS_MAX):
                for member in group["raw_attributes"].get(self._terms.member_attribute, ()):
                    name = first(group, self._terms.group_name_attribute)
                    members[member.decode("utf-8", "replace").lower()].append(name)
        return members

    def _group_entries(self, connection: Any, query: str, limit: int) -> list[Any]:
        attributes = [self._terms.group_name_attribute, self._terms.member_attribute]
        return self._connecting.search(connection, self._terms.group_base, query, attributes, limit)

    def _refuse_unless_writable(self) -> None:
        if not self._store.writable:
            raise UserStoreReadOnly(store=self._store.domain)
