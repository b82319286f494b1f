"""When API keys were last used: the promises of `ports/applications/key_uses`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.key_uses import KEPT_SECONDS, KeyUseTable
from gatehouse.domain.errors import Unavailable
from tests.fakes.key_uses import InMemoryKeyUses

if TYPE_CHECKING:
    from tests.conftest import DynamoDB

TENANT = "a.example"
NOW = int(time.time())


@pytest.fixture(scope="module")
def table(dynamodb: DynamoDB) -> KeyUseTable:
    return KeyUseTable(dynamodb.client, dynamodb.table("counters", sorted_by_key=False))


def new_key() -> str:
    return str(uuid.uuid4())


class Promises:
    def test_the_last_use_is_known_of_those_that_were_used(self, uses: InMemoryKeyUses | KeyUseTable) -> None:
        used, unused = new_key(), new_key()
        uses.used(TENANT, used, NOW)
        assert uses.last_used(TENANT, [used, unused]) == {used: NOW}
        assert uses.last_used("b.example", [used]) == {}
        assert uses.last_used(TENANT, []) == {}

    def test_a_use_that_is_told_late_does_not_take_the_place_of_a_later_one(
        self, uses: InMemoryKeyUses | KeyUseTable
    ) -> None:
        key = new_key()
        for at in (NOW - 60, NOW, NOW - 30, NOW):
            uses.used(TENANT, key, at)
        assert uses.last_used(TENANT, [key]) == {key: NOW}

    def test_more_keys_than_one_request_may_ask_for(self, uses: InMemoryKeyUses | KeyUseTable) -> None:
        used = new_key()
        uses.used(TENANT, used, NOW)
        assert uses.last_used(TENANT, [*(new_key() for _ in range(120)), used]) == {used: NOW}


class TestInMemory(Promises):
    @pytest.fixture
    def uses(self) -> InMemoryKeyUses:
        return InMemoryKeyUses()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def uses(self, table: KeyUseTable) -> KeyUseTable:
        return table


def test_what_is_beyond_memory_is_not_found_though_it_may_still_be_there(table: KeyUseTable) -> None:
    key = new_key()
    table.used(TENANT, key, NOW - KEPT_SECONDS)
    assert table.last_used(TENANT, [key]) == {}


def test_a_table_that_is_not_there(dynamodb: DynamoDB) -> None:
    gone = KeyUseTable(dynamodb.client, f"counters-{uuid.uuid4().hex}")
    with pytest.raises(Unavailable):
        gone.used(TENANT, new_key(), NOW)
    with pytest.raises(Unavailable):
        gone.last_used(TENANT, [new_key()])
