"""Authorization codes and token families in table `oauth`."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.oauth.rows import META, OAuthRow, get_alive
from gatehouse.adapters.dynamo.table import Transaction, bind, query
from gatehouse.domain import body as bodies
from gatehouse.domain.tokens.authorization import AuthorizationCode, TokenFamily
from gatehouse.domain.tokens.refusals import CodeUsed, SessionOver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change

OVER = "OVER"
OVER_SECONDS = 86_400
"""How long it is remembered that a session is over: longer than the codes and device codes that came from it."""


class FamilyTable:
    """Implements `ports.tokens.oauth.TokenFamilies`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in the transactions that void tokens."""
        self._row = bind(OAuthRow, table_name)
        self._artifacts = artifacts

    def get(self, tenant: str, family_id: str) -> TokenFamily | None:
        """The family with this id, or None."""
        row = get_alive(self._row, _family_pk(tenant, family_id))
        return bodies.from_body(TokenFamily, {**row.body, "version": int(row.version)}) if row else None

    def add(self, tenant: str, family: TokenFamily) -> None:
        """Keep a new one. Raises SessionOver."""
        transaction = Transaction()
        _begin(transaction, self._row, tenant, family)
        transaction.commit()

    def renew(self, tenant: str, family: TokenFamily, changes: Sequence[Change] = ()) -> None:
        """Replace a family read before, and write these artifact changes in the same transaction. Raises Changed."""
        transaction = Transaction()
        transaction.replace(family_row(self._row, tenant, family), expected_version=family.version)
        if family.session:
            transaction.put(_of_session(self._row, tenant, family))
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def end(self, tenant: str, family_id: str, changes: Sequence[Change]) -> None:
        """Forget a family, and write these artifact changes in the same transaction. It need not be there."""
        transaction = Transaction()
        transaction.delete(self._row(_family_pk(tenant, family_id), META))
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def close_session(self, user_tenant: str, session_id: str) -> list[tuple[str, TokenFamily]]:
        """Let no family begin any more that would end with this session; those that have, with their clients' tenants."""
        partition = _session_pk(user_tenant, session_id)
        transaction = Transaction()
        transaction.put(self._row(partition, OVER, body={}, ttl=int(time.time()) + OVER_SECONDS))
        transaction.commit()
        pointers = [row for row in query(self._row, partition) if row.sk != OVER]
        found = [(str(row.body["tenant"]), self.get(str(row.body["tenant"]), row.sk)) for row in pointers]
        return [(tenant, family) for tenant, family in found if family is not None]


class CodeTable:
    """Implements `ports.tokens.oauth.Codes`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(OAuthRow, table_name)

    def get(self, tenant: str, digest: str) -> AuthorizationCode | None:
        """What the code with this digest stands for, redeemed or not, or None."""
        row = get_alive(self._row, _code_pk(tenant, digest))
        return bodies.from_body(AuthorizationCode, row.body) if row else None

    def add(self, tenant: str, code: AuthorizationCode) -> None:
        """Keep a new one."""
        transaction = Transaction()
        transaction.put(self._code_row(tenant, code))
        transaction.commit()

    def redeem(self, tenant: str, code: AuthorizationCode, family: TokenFamily) -> None:
        """Keep the family in exchange for the code, in one transaction. Raises CodeUsed when it has been redeemed."""
        redeemed = self._code_row(tenant, replace(code, family=family.id))
        redeemed.version = 2
        transaction = Transaction()
        transaction.put(redeemed, when=self._row.version == 1, otherwise=CodeUsed(cause="redeemed before"))
        _begin(transaction, self._row, tenant, family)
        transaction.commit()

    def _code_row(self, tenant: str, code: AuthorizationCode) -> OAuthRow:
        return self._row(_code_pk(tenant, code.digest), META, body=bodies.to_body(code), ttl=code.expires_at)


def _begin(transaction: Transaction, row: type[OAuthRow], tenant: str, family: TokenFamily) -> None:
    """Keep a new family, unless the session is over that it would end with."""
    transaction.put(family_row(row, tenant, family))
    if family.session:
        over = row(_session_pk(family.tenant, family.session), OVER)
        transaction.check(over, when=row.pk.does_not_exist(), otherwise=SessionOver(session=family.session))
        transaction.put(_of_session(row, tenant, family))


def _of_session(row: type[OAuthRow], tenant: str, family: TokenFamily) -> OAuthRow:
    """What a family is found by when its session ends; it lasts as long as the family."""
    partition = _session_pk(family.tenant, family.session)
    return row(partition, family.id, body={"tenant": tenant}, ttl=family.expires_at)


def family_row(row: type[OAuthRow], tenant: str, family: TokenFamily) -> OAuthRow:
    """A new family as a row; its version is the row's own."""
    body = bodies.to_body(replace(family, version=0))
    return row(_family_pk(tenant, family.id), META, body=body, ttl=family.expires_at)


def _family_pk(tenant: str, family_id: str) -> str:
    return f"{tenant}#FAMILY#{family_id}"


def _session_pk(user_tenant: str, session_id: str) -> str:
    return f"{user_tenant}#SESSIONFAMILIES#{session_id}"


def _code_pk(tenant: str, digest: str) -> str:
    return f"{tenant}#CODE#{digest}"
