"""How long tokens of a key live, in table `oauth`."""

from __future__ import annotations

from gatehouse.adapters.dynamo.oauth.rows import META, OAuthRow
from gatehouse.adapters.dynamo.table import Transaction, bind, get
from gatehouse.domain.errors import Changed


class KeyLifetimeTable:
    """Implements `ports.tokens.oauth.KeyLifetimes`. The seconds stand in the row's `version`, which conditions can compare."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(OAuthRow, table_name)

    def longest(self, kid: str) -> int:
        """In seconds; 0 when nothing was written down."""
        row = get(self._row, _pk(kid), META)
        return int(row.version) if row else 0

    def extend(self, kid: str, seconds: int) -> None:
        """Write down a longer life; a shorter one changes nothing."""
        longer = self._row.pk.does_not_exist() | (self._row.version < seconds)
        transaction = Transaction()
        transaction.put(self._row(_pk(kid), META, version=seconds), when=longer, otherwise=_Shorter())
        try:
            transaction.commit()
        except _Shorter:
            return


class _Shorter(Changed):
    """One that is as long stands there."""


def _pk(kid: str) -> str:
    return f"KEY#{kid}"
