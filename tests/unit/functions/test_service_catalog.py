"""The service catalog: backends with their definitions, found by key, exchanged as archives."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.worlds.archives import zipped
from tests.worlds.publisher import blamed
from tests.worlds.service_catalog import CatalogWorld, openapi, service
from tests.wsdl_texts import WSDL_11, WSDL_20

ASKED = {"name": "Pizza", "context": "/pizza", "version": "1.0.0", "policies": ["Unlimited"]}
ASYNC = {
    "asyncapi": "2.6.0",
    "info": {"title": "Pizza", "version": "1.0.0"},
    "servers": {"kitchen": {"url": "backend.example", "protocol": "wss"}},
    "channels": {"/orders": {"subscribe": {"message": {"payload": {"type": "string"}}}}},
}


@pytest.fixture
def world() -> CatalogWorld:
    return CatalogWorld()


def archive(world: CatalogWorld, **services: dict[str, Any]) -> bytes:
    files = {}
    for folder, metadata in services.items():
        files[f"services/{folder}/metadata.yaml"] = json.dumps(metadata).encode()
        files[f"services/{folder}/definition.json"] = openapi(metadata["name"])
    return world.archives.pack(files)


def test_201_a_service_is_found_by_its_address_key_and_name(world: CatalogWorld) -> None:
    reply = world.add(description="Makes pizza", securityType="BASIC")
    made = reply.json
    assert reply.status == 201
    assert reply.headers["Location"] == f"/api/am/service-catalog/v1/services/{made['id']}"
    assert (made["serviceKey"], made["usage"], len(made["md5"])) == ("Pizza-1.0.0", 0, 64)
    assert world.call("GET", f"/services/{made['id']}").json == made
    for query in ({"key": "Other-1,Pizza-1.0.0"}, {"name": "izz"}, {"name": '"Pizza"', "definitionType": "OAS"}):
        assert world.call("GET", "/services", query=query).json["list"] == [made], query
    for query in ({"key": "pizza"}, {"name": '"Pizz"'}, {"version": "2"}, {"definitionType": "OAS2"}):
        assert world.call("GET", "/services", query=query).json["list"] == [], query


def test_the_definition_comes_back_as_it_was_sent(world: CatalogWorld) -> None:
    text = b"openapi: 3.0.3\ninfo: {title: Pizza, version: '1'}\npaths: {}\nx-ours: kept\n"
    made = world.add(content=text).json
    reply = world.call("GET", f"/services/{made['id']}/definition")
    assert (reply.text.encode(), reply.headers["Content-Type"]) == (text, "application/yaml")


def test_a_definition_is_read_from_its_address(world: CatalogWorld) -> None:
    url = "https://backend.example/openapi.json"
    world.remote.contents[url] = openapi()
    reply = world.form("POST", "/services", serviceMetadata=json.dumps(service(definitionUrl=url)))
    assert (reply.status, reply.json["definitionUrl"]) == (201, url)


def test_409_key_and_name_with_version_are_taken_once(world: CatalogWorld) -> None:
    world.added()
    assert world.add(serviceKey="another").status == 409, "the same name and version"
    assert world.add("Pasta", serviceKey="Pizza-1.0.0").status == 409, "the same key"
    assert world.add("Pizza", "2.0.0").status == 201


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"definitionType": "OAS2"}, "definitionType"),
        ({"definitionType": "COBOL"}, "serviceMetadata.definitionType"),
        ({"serviceUrl": "backend"}, "serviceMetadata.serviceUrl"),
        ({"colour": "red"}, "serviceMetadata.colour"),
    ],
)
def test_400_what_is_wrong_with_a_service_is_named(world: CatalogWorld, more: dict[str, Any], field: str) -> None:
    assert blamed(world.add(**more)) == [field]


def test_a_changed_service_has_another_md5_and_keeps_what_it_is_found_by(world: CatalogWorld) -> None:
    made = world.added()
    path = f"/services/{made['id']}"
    moved = json.dumps(service(serviceUrl="https://elsewhere.example"))
    changed = world.form("PUT", path, serviceMetadata=moved).json
    assert changed["serviceUrl"] == "https://elsewhere.example"
    assert (changed["md5"][:32] != made["md5"][:32], changed["md5"][32:]) == (True, made["md5"][32:])
    renamed = world.form("PUT", path, serviceMetadata=json.dumps(service("Pasta")))
    assert (renamed.status, "name" in renamed.json["description"]) == (400, True)


def test_404_a_service_that_was_deleted_is_gone(world: CatalogWorld) -> None:
    path = f"/services/{world.added()['id']}"
    assert world.call("DELETE", path).status == 204
    assert world.call("GET", path).status == 404
    assert world.add().status == 201, "its name and key are free again"


def test_an_exported_service_comes_in_again(world: CatalogWorld) -> None:
    made = world.added(description="Makes pizza")
    content = world.call("GET", "/services/export", query={"name": "Pizza", "version": "1.0.0"})
    assert content.headers["Content-Type"] == "application/zip"
    files = world.archives.unpack(_binary(content.text))
    assert set(files) == {"Pizza-1.0.0/metadata.yaml", "Pizza-1.0.0/definition.json"}
    world.call("DELETE", f"/services/{made['id']}")
    imported = world.form("POST", "/services/import", file=_binary(content.text))
    assert [one["key"] for one in imported.json["list"]] == ["Pizza-1.0.0"]
    assert world.call("GET", f"/services/{made['id']}").json["description"] == "Makes pizza"


def test_412_an_import_overwrites_only_when_it_is_told_to(world: CatalogWorld) -> None:
    world.added()
    content = archive(world, pizza=service(description="New"), pasta=service("Pasta"))
    refused = world.form("POST", "/services/import", file=content)
    assert (refused.status, refused.json["code"]) == (412, 900910)
    assert world.call("GET", "/services").json["pagination"]["total"] == 1, "nothing was written"
    done = world.form("POST", "/services/import", query={"overwrite": "true"}, file=content)
    assert (done.status, done.json["count"]) == (200, 2)
    found = world.call("GET", "/services", query={"name": "Pizza"}).json["list"]
    assert [one["description"] for one in found] == ["New"]


def test_an_import_leaves_alone_what_is_the_same_and_refuses_what_its_verifier_does_not_know(
    world: CatalogWorld,
) -> None:
    content = archive(world, pizza={**service(), "key": "pizza-key", "displayName": "Pizza!"})
    first = world.form("POST", "/services/import", file=content).json["list"]
    assert first[0]["key"] == "pizza-key"
    writes = world.records.writes
    seen = json.dumps([{"key": "pizza-key", "md5": first[0]["md5"]}])
    again = world.form("POST", "/services/import", query={"overwrite": "true"}, file=content, verifier=seen)
    assert (again.json["list"], world.records.writes) == (first, writes)
    stale = json.dumps([{"key": "pizza-key", "md5": "0" * 64}])
    refused = world.form("POST", "/services/import", query={"overwrite": "true"}, file=content, verifier=stale)
    assert refused.status == 409


def test_400_an_archive_without_services_is_refused(world: CatalogWorld) -> None:
    content = world.archives.pack({"readme.txt": b"nothing"})
    assert blamed(world.form("POST", "/services/import", file=content)) == ["file"]


def test_the_settings_are_for_everybody_and_writing_is_not(world: CatalogWorld) -> None:
    settings = world.call("GET", "/settings", by=None).json
    assert settings == {"scopes": ["apim:api_view", "service_catalog:service_view", "service_catalog:service_write"]}
    assert world.form("POST", "/services", by="mary", serviceMetadata="{}").status == 401


def test_201_an_api_is_made_of_a_service_and_called_where_that_is(world: CatalogWorld) -> None:
    made = world.added()
    api = world.publisher.made("POST", "/apis/import-service", ASKED, query={"serviceKey": "Pizza-1.0.0"})
    assert api["serviceInfo"] == {"key": "Pizza-1.0.0", "name": "Pizza", "version": "1.0.0", "outdated": False}
    assert api["endpointConfig"]["production_endpoints"] == {"url": "https://backend.example/pizza"}
    assert [one["target"] for one in api["operations"]] == ["/menu"]
    usage = world.call("GET", f"/services/{made['id']}/usage").json
    assert [one["id"] for one in usage["list"]] == [api["id"]]
    assert world.call("GET", f"/services/{made['id']}").json["usage"] == 1
    assert world.call("DELETE", f"/services/{made['id']}").status == 409


def test_an_api_shows_that_its_service_has_changed_and_is_renewed_on_demand(world: CatalogWorld) -> None:
    service_path = f"/services/{world.added()['id']}"
    publisher = world.publisher
    api = publisher.made("POST", "/apis/import-service", ASKED, query={"serviceKey": "Pizza-1.0.0"})
    path = f"/apis/{api['id']}"
    paths = {"/drinks": {"get": {"responses": {"200": {"description": "The drinks"}}}}}
    moved = json.dumps(service(serviceUrl="https://elsewhere.example"))
    assert world.form("PUT", service_path, serviceMetadata=moved, definitionFile=openapi(paths=paths)).status == 200
    shown = publisher.made("GET", path)
    assert (shown["serviceInfo"]["outdated"], shown["operations"][0]["target"]) == (True, "/menu")
    changed = publisher.made("PUT", path, {**shown, "serviceInfo": {"key": "forged"}, "description": "Kept"})
    assert changed["serviceInfo"] == shown["serviceInfo"], "only the catalog says of what an API was made"
    renewed = publisher.made("PUT", f"{path}/reimport-service")
    assert (renewed["serviceInfo"]["outdated"], renewed["operations"][0]["target"]) == (False, "/drinks")
    assert renewed["endpointConfig"]["production_endpoints"] == {"url": "https://elsewhere.example"}
    assert renewed["description"] == "Kept"


def test_endpoints_of_ones_own_survive_a_renewal(world: CatalogWorld) -> None:
    service_path = f"/services/{world.added()['id']}"
    publisher = world.publisher
    own = {"endpoint_type": "http", "production_endpoints": {"url": "https://own.example"}}
    asked = {**ASKED, "endpointConfig": own}
    api = publisher.made("POST", "/apis/import-service", asked, query={"serviceKey": "Pizza-1.0.0"})
    world.form("PUT", service_path, serviceMetadata=json.dumps(service(serviceUrl="https://elsewhere.example")))
    assert publisher.made("PUT", f"/apis/{api['id']}/reimport-service")["endpointConfig"] == own


@pytest.mark.parametrize(
    ("kind", "url", "content", "shown"),
    [
        ("GRAPHQL_SDL", "https://backend.example", b"type Query { menu: String }", "GRAPHQL"),
        ("ASYNC_API", "wss://backend.example", json.dumps(ASYNC).encode(), "WS"),
        ("WSDL1", "https://backend.example", WSDL_11, "SOAP"),
        ("WSDL2", "https://backend.example", WSDL_20, "SOAP"),
        ("WSDL1", "https://backend.example", zipped({"house.wsdl": WSDL_11}), "SOAP"),
    ],
)
def test_an_api_is_of_the_type_that_its_service_is_defined_by(
    world: CatalogWorld, kind: str, url: str, content: bytes, shown: str
) -> None:
    world.added(definitionType=kind, serviceUrl=url, content=content)
    api = world.publisher.made("POST", "/apis/import-service", ASKED, query={"serviceKey": "Pizza-1.0.0"})
    assert (api["type"], api["endpointConfig"]["production_endpoints"]["url"]) == (shown, url)
    renewed = world.publisher.made("PUT", f"/apis/{api['id']}/reimport-service")
    assert renewed["serviceInfo"]["outdated"] is False
    [listed] = world.call("GET", "/services").json["list"]
    definition = world.call("GET", f"/services/{listed['id']}/definition")
    sent = definition.text.encode() if kind in {"GRAPHQL_SDL", "ASYNC_API"} else _binary(definition.text)
    assert sent == content


def test_404_there_is_no_such_service_and_400_an_api_that_was_made_of_none(world: CatalogWorld) -> None:
    publisher = world.publisher
    assert publisher.call("POST", "/apis/import-service", ASKED, query={"serviceKey": "x"}).status == 404
    api = publisher.design()
    assert publisher.call("PUT", f"/apis/{api['id']}/reimport-service").status == 400


def _binary(text: str) -> bytes:
    return base64.b64decode(text)
