"""The rows of table `oauth`, and how those that expire are read."""

from __future__ import annotations

import time

from gatehouse.adapters.dynamo.table import Row, get

META = "META"


class OAuthRow(Row):
    """One row of table `oauth`."""


def get_alive(row: type[OAuthRow], pk: str) -> OAuthRow | None:
    """The row under this key unless its time is over, or None."""
    found = get(row, pk, META)
    return found if found and found.ttl and int(found.ttl) > time.time() else None
