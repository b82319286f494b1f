"""What of a GraphQL API leaves the publisher: what its revisions take along, and what the gateway is told."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.artifact import graph_key, revision_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.graphql_texts import SDL
from tests.worlds.publisher import ENDPOINTS, PublisherWorld, blamed
from tests.worlds.publisher_graphql import (
    BY_PROTOCOL,
    COOK,
    FIELDS,
    MENU,
    costs,
    deployed,
    made,
    operations,
    priced,
    replaced,
)


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture
def pizza(world: PublisherWorld) -> str:
    """The id of a GraphQL API."""
    return made(world)


def test_a_revision_is_deployed_with_what_its_schema_says(world: PublisherWorld) -> None:
    pizza = made(world, operations=[MENU], scopes=[COOK], endpointConfig=BY_PROTOCOL, enableSchemaValidation=True)
    priced(world, pizza, ("Query", "menu", 5))
    assert deployed(world, pizza).status == 201
    body = world.artifact(revision_key(SUPER_TENANT, pizza))
    assert body["type"] == "GRAPHQL"
    assert body["operations"][0] == {"verb": "QUERY", "target": "menu", "scopes": ["cook"], "policy": "10KPerMin"}
    assert body["production"]["members"] == [{"url": "https://backend.example"}]
    assert "validated" not in body
    graph = world.artifact(graph_key(SUPER_TENANT, pizza, 1))
    assert graph["roots"] == {"QUERY": "Query", "MUTATION": "Mutation", "SUBSCRIPTION": "Subscription"}
    assert (graph["types"]["Dish"]["sides"], graph["complexity"]) == ("Dish", {"Query": {"menu": 5}})


def test_a_revision_is_not_changed_by_another_schema_and_restoring_it_brings_its_schema_back(
    world: PublisherWorld, pizza: str
) -> None:
    priced(world, pizza, ("Query", "menu", 5))
    revision = world.revision(pizza)["id"]
    replaced(world, pizza, b"type Query { wine: Int }")
    assert world.deploy(pizza, revision).status == 201
    assert "Dish" in world.artifact(graph_key(SUPER_TENANT, pizza, 1))["types"]
    restored = world.call("POST", f"/apis/{pizza}/restore-revision", query={"revisionId": revision})
    assert (restored.status, operations(restored.json)) == (201, FIELDS)
    assert world.made("GET", f"/apis/{pizza}/graphql-schema")["schemaDefinition"] == SDL.decode()
    assert costs(world, pizza) == [("Query", "menu", 5)]


def test_what_the_gateway_knew_of_a_deleted_revision_is_forgotten(world: PublisherWorld, pizza: str) -> None:
    revision = world.revision(pizza)["id"]
    world.deploy(pizza, revision)
    world.call("POST", f"/apis/{pizza}/undeploy-revision", query={"revisionId": revision, "allEnvironments": "true"})
    assert world.call("DELETE", f"/apis/{pizza}/revisions/{revision}").status == 200
    assert world.artifact(graph_key(SUPER_TENANT, pizza, 1)) is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"endpointConfig": {"endpoint_type": "awslambda"}}, "endpointConfig.endpoint_type"),
        ({"endpointConfig": {"endpoint_type": "default"}}, "endpointConfig.endpoint_type"),
        ({"endpointConfig": {"endpoint_type": "graphql", "ws": {}}}, "endpointConfig.http"),
        ({"endpointImplementationType": "MOCKED_OAS"}, "endpointImplementationType"),
        ({"gatewayType": "wso2/direct"}, "gatewayType"),
        (
            {
                "operations": [
                    {"verb": "QUERY", "target": "menu", "operationPolicies": {"request": [{"policyName": "a"}]}}
                ]
            },
            "operations.0.operationPolicies",
        ),
    ],
)
def test_400_what_the_gateway_does_not_do_for_graphql_is_not_deployed(
    world: PublisherWorld, more: dict[str, Any], field: str
) -> None:
    pizza = made(world, **more)
    assert field in blamed(deployed(world, pizza))


def test_200_an_endpoint_by_protocol_is_enough_to_be_published(world: PublisherWorld) -> None:
    assert world.change(made(world, endpointConfig=BY_PROTOCOL), "Publish").status == 200
    bare = made(world, name="Bare", endpointConfig={"endpoint_type": "graphql", "http": {"endpoint_type": "http"}})
    assert blamed(world.change(bare, "Publish")) == ["endpointConfig"]


def test_200_secrets_of_an_endpoint_by_protocol_are_never_shown(world: PublisherWorld) -> None:
    security = {"production": {"enabled": True, "type": "basic", "username": "a", "password": "hidden"}}
    config = {**BY_PROTOCOL, "http": {**ENDPOINTS, "endpoint_security": security}}
    pizza = made(world, endpointConfig=config)
    assert "hidden" not in world.call("GET", f"/apis/{pizza}").text
    assert deployed(world, pizza).status == 201
    body = world.artifact(revision_key(SUPER_TENANT, pizza))
    assert body["production"]["security"]["password"] == "hidden"
