"""Currency: who changes something may name the versions that the change is for; another one is not touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.errors import Outdated

if TYPE_CHECKING:
    from collections.abc import Collection


def require_current(kept: str, version: int, wanted: Collection[int] | None) -> None:
    """Raises Outdated unless what has the id `kept` is in one of the wanted versions; None stands for any."""
    if wanted is not None and version not in wanted:
        raise Outdated(id=kept, version=version)
