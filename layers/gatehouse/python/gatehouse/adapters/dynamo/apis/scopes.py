"""Names of APIs' own scopes: sentinels, each of which the versions of one API share and count.

The last version that lets go of a scope takes the sentinel away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.table import get
from gatehouse.domain.apis.api import ScopeTaken
from gatehouse.domain.errors import Changed

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.adapters.dynamo.apis.rows import ApiRow
    from gatehouse.adapters.dynamo.table import Transaction
    from gatehouse.domain.apis.api import Api


def claim(transaction: Transaction, row: type[ApiRow], api: Api, scopes: Collection[str]) -> None:
    """Take these names for the API and its other versions."""
    for scope in sorted(scopes):
        transaction.update(
            row(_pk(api), scope),
            [row.context.set(_family(api)), row.number.add(1)],
            when=row.pk.does_not_exist() | (row.context == _family(api)),
            otherwise=ScopeTaken.field("scopes", f"another API has a scope '{scope}' already"),
        )


def release(transaction: Transaction, row: type[ApiRow], api: Api, scopes: Collection[str]) -> None:
    """Let go of these names."""
    for scope in sorted(scopes):
        kept = get(row, _pk(api), scope)
        if kept is not None and (kept.number or 0) > 1:
            transaction.update(row(_pk(api), scope), [row.number.add(-1)], when=row.number > 1, otherwise=Changed())
        else:
            alone = row.number.does_not_exist() | (row.number <= 1)
            transaction.delete(row(_pk(api), scope), when=alone, otherwise=Changed())


def _pk(api: Api) -> str:
    return f"{api.tenant}#SCOPENAME"


def _family(api: Api) -> str:
    return f"{api.name.lower()} {api.family}"
