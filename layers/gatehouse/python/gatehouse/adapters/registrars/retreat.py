"""Retreat: a client that was made in several steps is deleted again when one of them fails."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from gatehouse.adapters.registrars.egress import Errand
from gatehouse.domain.errors import GatehouseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.domain.applications.registration import Registration


class _Deleting(Protocol):
    def delete(self, errand: Errand, known: Registration) -> None: ...


@contextmanager
def undone_on_failure(dialect: _Deleting, errand: Errand, known: Registration) -> Iterator[None]:
    """Delete the client when the block fails; the failure that counts is the first, and it tells which client it was."""
    try:
        yield
    except GatehouseError as error:
        error.facts["client_id"] = known.client_id
        # On an errand of its own: the time of the one that failed may be up.
        with suppress(GatehouseError):
            dialect.delete(Errand(errand.egress, errand.desk, set(errand.hidden)), known)
        raise
