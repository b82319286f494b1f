"""Recovery codes: the promises of `ports/people/recovery`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.dynamo.identity import RecoveryTable
from gatehouse.ports.people.recovery import RecoveryCode
from tests.fakes.recovery import InMemoryRecoveryCodes

if TYPE_CHECKING:
    from gatehouse.ports.people.recovery import RecoveryCodes
    from tests.conftest import DynamoDB

PAUSE_SECONDS = 60


def code(**changes: Any) -> RecoveryCode:
    values: dict[str, Any] = {
        "tenant": "a.example",
        "user": "Mary",
        "digest": uuid.uuid4().hex,
        "issued_at": 1_000,
        "expires_at": 2_000,
    }
    return RecoveryCode(**{**values, **changes})


class Promises:
    def test_a_code_comes_back_as_it_was_kept(self, codes: RecoveryCodes, tenant: str) -> None:
        one = code(tenant=tenant)
        assert codes.issue(one, pause_seconds=PAUSE_SECONDS)
        assert codes.get(tenant, one.digest) == one
        assert codes.get(f"other.{tenant}", one.digest) is None
        for nothing in ("", "x" * 5000, uuid.uuid4().hex):
            assert codes.get(tenant, nothing) is None

    def test_the_next_code_comes_after_a_pause_and_ends_the_last(self, codes: RecoveryCodes, tenant: str) -> None:
        first = code(tenant=tenant)
        codes.issue(first, pause_seconds=PAUSE_SECONDS)
        soon = code(tenant=tenant, user="MARY", issued_at=first.issued_at + PAUSE_SECONDS - 1)
        assert not codes.issue(soon, pause_seconds=PAUSE_SECONDS)
        assert codes.get(tenant, soon.digest) is None
        assert codes.get(tenant, first.digest) == first
        later = replace(soon, issued_at=first.issued_at + PAUSE_SECONDS)
        assert codes.issue(later, pause_seconds=PAUSE_SECONDS)
        assert codes.get(tenant, first.digest) is None
        assert codes.get(tenant, later.digest) == later
        assert codes.issue(code(tenant=tenant, user="john"), pause_seconds=PAUSE_SECONDS)

    def test_of_many_who_use_a_code_one_may(self, codes: RecoveryCodes, tenant: str) -> None:
        one = code(tenant=tenant)
        codes.issue(one, pause_seconds=PAUSE_SECONDS)
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(codes.take, [one] * 8)) == 1
        assert codes.get(tenant, one.digest) is None


class TestInMemory(Promises):
    @pytest.fixture
    def codes(self) -> RecoveryCodes:
        return InMemoryRecoveryCodes()

    @pytest.fixture
    def tenant(self) -> str:
        return "a.example"


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def codes(self, dynamodb: DynamoDB) -> RecoveryCodes:
        return RecoveryTable(dynamodb.table("identity"))

    @pytest.fixture
    def tenant(self) -> str:
        return f"{uuid.uuid4().hex}.example"
