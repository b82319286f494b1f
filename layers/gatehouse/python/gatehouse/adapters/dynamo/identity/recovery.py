"""Recovery codes of table `identity`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.identity.rows import IdentityRow
from gatehouse.adapters.dynamo.table import Transaction, bind, get
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.ports.people.recovery import RecoveryCode

if TYPE_CHECKING:
    from collections.abc import Callable


class RecoveryTable:
    """Implements `ports.people.recovery.RecoveryCodes`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(IdentityRow, table_name)

    def issue(self, code: RecoveryCode, *, pause_seconds: int) -> bool:
        """Keep the code in place of the user's last; False when that was issued less than the pause ago."""
        last = get(self._row, _users(code.tenant), code.user.lower())
        transaction = Transaction()
        long_ago = self._row.issued_at <= code.issued_at - pause_seconds
        transaction.put(
            self._row(
                _users(code.tenant),
                code.user.lower(),
                body={"digest": code.digest},
                issued_at=code.issued_at,
                ttl=code.expires_at,
            ),
            when=self._row.pk.does_not_exist() | long_ago,
            otherwise=_TooSoon(),
        )
        body = {"user": code.user, "issued_at": code.issued_at, "expires_at": code.expires_at}
        transaction.put(self._row(_codes(code.tenant), code.digest, body=body, ttl=code.expires_at))
        if last is not None and last.body["digest"] != code.digest:
            transaction.delete(self._row(_codes(code.tenant), last.body["digest"]))
        return _succeeds(transaction.commit)

    def get(self, tenant: str, digest: str) -> RecoveryCode | None:
        """The code with this digest, or None."""
        row = get(self._row, _codes(tenant), digest)
        return RecoveryCode(tenant=tenant, digest=digest, **row.body) if row else None

    def take(self, code: RecoveryCode) -> bool:
        """Use the code up. Of many who try at the same time one is told True."""
        transaction = Transaction()
        row = self._row(_codes(code.tenant), code.digest)
        transaction.delete(row, when=self._row.pk.exists(), otherwise=Changed())
        return _succeeds(transaction.commit)


class _TooSoon(Conflict):
    """The last code was issued a moment ago."""


def _succeeds(commit: Callable[[], None]) -> bool:
    try:
        commit()
    except Conflict:
        return False
    return True


def _codes(tenant: str) -> str:
    return f"{tenant}#RECOVERY"


def _users(tenant: str) -> str:
    return f"{tenant}#RECOVERING"
