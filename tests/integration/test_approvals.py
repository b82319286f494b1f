"""Approvals on real tables: whatever happens at the same time, one decision holds and nothing waits for what is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import ApiKeyTable, ApplicationTable, KeyTable, SubscriptionTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.workflows import WorkflowTable
from gatehouse.domain.artifact import subscription_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.workflow import WorkflowKind
from tests.worlds.workflows import WaitingWorld

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.apis.api import Api
    from tests.callers import Reply
    from tests.conftest import DynamoDB

K = WorkflowKind
SETTLED = {200, 202, 400, 404, 409}
"""Answers of a race: done, or told precisely why not."""


class WaitingMarket(WaitingWorld):
    """The store's rules, and who decides, on real tables."""

    def __init__(self, dynamodb: DynamoDB, *kinds: WorkflowKind) -> None:
        self.names = {name: dynamodb.table(name) for name in ("apis", "applications", "artifacts", "workflows")}
        self.looked_up = ArtifactLookup(dynamodb.client, self.names["artifacts"])
        super().__init__(*kinds)

    def _workflows(self) -> Any:
        return WorkflowTable(self.names["workflows"])

    def _tables(self) -> tuple[Any, Any, Any, Any, Any]:
        artifacts = ArtifactTable(self.names["artifacts"])
        apis, table = ApiTable(self.names["apis"], artifacts), self.names["applications"]
        return (
            apis,
            ApplicationTable(table, artifacts),
            KeyTable(table, artifacts),
            SubscriptionTable(table, apis, artifacts),
            ApiKeyTable(table, apis, artifacts),
        )

    def admitted(self, application_id: str, api: Api) -> Any:
        """The status that the gateway finds, None when it finds no subscription."""
        (found,) = self.looked_up.get([subscription_key(SUPER_TENANT, application_id, api.id)])
        return found["status"] if found else None  # type: ignore[index]

    def awaited(self) -> set[str]:
        """The references that applications, keys and subscriptions wait for."""
        known = self.store.applications.applications.owned(SUPER_TENANT, "mary")
        references = {one.workflow for one in known}
        for one in known:
            references |= {key.workflow for key in self.keys.of_application(SUPER_TENANT, one.id)}
            references |= {sub.workflow for sub in self.subscriptions.of_application(SUPER_TENANT, one.id)}
        return references - {""}


def race(*attempts: Callable[[], Reply]) -> list[int]:
    with ThreadPoolExecutor(len(attempts)) as pool:
        statuses = [future.result().status for future in [pool.submit(attempt) for attempt in attempts]]
    assert set(statuses) <= SETTLED, statuses
    return statuses


def test_of_an_approval_and_a_rejection_at_once_one_holds_at_the_gateway(dynamodb: DynamoDB) -> None:
    market = WaitingMarket(dynamodb, K.SUBSCRIPTION_CREATION)
    application, api = market.application(), market.api()
    subscription = market.subscribe(application, api)
    assert market.admitted(application, api) == "ON_HOLD"
    (waiting,) = market.pending()
    decide = market.decide
    statuses = race(*(lambda way=way: decide(way, waiting["referenceId"]) for way in ("APPROVED", "REJECTED") * 3))
    assert statuses.count(200) == 1
    assert market.admitted(application, api) == market.status(subscription)
    assert market.status(subscription) in {"UNBLOCKED", "REJECTED"}
    assert (market.pending(), market.awaited()) == ([], set())


@pytest.mark.parametrize("gone", ["subscription", "application"])
def test_what_goes_while_it_is_decided_about_leaves_nothing_behind(dynamodb: DynamoDB, gone: str) -> None:
    market = WaitingMarket(dynamodb, K.SUBSCRIPTION_CREATION, K.APPLICATION_REGISTRATION_PRODUCTION)
    for _ in range(3):
        application, api = market.application(), market.api(f"Api{len(market.apis.summaries(SUPER_TENANT))}")
        subscription = market.subscribe(application, api)
        market.generate(application)
        path = f"/subscriptions/{subscription}" if gone == "subscription" else f"/applications/{application}"
        references = [one["referenceId"] for one in market.pending()]
        race(
            lambda path=path: market.call("DELETE", path),
            *(lambda reference=reference: market.decide("APPROVED", reference) for reference in references),
        )
        if market.call("GET", path).status == 200:  # somebody was faster: what is left can be ended again
            assert market.call("DELETE", path).status == 200
        assert market.admitted(application, api) is None
        assert {one["referenceId"] for one in market.pending()} == market.awaited()
        if gone == "subscription":
            assert market.call("DELETE", f"/applications/{application}").status == 200
    assert (market.pending(), market.awaited()) == ([], set())
