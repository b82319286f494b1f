"""Thousands of applications and subscriptions in a tenant: a page of them reads what was written since, and the page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from botocore.client import BaseClient

from tests.worlds.many_applications import PAGE, Crowd, crowd

if TYPE_CHECKING:
    from tests.conftest import DynamoDB

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("dynamodb", ["dynamodb-local"], indirect=True)]

APPLICATIONS = 4_000
"""More than are read to list them, of one owner and of one API."""

REQUESTS_MAX = 7
READ_EACH_TIME_MAX = 210
"""Lines of an owner, or subscribers of an API, that are read before it is known that there are many; and notes."""


@pytest.fixture(scope="module")
def asked_before(dynamodb: DynamoDB) -> Crowd:
    """An environment that has listed them all."""
    found = crowd(dynamodb, APPLICATIONS)
    for question in found.questions().values():
        assert question()
    return found


def test_a_page_reads_what_was_written_since_and_the_page(asked_before: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Counter[str]()
    really = BaseClient._make_api_call

    def counted(client: BaseClient, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = really(client, operation, parameters)
        seen.update({"requests": 1, "items": len(answer.get("Items", ()))})
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    for name, question in asked_before.questions().items():
        seen.clear()
        assert 0 < len(question()) <= PAGE.limit, name
        assert seen["requests"] <= REQUESTS_MAX, name
        assert seen["items"] <= READ_EACH_TIME_MAX, name
