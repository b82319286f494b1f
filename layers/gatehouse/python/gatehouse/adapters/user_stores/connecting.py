"""Connections to a directory (RFC 4511), by ldap3: deadlines, TLS, and what its refusals mean.

Referrals are not followed: they would carry passwords to servers that nobody has named.
"""

from __future__ import annotations

import ssl
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gatehouse.domain.people.directory import DirectoryTerms

with warnings.catch_warnings():
    # It uses names that its ASN.1 library calls deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3
    from ldap3.core.exceptions import LDAPException

_SUCCESS, _SIZE_LIMIT = 0, 4
_PASSWORD_REFUSED = frozenset({19, 48, 49, 53})
"""Constraint violation (a directory's own lock), inappropriate authentication, invalid credentials, unwilling to perform."""


class Connecting:
    """Opens connections to the servers of one user store, the first one that answers."""

    def __init__(self, domain: str, terms: DirectoryTerms) -> None:
        self._domain = domain
        self._terms = terms

    @contextmanager
    def bound(self, password: str) -> Iterator[Any]:
        """A connection for the store's own user. Raises Unavailable."""
        with self._connection(self._terms.user, password) as connection:
            if not self._bind(connection):
                raise self.unavailable(f"it refuses {self._terms.user}: {connection.result['description']}")
            yield connection

    def accepts(self, name: str, password: str) -> bool:
        """Whether the directory takes this password from whom it knows under this distinguished name.

        An empty password is refused without asking: a directory would take it for no password at all (RFC 4513 §5.1.2)
        and say yes. Raises Unavailable.
        """
        if not password or not name:
            return False
        with self._connection(name, password) as connection:
            return self._bind(connection)

    def search(self, connection: Any, base: str, query: str, attributes: Sequence[str], limit: int) -> list[Any]:
        """What is found below this base: `{dn, raw_attributes}`, at most as many as the limit. Raises Unavailable."""
        with self._said():
            connection.search(
                base,
                query,
                search_scope=ldap3.SUBTREE,
                dereference_aliases=ldap3.DEREF_NEVER,
                attributes=list(attributes),
                size_limit=limit,
                time_limit=self._terms.read_seconds,
            )
        if connection.result["result"] not in {_SUCCESS, _SIZE_LIMIT}:
            raise self.unavailable(f"its search below '{base}' ended with {connection.result['description']}")
        return [entry for entry in connection.response or () if entry["type"] == "searchResEntry"][:limit]

    def unavailable(self, cause: str) -> Unavailable:
        """The failure of this store, by its name."""
        return Unavailable(
            f"The user store {self._domain} does not answer. Try again.", cause=cause, store=self._domain
        )

    def _bind(self, connection: Any) -> bool:
        with self._said():
            connection.bind()
        result = connection.result["result"]
        if result == _SUCCESS:
            return True
        if result in _PASSWORD_REFUSED:
            return False
        raise self.unavailable(f"its bind ended with {connection.result['description']}")

    @contextmanager
    def _connection(self, user: str, password: str) -> Iterator[Any]:
        connection = self._opened(user, password)
        try:
            yield connection
        finally:
            # Closing is a courtesy: what had to be known is known.
            with suppress(LDAPException, OSError):
                connection.unbind()

    def _opened(self, user: str, password: str) -> Any:
        terms, failure = self._terms, "no server is named"
        for url in terms.urls:
            server = ldap3.Server(
                url,
                get_info=ldap3.NONE,
                tls=_Tls(terms.authority),
                connect_timeout=terms.connect_seconds,
                allowed_referral_hosts=[],
            )
            connection = ldap3.Connection(
                server,
                user=user,
                # As bytes, as it was typed: of text the library would make something else (RFC 4013), or refuse it.
                password=password.encode(),
                auto_bind=ldap3.AUTO_BIND_NONE,
                auto_referrals=False,
                raise_exceptions=False,
                check_names=False,
                receive_timeout=terms.read_seconds,
            )
            try:
                connection.open(read_server_info=False)
                if terms.start_tls and not server.ssl and not connection.start_tls(read_server_info=False):
                    failure = f"{url}: TLS was refused"
                    _close(connection)
                    continue
            except (LDAPException, OSError) as error:
                failure = f"{url}: {type(error).__name__}: {error}"
                _close(connection)
                continue
            return connection
        raise self.unavailable(failure)

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (LDAPException, OSError) as error:
            raise self.unavailable(f"{type(error).__name__}: {error}") from error


def _close(connection: Any) -> None:
    """What the library leaves open when opening fails."""
    if connection.socket is not None:
        with suppress(OSError):
            connection.socket.close()


class _Tls(ldap3.Tls):  # type: ignore[misc] # the library ships no types
    """TLS as Python's own library does it: the library's compares names as long ago, and not those of addresses."""

    def __init__(self, authority: str) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._authority = authority

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 -- the library's
        context = ssl.create_default_context(cadata=self._authority or None)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)
