"""Many applications in a tenant: what a developer asks for does not grow with those of others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.client import BaseClient

from gatehouse.controlplane.store.applications import Draft
from tests.worlds.market import MARY, Market

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.people.identity import Principal
    from tests.conftest import DynamoDB

OWN, OTHERS, CROWD = 30, 50, 2_000
"""A developer has so many, as many others have one each; then a crowd comes."""

REQUESTS_MAX = 8
BATCH = 25
TABLE_READS = {"GetItem", "BatchGetItem", "Query"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each operation of DynamoDB was asked for."""
    counted: Counter[str] = Counter()
    real = BaseClient._make_api_call

    def counting(client: BaseClient, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        counted[operation] += 1
        return dict(real(client, operation, parameters))

    monkeypatch.setattr(BaseClient, "_make_api_call", counting)
    return counted


def register(market: Market, principal: Principal, count: int) -> list[str]:
    applications = market.store.applications
    return [applications.create(principal, Draft(name=f"App {n}", policy="Unlimited")).id for n in range(count)]


def crowd(market: Market, rows: int) -> None:
    """Rows of so many other people's applications, as they stand in the tenant's list."""
    listed = [
        {"pk": {"S": "carbon.super#APPS"}, "sk": {"S": f"user{n}#app"}, "body": {"S": f'{{"id": "{n}"}}'}}
        for n in range(rows)
    ]
    for start in range(0, rows, BATCH):
        puts = [{"PutRequest": {"Item": item}} for item in listed[start : start + BATCH]]
        left = market.client.batch_write_item(RequestItems={market.names["applications"]: puts})
        assert not left["UnprocessedItems"]


def test_what_a_developer_asks_for_does_not_grow_with_the_applications_of_others(
    dynamodb: DynamoDB, asked: Counter[str]
) -> None:
    market = Market(dynamodb)
    api = market.api("Pizza")
    mine = register(market, MARY, OWN)
    for application_id in mine:
        market.subscribe(application_id, api, "Unlimited")
    for number in range(OTHERS):
        register(market, replace(MARY, user=f"other{number}"), 1)
    questions: dict[str, Callable[[], Any]] = {
        "her applications": lambda: market.call("GET", "/applications", query={"limit": 10}),
        "one by name": lambda: market.call("GET", "/applications", query={"query": "App 7"}),
        "her subscriptions to an API": lambda: market.call("GET", "/subscriptions", query={"apiId": api.id}),
        "one application": lambda: market.call("GET", f"/applications/{mine[0]}"),
    }
    market.call("GET", "/applications")  # the first time everybody gets one

    def requests() -> dict[str, int]:
        found = {}
        for name, question in questions.items():
            asked.clear()
            assert question().status == 200, name
            assert set(asked) <= TABLE_READS, f"{name}: {asked}"
            found[name] = asked.total()
        return found

    before = requests()
    assert max(before.values()) <= REQUESTS_MAX, before
    crowd(market, CROWD)
    assert requests() == before
