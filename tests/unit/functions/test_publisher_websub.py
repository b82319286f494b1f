"""APIs of WebSub in the publisher: what the gateway is told of them, and what cannot be deployed."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.artifact import revision_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Algorithm, ApiType, DeployedApi, EndpointGroup, EventSource
from tests.worlds.publisher import PublisherWorld, blamed
from tests.worlds.publisher_streaming import imported

CONFIGURATION = "websubSubscriptionConfiguration"
ORDERS = b"""\
asyncapi: 2.6.0
info: {title: Orders, version: 1.0.0}
channels:
  /orders: {subscribe: {x-scopes: [order], message: {payload: {type: object}}}}
"""
REQUEST_POLICY = {"request": [{"policyName": "addHeader", "parameters": {"headerName": "a", "headerValue": "b"}}]}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def made(world: PublisherWorld, content: bytes = ORDERS, **more: Any) -> str:
    reply = imported(world, content, **{"endpointConfig": None, "type": "WEBSUB", **more})
    assert reply.status == 201, reply.text
    return str(reply.json["id"])


def deployed(world: PublisherWorld, api_id: str) -> DeployedApi:
    reply = world.deploy(api_id, world.revision(api_id)["id"])
    assert reply.status == 201, reply.text
    [body] = world.artifacts.get([revision_key(SUPER_TENANT, api_id)])
    assert body is not None
    return DeployedApi.from_body(body)


def test_201_topics_and_the_source_of_events_are_deployed_without_an_endpoint(world: PublisherWorld) -> None:
    given = {"enable": True, "secret": "hidden", "signingAlgorithm": "SHA1", "signatureHeader": "X-Orders-Signature"}
    api = deployed(world, made(world, **{CONFIGURATION: given}, enableSubscriberVerification=True))
    assert (api.type, api.production, api.sandbox) == (ApiType.WEBSUB, EndpointGroup(), EndpointGroup())
    assert [(one.verb, one.target, one.scopes) for one in api.operations] == [("SUBSCRIBE", "/orders", ("order",))]
    assert api.events == EventSource(
        signed=True, secret="hidden", algorithm=Algorithm.SHA1, header="x-orders-signature", verified=True
    )
    assert "hidden" not in repr(api)


def test_201_without_a_configuration_events_are_taken_unsigned_and_deliveries_signed_with_sha_256(
    world: PublisherWorld,
) -> None:
    assert deployed(world, made(world)).events == EventSource(algorithm=Algorithm.SHA256)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({CONFIGURATION: {"enable": True}}, f"{CONFIGURATION}.secret"),
        ({CONFIGURATION: {"signingAlgorithm": "MD5"}}, f"{CONFIGURATION}.signingAlgorithm"),
        ({CONFIGURATION: {"signatureHeader": "x y"}}, f"{CONFIGURATION}.signatureHeader"),
        ({"gatewayType": "wso2/direct"}, "gatewayType"),
        ({"enableSchemaValidation": True}, "enableSchemaValidation"),
        ({"endpointImplementationType": "INLINE"}, "endpointImplementationType"),
        ({"apiPolicies": REQUEST_POLICY}, "apiPolicies"),
    ],
)
def test_400_names_what_a_hub_cannot_do(world: PublisherWorld, more: dict[str, Any], field: str) -> None:
    api_id = made(world, **more)
    assert blamed(world.deploy(api_id, world.revision(api_id)["id"])) == [field]


def test_400_subscribers_publish_nothing(world: PublisherWorld) -> None:
    api_id = made(world, ORDERS.replace(b"subscribe:", b"publish:"))
    assert blamed(world.deploy(api_id, world.revision(api_id)["id"])) == ["operations.0.verb"]
