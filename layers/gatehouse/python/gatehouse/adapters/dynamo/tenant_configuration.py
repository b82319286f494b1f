"""Tenants' configurations in table `settings`: `T#CONFIGURATION` / `DOCUMENT`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.settings import SettingsRow
from gatehouse.adapters.dynamo.table import Transaction, bind, get

if TYPE_CHECKING:
    from collections.abc import Mapping

_SK = "DOCUMENT"


class TenantConfigurationTable:
    """Implements `ports.tenant_configuration.TenantConfigurations`."""

    def __init__(self, table_name: str) -> None:
        self._row = bind(SettingsRow, table_name)

    def get(self, tenant: str) -> Mapping[str, Any]:
        """What the tenant has set; empty when it has set nothing."""
        row = get(self._row, _pk(tenant), _SK)
        return dict(row.body) if row else {}

    def save(self, tenant: str, document: Mapping[str, Any]) -> None:
        """Replace the whole of it."""
        transaction = Transaction()
        transaction.put(self._row(_pk(tenant), _SK, body=dict(document)))
        transaction.commit()


def _pk(tenant: str) -> str:
    return f"{tenant}#CONFIGURATION"
