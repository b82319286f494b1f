"""A table of ours: partition key `pk`, sort key `sk`, both strings that start with the tenant, and a TTL attribute `ttl`.

Control-plane repositories build on `Transaction`: every write carries its own condition and the error that the caller
is told when the condition fails. Deadlines are ours, not pynamodb's defaults (15 s to connect, 30 s to read).
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from gatehouse.domain.errors import Changed, GatehouseError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 2.0
ATTEMPTS = 3

PARTITION_KEY_BYTES_MAX = 2048
SORT_KEY_BYTES_MAX = 1024

CONFLICT_ATTEMPTS = 8
CONFLICT_PAUSE_SECONDS = 0.02
CONFLICT_PAUSE_MAX_SECONDS = 0.32

_chance = random.SystemRandom()


class Row(Model):
    """The base of all rows: two keys, a JSON body, a version for optimistic updates, an optional expiry.

    Concrete rows are made by `bind`, which gives the class the table name the function was told at deploy time.
    """

    class Meta:
        """pynamodb's settings, shared by all tables."""

        table_name = "unbound"
        connect_timeout_seconds = CONNECT_TIMEOUT_SECONDS
        read_timeout_seconds = READ_TIMEOUT_SECONDS
        max_retry_attempts = ATTEMPTS - 1

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = JSONAttribute(default=dict)
    version = NumberAttribute(default=1)
    ttl = NumberAttribute(null=True)


R = TypeVar("R", bound=Row)


def bind(row: type[R], table_name: str) -> type[R]:
    """This row class, on that table."""
    meta = type("Meta", (Row.Meta,), {"table_name": table_name})
    return type(row.__name__, (row,), {"Meta": meta})


class _Conflicted(Changed):
    """Another transaction held one of the items at that moment."""


@dataclass(frozen=True, slots=True)
class _Write:
    """One write of a transaction and the error that says what a failed condition means."""

    refusal: GatehouseError
    row: Row
    condition: Condition | None = None
    actions: tuple[Action, ...] = ()


class Transaction:
    """All or nothing: collect writes, then `commit`.

    A write that fails its condition raises the error it was given; two that fail raise the error of the one added first.
    """

    def __init__(self) -> None:
        """Nothing collected yet."""
        self._checks: list[_Write] = []
        self._deletes: list[_Write] = []
        self._puts: list[_Write] = []
        self._updates: list[_Write] = []
        self._order: list[_Write] = []

    def put(self, row: Row, *, when: Condition | None = None, otherwise: GatehouseError | None = None) -> None:
        """Write this row, whole."""
        self._puts.append(self._write(row, when, otherwise))

    def create(self, row: Row, *, otherwise: GatehouseError) -> None:
        """Write this row unless one stands under its key."""
        self.put(row, when=type(row).pk.does_not_exist(), otherwise=otherwise)

    def replace(self, row: Row, *, expected_version: int) -> None:
        """Write this row in place of the one that has this version; raises Changed when it has moved on."""
        row.version = expected_version + 1
        self.put(row, when=type(row).version == expected_version, otherwise=Changed())

    def delete(self, row: Row, *, when: Condition | None = None, otherwise: GatehouseError | None = None) -> None:
        """Remove the row under this key."""
        self._deletes.append(self._write(row, when, otherwise))

    def check(self, row: Row, *, when: Condition, otherwise: GatehouseError) -> None:
        """Go through with the rest only while this holds of the row under this key."""
        self._checks.append(self._write(row, when, otherwise))

    def update(
        self,
        row: Row,
        actions: Sequence[Action],
        *,
        when: Condition | None = None,
        otherwise: GatehouseError | None = None,
    ) -> None:
        """Apply update actions to the row under this key."""
        write = _Write(otherwise or Changed(), row, when, tuple(actions))
        self._order.append(write)
        self._updates.append(write)

    def _write(self, row: Row, when: Condition | None, otherwise: GatehouseError | None) -> _Write:
        write = _Write(otherwise or Changed(), row, when)
        self._order.append(write)
        return write

    def commit(self) -> None:
        """Write everything or raise: the refusal of the first failed condition, or Unavailable.

        Two transactions that touch the same item at the same moment are no refusal, even when both only look at it:
        DynamoDB cancels one, and it is tried again.
        """
        pause = CONFLICT_PAUSE_SECONDS
        for _ in range(CONFLICT_ATTEMPTS - 1):
            try:
                self._write_all()
            except _Conflicted:
                time.sleep(_chance.uniform(0, pause))
                pause = min(2 * pause, CONFLICT_PAUSE_MAX_SECONDS)
            else:
                return
        self._write_all()

    def _write_all(self) -> None:
        try:
            with TransactWrite(connection=connection()) as transact:
                for write in self._checks:
                    transact.condition_check(
                        type(write.row), write.row.pk, write.row.sk, condition=_required(write.condition)
                    )
                for write in self._deletes:
                    transact.delete(write.row, condition=write.condition)
                for write in self._puts:
                    transact.save(write.row, condition=write.condition)
                for write in self._updates:
                    transact.update(write.row, actions=list(write.actions), condition=write.condition)
        except TransactWriteError as error:
            raise self._refusal(error) from error
        except PynamoDBException as error:
            raise Unavailable(cause=str(error)) from error

    def _refusal(self, error: TransactWriteError) -> GatehouseError:
        # pynamodb sends checks, deletes, puts and updates in this order, and the reasons come back in it.
        sent = [*self._checks, *self._deletes, *self._puts, *self._updates]
        failed = {
            id(write)
            for write, reason in zip(sent, error.cancellation_reasons, strict=False)
            if reason and reason.code == "ConditionalCheckFailed"
        }
        for write in self._order:
            if id(write) in failed:
                return write.refusal
        codes = {reason.code for reason in error.cancellation_reasons if reason}
        return _Conflicted() if "TransactionConflict" in codes else Unavailable(cause=str(error))


