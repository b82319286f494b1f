from __future__ import annotations

from typing import Any

import pytest

from tests.asyncapi_texts import STREETLIGHTS_2, STREETLIGHTS_3
from tests.worlds.projects import export, only, take
from tests.worlds.publisher import PublisherWorld, api, blamed, definition
from tests.worlds.publisher_graphql import operations
from tests.worlds.publisher_streaming import IMPORT, SOCKET, imported, made, told

ADDRESS = "https://definitions.example/lights.yaml"
SILENT = b"asyncapi: 2.6.0\ninfo: {title: Bells, version: '1'}\nchannels: {}"
LIGHTS = ["SUBSCRIBE lights/{lightId}/measured", "PUBLISH lights/{lightId}/on"]


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def test_201_channels_become_operations_and_the_type_is_what_the_servers_speak(world: PublisherWorld) -> None:
    found = made(world)
    assert (found["type"], operations(found), found["operations"][1]["scopes"]) == ("WS", LIGHTS, ["light_switch"])
    assert [entry["scope"]["name"] for entry in found["scopes"]] == ["light_switch"]
    kafka = made(world, STREETLIGHTS_3, name="Broker", endpointConfig=None)
    assert (kafka["type"], kafka["asyncTransportProtocols"]) == ("ASYNC", ["kafka"])
    assert told(world, found["id"])["components"]["messages"]["switched"]["x-lost"] == "never"


def test_201_a_definition_is_read_from_an_address_and_names_the_api(world: PublisherWorld) -> None:
    world.remote.contents[ADDRESS] = STREETLIGHTS_2
    reply = world.form("POST", IMPORT, url=ADDRESS, additionalProperties='{"context": "/lights", "type": "WEBSUB"}')
    assert (reply.status, reply.json["name"], reply.json["version"], reply.json["type"]) == (
        201,
        "Streetlights",
        "1.0.0",
        "WEBSUB",
    )


@pytest.mark.parametrize(
    ("content", "more", "field"),
    [
        (STREETLIGHTS_2.replace(b"protocol: wss", b"protokol: wss"), {}, "/servers/production"),
        (STREETLIGHTS_2, {"type": "HTTP"}, "type"),
        (SILENT, {}, "servers"),
        (SILENT, {"type": "WS"}, "channels"),
    ],
)
def test_400_what_cannot_be_imported(world: PublisherWorld, content: bytes, more: Any, field: str) -> None:
    assert blamed(imported(world, content, **more)) == [field]


def test_200_validation_tells_what_is_in_it_or_what_is_wrong(world: PublisherWorld) -> None:
    path = "/apis/validate-asyncapi"
    good = world.form("POST", path, file=STREETLIGHTS_2).json
    assert good["isValid"] is True
    assert good["info"] == {
        "name": "Streetlights",
        "version": "1.0.0",
        "context": None,
        "description": "Turns lights on and off",
        "asyncAPIVersion": "2.6.0",
        "protocol": "WS",
        "endpoints": ["wss://lights.example/stream"],
        "gatewayVendor": "wso2",
        "asyncTransportProtocols": [],
    }
    bad = world.form("POST", path, file=STREETLIGHTS_2.replace(b"title:", b"titel:")).json
    assert (bad["isValid"], bad["errors"][0]["code"]) == (False, "903231")
    assert bad["errors"][0]["message"].startswith("/info: ")
    assert bad["errors"][0]["message"].endswith("(line 3)")


def test_200_the_definition_and_the_document_follow_each_other(world: PublisherWorld) -> None:
    api_id = made(world)["id"]
    changed = STREETLIGHTS_2.replace(b"lights/{lightId}/on", b"lights/{lightId}/off")
    reply = world.form("PUT", f"/apis/{api_id}/asyncapi", apiDefinition=changed.decode())
    assert "lights/{lightId}/off" in reply.json["channels"]
    document = world.made("GET", f"/apis/{api_id}")
    assert operations(document) == [LIGHTS[0], "PUBLISH lights/{lightId}/off"]
    document["operations"] = document["operations"][:1]
    del document["type"]
    assert world.made("PUT", f"/apis/{api_id}", document)["type"] == "WS"
    kept = told(world, api_id)
    assert (list(kept["channels"]), kept["x-owner"]) == (["lights/{lightId}/measured"], {"team": "lights"})


