"""APIs leave and come in as archives, through the publisher's surface."""

from __future__ import annotations

import base64
import json

import pytest
import yaml

from gatehouse.edge.shared import archives
from tests.worlds.archives import data_of, enveloped, unzipped, zipped
from tests.worlds.projects import DEFAULT, export, only, project, take
from tests.worlds.publisher import ENDPOINTS, PublisherWorld, api, blamed, definition, member


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def test_200_an_export_has_the_layout_of_wso2_s_tools(world: PublisherWorld) -> None:
    made = world.design()
    world.deploy(made["id"], world.revision(made["id"])["id"])
    files = export(world, format="YAML", providerName="admin", preserveStatus="true")
    assert set(files) == {"api.yaml", "api_meta.yaml", "Definitions/swagger.yaml", "deployment_environments.yaml"}
    document = yaml.safe_load(files["api.yaml"])
    assert (document["type"], document["version"], document["data"]["name"]) == ("api", "v4.7.0", "Pizza")
    assert yaml.safe_load(files["api_meta.yaml"]) == {"name": "Pizza", "version": "1.0.0"}
    assert yaml.safe_load(files["deployment_environments.yaml"]) == enveloped("deployment_environments", DEFAULT)


@pytest.mark.parametrize("path", ["/apis/export", "/api-products/export"])
def test_303_leads_to_an_export_that_is_too_large_for_an_answer(
    world: PublisherWorld, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.design()
    world.product(member(made["id"], "GET /menu"), name="Feast")
    query = {"name": "Pizza" if path == "/apis/export" else "Feast", "version": "1.0.0"}
    small = world.call("GET", path, query=query)
    monkeypatch.setattr(archives, "ANSWERED_BYTES_MAX", 100)
    large = world.call("GET", path, query=query)
    assert (small.status, large.status, large.text) == (200, 303, "")
    assert set(unzipped(world.uploads.handed_out[large.headers["Location"]])) == set(
        unzipped(base64.b64decode(small.text))
    )


def test_200_json_is_a_notation_too(world: PublisherWorld) -> None:
    world.design()
    files = export(world, format="JSON")
    assert set(files) == {"api.json", "api_meta.json", "Definitions/swagger.json"}
    assert json.loads(files["api.json"])["data"]["context"] == "/pizza"
    assert take(PublisherWorld(), files).status == 200


def test_400_there_are_no_other_notations(world: PublisherWorld) -> None:
    world.design()
    query = {"name": "Pizza", "version": "1.0.0", "format": "XML"}
    assert blamed(world.call("GET", "/apis/export", query=query)) == ["format"]


@pytest.mark.parametrize(
    "query",
    [
        {"name": "Pasta", "version": "1.0.0"},
        {"name": "Pizza", "version": "2.0.0"},
        {"name": "Pizza", "version": "1.0.0", "providerName": "chef"},
        {"name": "Pizza", "version": "1.0.0", "revisionNumber": "1"},
        {"name": "Pizza", "version": "1.0.0", "latestRevision": "true"},
        {"name": "Pizza", "version": "1.0.0", "gatewayEnvironment": "Default"},
    ],
)
def test_404_what_is_not_there_is_not_exported(world: PublisherWorld, query: dict[str, str]) -> None:
    world.design()
    assert world.call("GET", "/apis/export", query=query).status == 404


def test_404_a_restricted_api_is_not_exported_for_others(world: PublisherWorld) -> None:
    world.design(by="chef", accessControl="RESTRICTED", accessControlRoles=["kitchen"])
    query = {"name": "Pizza", "version": "1.0.0"}
    assert world.call("GET", "/apis/export", by="baker", query=query).status == 404
    assert world.call("GET", "/apis/export", by="chef", query=query).status == 200


def test_a_round_trip_loses_nothing(world: PublisherWorld) -> None:
    rich = definition(
        **{
            "x-vendor": {"kept": [1, "2", None, True, 1.5]},
            "components": {"schemas": {"Dish": {"type": "object", "x-note": "yes", "example": "2024-01-01"}}},
        }
    )
    schema = {"$ref": "#/components/schemas/Dish"}
    contents = {"application/json": {"schema": schema}, "application/xml": {"schema": schema}}
    rich["paths"]["/menu"]["get"] |= {
        "responses": {"200": {"description": "a\nb", "content": contents}},
        "x-own": "1.0",
    }
    scope = {"name": "cook", "displayName": "Cooking", "description": "To cook", "bindings": ["kitchen"]}
    world.imported(
        rich,
        scopes=[{"scope": scope, "shared": False}],
        operations=[{"verb": "GET", "target": "/menu", "scopes": ["cook"]}],
        tags=["food"],
        additionalProperties=[{"name": "team", "value": "1", "display": True}],
        businessInformation={"businessOwner": "Ann"},
    )
    before = only(world)
    for notation in ("YAML", "JSON"):
        files, other = export(world, format=notation), PublisherWorld()
        assert take(other, files).status == 200
        after = only(other)
        set_by_server = {"id", "createdTime", "lastUpdatedTime", "lastUpdatedTimestamp"}
        assert {n: v for n, v in after.items() if n not in set_by_server} == {
            n: v for n, v in before.items() if n not in set_by_server
        }
        swagger = world.made("GET", f"/apis/{before['id']}/swagger")
        assert other.made("GET", f"/apis/{after['id']}/swagger") == swagger


def test_secrets_leave_only_where_it_is_asked_for(world: PublisherWorld) -> None:
    security = {"production": {"enabled": True, "type": "BASIC", "username": "u", "password": "pass-phrase"}}
    world.design(endpointConfig={**ENDPOINTS, "endpoint_security": security})
    assert b"pass-phrase" not in export(world)["api.yaml"]
    assert b"pass-phrase" in export(world, preserveCredentials="true")["api.yaml"]


def test_an_import_over_an_api_keeps_its_secrets(world: PublisherWorld) -> None:
    security = {"production": {"enabled": True, "type": "BASIC", "username": "u", "password": "pass-phrase"}}
    world.design(endpointConfig={**ENDPOINTS, "endpoint_security": security})
    assert take(world, export(world), overwrite="true").status == 200
    assert b"pass-phrase" in export(world, preserveCredentials="true")["api.yaml"]


def test_a_revision_is_exported_as_it_was(world: PublisherWorld) -> None:
    made = world.design(description="before")
    world.deploy(made["id"], world.revision(made["id"])["id"])
    world.made("PUT", f"/apis/{made['id']}", {**api(), "description": "after"})
    world.revision(made["id"])
    for query, description, deployed in (
        ({"revisionNumber": "1"}, "before", True),
        ({"gatewayEnvironment": "Default"}, "before", True),
        ({"latestRevision": "true"}, "after", False),
        ({}, "after", True),
    ):
        files = export(world, **query)
        assert data_of(files["api.yaml"])["description"] == description
        assert ("deployment_environments.yaml" in files) is deployed


def test_documents_travel_with_the_api(world: PublisherWorld) -> None:
    made = world.design()
    path = f"/apis/{made['id']}/documents"
    for name, source, more in (
        ("Guide", "INLINE", {"inlineContent": "Läs mig"}),
        ("Notes", "MARKDOWN", {"inlineContent": "# Notes"}),
        ("Site", "URL", {"sourceUrl": "https://docs.example"}),
        ("Menu", "FILE", {}),
        ("Empty", "FILE", {}),
    ):
        body = {"name": name, "type": "HOWTO", "sourceType": source, "visibility": "API_LEVEL", "summary": "s", **more}
        document = world.made("POST", path, body)
        if name == "Menu":
            world.form("POST", f"{path}/{document['documentId']}/content", file=b"\x00\xff a menu")
    files, other = export(world), PublisherWorld()
    assert files["Docs/Guide/Guide"].decode() == "Läs mig"
    for query in ({}, {"overwrite": "true"}):
        reply = take(other, files, **query)
        assert reply.status == 200, reply.text
        assert export(other) == {**files, "api.yaml": export(other)["api.yaml"]}


def test_400_a_document_that_is_none_is_named(world: PublisherWorld) -> None:
    files = {**project(), "Docs/Guide/document.yaml": enveloped("document", {"name": "Guide", "type": "NOVEL"})}
    assert blamed(take(world, files))[0] == "Docs/Guide/document.type"
    assert blamed(take(world, {**project(), "Docs/Guide/guide.txt": "x"})) == ["Docs/Guide"]


def test_the_picture_travels_with_the_api(world: PublisherWorld) -> None:
    picture = b"\x89PNG\r\n\x1a\n and so on"
    made = world.design()
    assert world.form("PUT", f"/apis/{made['id']}/thumbnail", file=picture).status == 201
    for query in ({}, {"preserveCredentials": "true"}):
        files, other = export(world, **query), PublisherWorld()
        assert files["Image/icon.png"] == picture
        assert take(other, files).status == 200
        assert take(other, files, overwrite="true").status == 200
        assert export(other)["Image/icon.png"] == picture
        assert only(other)["hasThumbnail"] is True
    take(other := PublisherWorld(), {path: file for path, file in files.items() if "Image" not in path})
    assert only(other)["hasThumbnail"] is False
    assert blamed(take(PublisherWorld(), {**project(), "Image/icon.png": b"<svg/>"})) == ["file"]
    two = {**project(), "Image/icon.png": picture, "Image/icon.jpg": picture}
    assert blamed(take(PublisherWorld(), two)) == ["Image/icon.png"]


def test_a_large_archive_goes_past_the_function(world: PublisherWorld) -> None:
    opened = world.call("POST", "/uploads")
    assert (opened.status, set(opened.json)) == (201, {"uploadId", "url", "method", "expiresTime"})
    query = {"uploadId": opened.json["uploadId"]}
    assert world.call("POST", "/apis/import", query=query).status == 404
    world.uploads.put(opened.json["url"], zipped(project()))
    assert world.call("POST", "/apis/import", query=query).status == 200
    assert only(world)["name"] == "Pizza"
    world.uploads.put(opened.json["url"], bytes(1_000_001))
    assert blamed(world.call("POST", "/apis/import", query=query)) == ["uploadId"]
    # Creators send files of documents in this way; who has no rights at all opens nothing.
    assert world.call("POST", "/uploads", by="carol").status == 201
    assert world.call("POST", "/uploads", by="nobody").status == 401
