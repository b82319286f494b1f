"""What describes APIs of events, and SOAP APIs, as visitors of the store read it."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.definitions.asyncapi import AsyncApiDefinitions
from gatehouse.adapters.wsdl import LxmlWsdl
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.asyncapi_texts import STREETLIGHTS_2, STREETLIGHTS_3
from tests.worlds.store import GATEWAY, StoreWorld
from tests.wsdl_texts import SEVERAL, WSDL_11

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api

ARCHIVES = ZipArchives(ArchiveLimits(entries_max=20, bytes_max=100_000))
READER = LxmlWsdl(ARCHIVES)
TOPICS = [
    {"verb": "SUBSCRIBE", "target": "lights/{lightId}/measured"},
    {"verb": "PUBLISH", "target": "lights/{lightId}/on"},
]


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def lights(world: StoreWorld, kind: str = "WS", **document: Any) -> Api:
    api = world.api("Lights", type=kind, operations=TOPICS, **document)
    content = AsyncApiDefinitions().read(STREETLIGHTS_2).content
    return world.apis.save(replace(api, definition=world.blobs.put(api.tenant, content)), [])


def phone(world: StoreWorld, content: bytes, form: str, **more: Any) -> Api:
    key = world.blobs.put("carbon.super", content)
    return world.api("Phone", type="SOAP", wsdlInfo={"type": form}, keys={"schema": key}, **more)


def test_200_the_definition_and_the_topics_are_read_without_the_backend_s_address(world: StoreWorld) -> None:
    api = lights(world)
    told = world.call("GET", f"/apis/{api.id}/async-api-specification", by=None)
    assert (told.status, "servers" in told.json, told.json["x-owner"]) == (200, False, {"team": "lights"})
    assert json.loads(world.call("GET", f"/apis/{api.id}").json["apiDefinition"]) == told.json
    again = {"If-None-Match": told.headers["ETag"]}
    assert world.call("GET", f"/apis/{api.id}/async-api-specification", headers=again).status == 304
    topics = world.call("GET", f"/apis/{api.id}/topics").json
    assert topics["count"] == 2
    assert topics["list"][0] == {"apiId": api.id, "name": "lights/{lightId}/measured", "type": "SUBSCRIBE"}


def test_200_what_is_served_elsewhere_shows_where(world: StoreWorld) -> None:
    api = lights(world, "ASYNC", advertiseInfo={"advertised": True})
    told = world.call("GET", f"/apis/{api.id}/async-api-specification").json
    assert told["servers"]["production"]["url"] == "wss://lights.example/stream"


@pytest.mark.parametrize(
    ("content", "server"),
    [
        (STREETLIGHTS_2, {"url": "https://gateway.example:8243/orders/1.0.0"}),
        (STREETLIGHTS_3, {"host": "gateway.example:8243", "pathname": "/orders/1.0.0"}),
    ],
)
def test_200_what_the_gateway_serves_shows_the_gateway(
    world: StoreWorld, content: bytes, server: dict[str, str]
) -> None:
    api = world.api("Orders", type="WEBSUB", operations=[TOPICS[0]])
    world.deploy(api, content=AsyncApiDefinitions().read(content).content)
    told = world.call("GET", f"/apis/{api.id}/async-api-specification").json
    assert told["servers"] == {"gateway": {**server, "protocol": "websub"}}


def test_404_for_another_kind_an_unseen_api_and_an_environment_where_it_is_not(world: StoreWorld) -> None:
    stream, plain = lights(world), world.api("Plain")
    hidden = world.api("Hidden", LifecycleState.CREATED, type="WS")
    for path in ("async-api-specification", "topics", "wsdl"):
        assert world.call("GET", f"/apis/{plain.id}/{path}").status == 404
        assert world.call("GET", f"/apis/{hidden.id}/{path}").status == 404
    for path in ("swagger", "postman-collection", "wsdl"):
        assert world.call("GET", f"/apis/{stream.id}/{path}").status == 404
    elsewhere = {"environmentName": "Nowhere"}
    assert world.call("GET", f"/apis/{stream.id}/async-api-specification", query=elsewhere).status == 404


@pytest.mark.parametrize(
    ("content", "form", "media_type"),
    [(WSDL_11, "WSDL", "text/xml"), (ARCHIVES.pack(SEVERAL), "ZIP", "application/zip")],
)
def test_200_a_wsdl_names_the_gateway_and_not_the_backend(
    world: StoreWorld, content: bytes, form: str, media_type: str
) -> None:
    api = phone(world, content, form)
    reply = world.call("GET", f"/apis/{api.id}/wsdl", by=None)
    assert (reply.status, reply.headers["Content-Type"]) == (200, media_type)
    endpoints = READER.read(b64decode(reply.text)).endpoints
    assert {endpoint.location for endpoint in endpoints} == {f"{GATEWAY}/phone/1.0.0"}
    assert world.call("GET", f"/apis/{api.id}").json["wsdlUri"] == f"/apis/{api.id}/wsdl"
