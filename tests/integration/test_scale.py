"""A thousand APIs and a hundred thousand grants in the table: what a call asks for does not grow with them."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.aws import dynamodb_client
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.domain.applications.grant import ApplicationGrant, KeyType, SubscriptionGrant, SubscriptionStatus
from gatehouse.domain.artifact import (
    Artifact,
    client_key,
    keys_key,
    policy_key,
    revision_key,
    route_key,
    state_key,
    subscription_key,
)
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import World, menu_api
from tests.fakes.counters import InMemoryCounters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatehouse.dataplane.call import Reply
    from gatehouse.dataplane.gateway import Gateway
    from tests.conftest import DynamoDB

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)]

APIS, CUSTOMERS = 1_000, 50_000
"""A customer is an application with a key, which is a grant, and with a subscription, which is another."""

TEAM = 100
"""So many of the APIs share the first segment of their paths, as `/team/api7`: their routes are read together."""

COLD_REQUESTS_MAX = 16
NEW_CUSTOMER_REQUESTS_MAX = 4
NEW_API_REQUESTS_MAX = 6
KILOBYTES_PER_API_MAX = 60
BATCH = 25
BY_KEY = {"GetItem", "BatchGetItem", "Query"}


@dataclass(frozen=True, slots=True)
class Company:
    """A table of this many APIs and customers, numbered; the number of a customer, modulo, is that of its API."""

    world: World
    table: str
    apis: int
    asked: Counter[str]
    pages: list[int]

    def environment(self, executor: ThreadPoolExecutor) -> Gateway:
        """One that knows nothing yet."""
        return self.world.gateway(InMemoryCounters(), executor, len)

    def call(self, gateway: Gateway, customer: int) -> Reply:
        token = self.world.token(azp=f"customer{customer}", sub=f"customer{customer}")
        reply = gateway.handle(self.world.call(path=f"{base_path(customer % self.apis)}/items", token=token))
        self.world.backend.requests.clear()
        return reply

    def requests(self, gateway: Gateway, *customers: int) -> int:
        """How many requests the table got for calls of these customers, all of which are served."""
        before = self.asked.total()
        assert {self.call(gateway, customer).status for customer in customers} == {200}
        return self.asked.total() - before


def base_path(number: int) -> str:
    return f"/team/api{number}/1.0.0" if number < TEAM else f"/api{number}/1.0.0"


def artifacts(apis: int, customers: int) -> Iterator[Artifact]:
    for number in range(apis):
        api = menu_api(id=f"api-{number}", name=f"Api{number}", base_path=base_path(number))
        yield Artifact(route_key(SUPER_TENANT, api.base_path), {"api_id": api.id})
        yield Artifact(revision_key(SUPER_TENANT, api.id), api.to_body())
        yield Artifact(state_key(SUPER_TENANT, api.id), {"state": "PUBLISHED"})
    grant = ApplicationGrant(
        application_id="", name="Kiosk", owner="mary@carbon.super", policy="Unlimited", key_type=KeyType.PRODUCTION
    )
    subscribed = SubscriptionGrant(subscription_id="s", policy="Gold", status=SubscriptionStatus.UNBLOCKED).to_body()
    for number in range(customers):
        whose = replace(grant, application_id=f"app-{number}")
        yield Artifact(client_key(SUPER_TENANT, f"customer{number}"), whose.to_body())
        yield Artifact(subscription_key(SUPER_TENANT, whose.application_id, f"api-{number % apis}"), subscribed)


def company(dynamodb: DynamoDB, apis: int, customers: int) -> Company:
    world, table = World(), dynamodb.table("artifacts")
    key = keys_key(SUPER_TENANT)
    ArtifactTable(table).publish([Artifact(key, world.artifacts.get([key])[0] or {})])
    written = dynamodb.client.get_item(TableName=table, Key={"pk": {"S": key.partition}, "sk": {"S": key.name}})["Item"]
    policies = [
        Artifact(policy_key(SUPER_TENANT, kind, name), Terms(name=name).to_body())
        for kind in (PolicyKind.ADVANCED, PolicyKind.APPLICATION, PolicyKind.SUBSCRIPTION)
        for name in ("Unlimited", "Gold")
    ]
    load(dynamodb, table, written, [*policies, *artifacts(apis, customers)])
    client, asked, pages = dynamodb_client(), Counter[str](), list[int]()
    client.meta.events.register("before-call.dynamodb", lambda model, **_: asked.update([model.name]))
    client.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: pages.append(len(parsed.get("Items", ())))
    )
    world.artifacts = ArtifactLookup(client, table)  # type: ignore[assignment]
    return Company(world, table, apis, asked, pages)


def load(dynamodb: DynamoDB, table: str, template: dict[str, Any], wanted: Iterable[Artifact]) -> None:
    """Rows as the repository writes them, twenty-five at a time."""
    items = [
        {
            **template,
            "pk": {"S": artifact.key.partition},
            "sk": {"S": artifact.key.name},
            "body": {"S": json.dumps(dict(artifact.body))},
        }
        for artifact in wanted
    ]

    def write(start: int) -> None:
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + BATCH]]
        answer = dynamodb.client.batch_write_item(RequestItems={table: puts})
        assert not answer.get("UnprocessedItems")

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(0, len(items), BATCH)))


@pytest.fixture(scope="module")
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.fixture(scope="module")
def large(dynamodb: DynamoDB) -> Company:
    return company(dynamodb, APIS, CUSTOMERS)


@pytest.fixture(scope="module")
def small(dynamodb: DynamoDB) -> Company:
    return company(dynamodb, 1, 1)


def test_a_cold_call_makes_as_few_requests_as_in_an_empty_house(
    small: Company, large: Company, executor: ThreadPoolExecutor
) -> None:
    cold = large.requests(large.environment(executor), CUSTOMERS - 1)
    assert cold == small.requests(small.environment(executor), 0)
    assert cold <= COLD_REQUESTS_MAX


def test_a_warm_call_makes_none(large: Company, executor: ThreadPoolExecutor) -> None:
    gateway = large.environment(executor)
    large.requests(gateway, 500)
    # Each token is a new one, whose revocation must be asked for once.
    assert large.requests(gateway, 500, 500) <= 2
    token = large.world.token(azp="customer500", sub="customer500")
    call = large.world.call(path=f"{base_path(500)}/items", token=token)
    gateway.handle(call)
    before = large.asked.total()
    assert {gateway.handle(call).status for _ in range(50)} == {200}
    assert large.asked.total() == before


def test_a_customer_and_an_api_that_are_new_to_an_environment_cost_a_few_requests(
    large: Company, executor: ThreadPoolExecutor
) -> None:
    gateway = large.environment(executor)
    large.requests(gateway, 700)
    assert large.requests(gateway, 700 + APIS) <= NEW_CUSTOMER_REQUESTS_MAX
    assert large.requests(gateway, 701) <= NEW_CUSTOMER_REQUESTS_MAX + NEW_API_REQUESTS_MAX


def test_the_routes_of_a_path_segment_are_read_once_and_no_others(large: Company, executor: ThreadPoolExecutor) -> None:
    gateway = large.environment(executor)
    large.pages.clear()
    assert large.call(gateway, 7).status == 200
    assert max(large.pages) == TEAM
    large.pages.clear()
    assert {large.call(gateway, number).status for number in range(TEAM)} == {200}
    assert sum(large.pages) == 0


def test_everything_is_asked_by_key(large: Company, executor: ThreadPoolExecutor) -> None:
    gateway = large.environment(executor)
    large.asked.clear()
    large.requests(gateway, *range(0, APIS, 50))
    assert large.call(gateway, CUSTOMERS + 1).status == 403  # nobody's key
    assert gateway.handle(large.world.call(path="/nobody/1.0.0/x")).status == 404
    assert set(large.asked) <= BY_KEY


def test_memory_grows_with_the_apis_that_were_called_and_not_with_those_that_there_are(
    large: Company, executor: ThreadPoolExecutor
) -> None:
    gateway = large.environment(executor)
    large.requests(gateway, APIS - 1)
    called = 200
    tracemalloc.start()
    try:
        large.requests(gateway, *range(TEAM, TEAM + called))
        kilobytes = tracemalloc.get_traced_memory()[0] / 1e3
    finally:
        tracemalloc.stop()
    assert kilobytes / called <= KILOBYTES_PER_API_MAX