def test_200_topics_replace_the_channels_and_those_that_stay_keep_what_is_known(world: PublisherWorld) -> None:
    api_id = made(world)["id"]
    topics = [
        {"name": "lights/{lightId}/on", "mode": "publish", "description": ""},
        {"name": "alarms", "mode": "SUBSCRIBE", "description": "When a light breaks"},
    ]
    found = world.made("PUT", f"/apis/{api_id}/topics", {"count": 2, "list": topics})
    assert operations(found) == ["PUBLISH lights/{lightId}/on", "SUBSCRIBE alarms"]
    assert found["operations"][0]["scopes"] == ["light_switch"]
    kept = told(world, api_id)["channels"]
    assert kept["alarms"]["subscribe"]["description"] == "When a light breaks"
    assert kept["lights/{lightId}/on"]["publish"]["message"] == {"$ref": "#/components/messages/switched"}
    wrong = {"list": [{"name": "alarms", "mode": "LISTEN", "description": ""}]}
    assert blamed(world.call("PUT", f"/apis/{api_id}/topics", wrong)) == ["operations.0.verb"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("WS", ["SUBSCRIBE /*", "PUBLISH /*"]), ("SSE", ["SUBSCRIBE /*"]), ("WEBHOOK", ["SUBSCRIBE /*"])],
)
def test_201_an_api_without_a_definition_gets_one(world: PublisherWorld, kind: str, expected: list[str]) -> None:
    found = world.made("POST", "/apis", api(type=kind, operations=None, endpointConfig=SOCKET))
    assert operations(found) == expected
    assert (told(world, found["id"])["asyncapi"], list(told(world, found["id"])["channels"])) == ("2.6.0", ["/*"])


def test_each_kind_of_api_has_its_own_definition_only(world: PublisherWorld) -> None:
    stream, plain = made(world)["id"], world.design()["id"]
    assert world.call("GET", f"/apis/{stream}/swagger").status == 404
    assert world.form("PUT", f"/apis/{stream}/swagger", apiDefinition=str(definition())).status == 404
    for reply in (
        world.call("GET", f"/apis/{plain}/asyncapi"),
        world.form("PUT", f"/apis/{plain}/asyncapi", apiDefinition=STREETLIGHTS_2.decode()),
        world.call("PUT", f"/apis/{plain}/topics", {"list": []}),
    ):
        assert (reply.status, reply.json["description"]) == (
            404,
            f"API '{plain}' is of type HTTP; WS, WEBSUB, SSE, WEBHOOK, ASYNC ones have an AsyncAPI definition",
        )
    for api_id, other in ((stream, "HTTP"), (plain, "WS")):
        document = {**world.made("GET", f"/apis/{api_id}"), "type": other}
        assert blamed(world.call("PUT", f"/apis/{api_id}", document)) == ["type"]


def test_it_is_versioned_revised_and_published_but_not_deployed_to_a_gateway_of_http(world: PublisherWorld) -> None:
    api_id = made(world)["id"]
    copy = world.made("POST", "/apis/copy-api", query={"apiId": api_id, "newVersion": "2.0.0"})
    assert told(world, copy["id"])["info"]["version"] == "2.0.0"
    revision = world.revision(api_id)
    world.made("PUT", f"/apis/{api_id}/topics", {"list": [{"name": "bells", "mode": "SUBSCRIBE", "description": ""}]})
    restored = world.call("POST", f"/apis/{api_id}/restore-revision", query={"revisionId": revision["id"]})
    assert restored.status == 201
    assert list(told(world, api_id)["channels"]) == ["lights/{lightId}/measured", "lights/{lightId}/on"]
    reply = world.deploy(api_id, revision["id"])
    assert blamed(reply) == ["type"]
    assert "published and shown without being deployed" in reply.text
    assert world.change(api_id, "Publish").status == 200


def test_it_travels_as_an_archive(world: PublisherWorld) -> None:
    made(world)
    files, other = export(world, "Lights"), PublisherWorld()
    assert "Definitions/asyncapi.yaml" in files
    assert "Definitions/swagger.yaml" not in files
    for query in ({}, {"overwrite": "true"}):
        reply = take(other, files, **query)
        assert reply.status == 200, reply.text
        assert (only(other)["type"], operations(only(other))) == ("WS", LIGHTS)
        assert told(other, only(other)["id"]) == told(world, only(world)["id"])


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"type": "ASYNC", "endpointConfig": None, "advertiseInfo": {"advertised": True}}, 200),
        ({"type": "WEBSUB", "endpointConfig": None}, 200),
        ({"type": "WS", "endpointConfig": None}, 400),
    ],
)
def test_who_is_called_by_backends_or_served_elsewhere_needs_no_endpoint(
    world: PublisherWorld, more: Any, status: int
) -> None:
    assert world.change(made(world, **more)["id"], "Publish").status == status
