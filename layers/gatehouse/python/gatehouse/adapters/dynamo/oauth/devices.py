"""Device codes, and assertions that have been used, in table `oauth`."""

from __future__ import annotations

from dataclasses import replace

from gatehouse.adapters.dynamo.oauth.rows import META, OAuthRow, get_alive
from gatehouse.adapters.dynamo.table import Transaction, bind
from gatehouse.domain import body as bodies
from gatehouse.domain.errors import Conflict
from gatehouse.domain.tokens.authorization import DeviceGrant, digest_of


class DeviceTable:
    """Implements `ports.tokens.oauth.DeviceGrants`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(OAuthRow, table_name)

    def get(self, tenant: str, digest: str) -> DeviceGrant | None:
        """What the device code with this digest stands for, or None."""
        row = get_alive(self._row, _device_pk(tenant, digest))
        return bodies.from_body(DeviceGrant, {**row.body, "version": int(row.version)}) if row else None

    def with_user_code(self, tenant: str, user_code: str) -> DeviceGrant | None:
        """What this user code stands for, or None."""
        row = get_alive(self._row, _user_code_pk(tenant, user_code))
        return self.get(tenant, str(row.body["digest"])) if row else None

    def add(self, tenant: str, grant: DeviceGrant) -> None:
        """Keep a new one. Raises Conflict when its user code is taken."""
        pk = _user_code_pk(tenant, grant.user_code)
        sentinel = self._row(pk, META, body={"digest": grant.digest}, ttl=grant.expires_at)
        transaction = Transaction()
        transaction.create(sentinel, otherwise=Conflict(cause="user code taken"))
        transaction.put(self._grant_row(tenant, grant))
        transaction.commit()

    def save(self, tenant: str, grant: DeviceGrant) -> None:
        """Replace one read before. Raises Changed."""
        transaction = Transaction()
        transaction.replace(self._grant_row(tenant, grant), expected_version=grant.version)
        transaction.commit()

    def _grant_row(self, tenant: str, grant: DeviceGrant) -> OAuthRow:
        body = bodies.to_body(replace(grant, version=0))
        return self._row(_device_pk(tenant, grant.digest), META, body=body, ttl=grant.expires_at)


class AssertionTable:
    """Implements `ports.tokens.oauth.Assertions`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(OAuthRow, table_name)

    def use(self, tenant: str, name: str, expires_at: int) -> bool:
        """Whether this is the first use of an assertion of this name."""
        row = self._row(f"{tenant}#ASSERTION#{digest_of(name)}", META, ttl=expires_at)
        transaction = Transaction()
        transaction.create(row, otherwise=_Used())
        try:
            transaction.commit()
        except _Used:
            return False
        return True


class _Used(Conflict):
    """It is there already."""


def _device_pk(tenant: str, digest: str) -> str:
    return f"{tenant}#DEVICE#{digest}"


def _user_code_pk(tenant: str, user_code: str) -> str:
    return f"{tenant}#USERCODE#{user_code}"
