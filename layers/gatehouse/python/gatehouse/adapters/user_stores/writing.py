"""Users kept in a directory: added, given a password, removed.

Passwords go the way that lets the directory hash them: by its own operation (RFC 3062), in Active Directory by the attribute
that only takes them over TLS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ldap3 import MODIFY_REPLACE
from ldap3.core.exceptions import LDAPException
from ldap3.utils.dn import escape_rdn

from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import UserExists, UserNotFound
from gatehouse.domain.people.user_store import StoreType
from gatehouse.mediation.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.adapters.user_stores.connecting import Connecting
    from gatehouse.domain.people.directory import DirectoryTerms
    from gatehouse.domain.people.user_store import UserStore

_SUCCESS, _CONSTRAINT, _EXISTS = 0, 19, 68
_ENABLED_ACCOUNT = "512"  # userAccountControl: NORMAL_ACCOUNT


class Writing:
    """Writes users of one store."""

    def __init__(self, store: UserStore, terms: DirectoryTerms, connecting: Connecting) -> None:
        self._terms = terms
        self._connecting = connecting
        self._active_directory = store.type is StoreType.ACTIVE_DIRECTORY

    def add(self, connection: Any, name: str, password: str, profile: Mapping[str, object]) -> None:
        """Raises Invalid (a rule), UserExists, Unavailable."""
        if not matches(self._terms.username_pattern, name):
            raise Invalid.field("userName", self._terms.username_problem)
        self._hold(password)
        where = self._place(name)
        code = self._told(connection, "add", where, self._terms.object_class, self._attributes(name, profile))
        if code == _EXISTS:
            raise UserExists(user=name)
        self._expect(connection, code)
        try:
            self._give(connection, where, password)
        except Exception:
            # A user whom nobody gave a password is none; a second attempt must find the name free.
            self._told(connection, "delete", where)
            raise
        if self._active_directory:
            change = {"userAccountControl": [(MODIFY_REPLACE, [_ENABLED_ACCOUNT])]}
            self._expect(connection, self._told(connection, "modify", where, change))

    def set_password(self, connection: Any, entry: Any, password: str) -> None:
        """Raises Invalid (a rule), UserNotFound, Unavailable."""
        if entry is None:
            raise UserNotFound
        self._hold(password)
        self._give(connection, entry["dn"], password)

    def remove(self, connection: Any, entry: Any) -> None:
        """Raises UserNotFound, Unavailable."""
        if entry is None:
            raise UserNotFound
        self._expect(connection, self._told(connection, "delete", entry["dn"]))

    def _hold(self, password: str) -> None:
        if not password or not matches(self._terms.password_pattern, password):
            raise Invalid.field("password", self._terms.password_problem)

    def _place(self, name: str) -> str:
        pattern = self._terms.dn_pattern or f"{self._terms.name_attribute}={{0}},{self._terms.user_base}"
        return pattern.replace("{0}", escape_rdn(name))

    def _attributes(self, name: str, profile: Mapping[str, object]) -> dict[str, object]:
        told = profile.get("name")
        person = told if isinstance(told, dict) else {}
        # `cn` and `sn` are what every person has (RFC 4519 §3.12).
        attributes: dict[str, object] = {
            self._terms.name_attribute: name,
            "cn": person.get("formatted") or name,
            "sn": person.get("familyName") or name,
        }
        if person.get("givenName"):
            attributes["givenName"] = person["givenName"]
        emails = profile.get("emails")
        if isinstance(emails, list | tuple) and emails:
            attributes["mail"] = emails[0]["value"] if isinstance(emails[0], dict) else str(emails[0])
        return attributes

    def _give(self, connection: Any, where: str, password: str) -> None:
        try:
            if self._active_directory:
                connection.extend.microsoft.modify_password(where, password)
            else:
                connection.extend.standard.modify_password(where, new_password=password.encode())
        except (LDAPException, OSError) as error:
            raise self._connecting.unavailable(type(error).__name__) from error
        if connection.result["result"] == _CONSTRAINT:
            raise Invalid.field("password", "is refused by the directory's own rules")
        self._expect(connection, connection.result["result"])

    def _told(self, connection: Any, operation: str, *arguments: object) -> int:
        try:
            getattr(connection, operation)(*arguments)
        except (LDAPException, OSError) as error:
            raise self._connecting.unavailable(type(error).__name__) from error
        return int(connection.result["result"])

    def _expect(self, connection: Any, code: int) -> None:
        if code != _SUCCESS:
            raise self._connecting.unavailable(f"it refused a change: {connection.result['description']}")