def get(row: type[R], pk: str, sk: str) -> R | None:
    """The row under this key, read consistently, or None."""
    if not _possible(pk, sk):
        return None
    try:
        return row.get(pk, sk, consistent_read=True)
    except DoesNotExist:
        return None
    except PynamoDBException as error:
        raise Unavailable(cause=str(error)) from error


def query(
    row: type[R], pk: str, *, prefix: str = "", since: str = "", newest_first: bool = False, limit: int | None = None
) -> Iterator[R]:
    """The rows of a partition whose sort key starts with `prefix`, in key order, read consistently.

    With `since`, all those from this sort key on instead.
    """
    if not _possible(pk, prefix or pk[:1]):
        return
    condition = row.sk.startswith(prefix) if prefix else (row.sk >= since if since else None)
    try:
        yield from row.query(pk, condition, consistent_read=True, scan_index_forward=not newest_first, limit=limit)
    except PynamoDBException as error:
        raise Unavailable(cause=str(error)) from error


def batch(row: type[R], keys: Sequence[tuple[str, str]]) -> list[R]:
    """The rows that exist under these keys, in no order, read consistently."""
    try:
        return list(row.batch_get([key for key in keys if _possible(*key)], consistent_read=True))
    except PynamoDBException as error:
        raise Unavailable(cause=str(error)) from error


def _possible(pk: str, sk: str) -> bool:
    """Whether DynamoDB takes this as a key. Ids come out of addresses as long as anybody likes; those stand for nothing."""
    return 0 < len(pk.encode()) <= PARTITION_KEY_BYTES_MAX and 0 < len(sk.encode()) <= SORT_KEY_BYTES_MAX


def _required(condition: Condition | None) -> Condition:
    if condition is None:
        message = "a check needs a condition"
        raise TypeError(message)
    return condition


@cache
def connection() -> Connection:
    """The connection that transactions share: one per process, with our deadlines."""
    return Connection(
        connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=READ_TIMEOUT_SECONDS,
        max_retry_attempts=ATTEMPTS - 1,
    )
