"""Login sessions and consents in table `oauth`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.oauth.rows import META, OAuthRow, get_alive
from gatehouse.adapters.dynamo.table import Transaction, bind, query
from gatehouse.domain import body as bodies
from gatehouse.domain.tokens.authorization import LoginSession, digest_of

if TYPE_CHECKING:
    from collections.abc import Collection


class SessionTable:
    """Implements `ports.tokens.oauth.Sessions`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(OAuthRow, table_name)

    def get(self, tenant: str, digest: str) -> LoginSession | None:
        """The session, or None."""
        row = get_alive(self._row, _session_pk(tenant, digest))
        return bodies.from_body(LoginSession, row.body) if row else None

    def add(self, session: LoginSession) -> None:
        """Keep a new one."""
        pk = _session_pk(session.tenant, session.digest)
        transaction = Transaction()
        transaction.put(self._row(pk, META, body=bodies.to_body(session), ttl=session.expires_at))
        transaction.commit()

    def remove(self, tenant: str, digest: str) -> None:
        """Forget one; it need not be there."""
        transaction = Transaction()
        transaction.delete(self._row(_session_pk(tenant, digest), META))
        transaction.commit()


class ConsentTable:
    """Implements `ports.tokens.oauth.Consents`. Each set of scopes is a row of its own, so that nothing is read to be written."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(OAuthRow, table_name)

    def given(self, tenant: str, user: str, client_id: str) -> frozenset[str]:
        """The scopes that the user has allowed the client at any time."""
        rows = query(self._row, _consent_pk(tenant, user), prefix=f"{client_id} ")
        return frozenset(str(scope) for row in rows for scope in row.body["scopes"])

    def give(self, tenant: str, user: str, client_id: str, scopes: Collection[str]) -> None:
        """Allow these as well."""
        wanted = sorted(scopes)
        name = f"{client_id} {digest_of(' '.join(wanted))}"
        transaction = Transaction()
        transaction.put(self._row(_consent_pk(tenant, user), name, body={"scopes": wanted}))
        transaction.commit()


def _session_pk(tenant: str, digest: str) -> str:
    return f"{tenant}#SESSION#{digest}"


def _consent_pk(tenant: str, user: str) -> str:
    return f"{tenant}#CONSENT#{user.lower()}"
