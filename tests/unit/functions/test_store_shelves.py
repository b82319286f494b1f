"""What stands beside APIs in the store: documents, pictures, schemas, categories, tenants, downloads."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gatehouse.controlplane.contents import ANSWERED_BYTES_MAX
from gatehouse.domain.errors import Changed
from gatehouse.domain.people.identity import SUPER_TENANT, Tenant
from gatehouse.domain.record import Kind, Record, new_id
from tests.callers import OTHER_TENANT
from tests.worlds.store import GATEWAY, StoreWorld

PNG = b"\x89PNG\r\n\x1a\nrest"


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def test_200_documents_are_listed_by_name_and_read_without_what_is_the_providers(world: StoreWorld) -> None:
    api = world.api()
    for name in ("Z", "a"):
        world.document(api, name, b"Read me")
    listed = world.call("GET", f"/apis/{api.id}/documents", by=None)
    assert [one["name"] for one in listed.json["list"]] == ["a", "Z"]
    one = world.call("GET", f"/apis/{api.id}/documents/{listed.json['list'][0]['documentId']}", by=None)
    assert set(one.json) == {"documentId", "name", "type", "summary", "sourceType", "sourceUrl", "otherTypeName"}


@pytest.mark.parametrize(("source", "media_type"), [("INLINE", "text/plain"), ("MARKDOWN", "text/markdown")])
def test_200_what_is_written_here_is_read_here(world: StoreWorld, source: str, media_type: str) -> None:
    api = world.api()
    path = f"/apis/{api.id}/documents/{world.document(api, content='# Grüße'.encode(), sourceType=source).id}/content"
    found = world.call("GET", path, by=None)
    assert (found.text, found.headers["Content-Type"]) == ("# Grüße", media_type)
    assert world.call("GET", path, by=None, headers={"If-None-Match": found.headers["ETag"]}).status == 304


def test_303_what_stands_elsewhere(world: StoreWorld) -> None:
    api = world.api()
    document = world.document(api, sourceType="URL", sourceUrl="https://docs.example/pizza")
    found = world.call("GET", f"/apis/{api.id}/documents/{document.id}/content", by=None)
    assert (found.status, found.headers["Location"]) == (303, "https://docs.example/pizza")


def test_a_file_is_answered_and_a_large_one_is_handed_out_at_a_url(world: StoreWorld) -> None:
    api = world.api()
    known = {"sourceType": "FILE", "fileName": "menü.pdf", "mediaType": "application/pdf"}
    small = world.document(api, "Small", b"%PDF", **known)
    large = world.document(api, "Large", b"x" * (ANSWERED_BYTES_MAX + 1), **known)
    answered = world.call("GET", f"/apis/{api.id}/documents/{small.id}/content", by=None)
    assert (answered.status, answered.headers["Content-Type"]) == (200, "application/pdf")
    assert answered.headers["Content-Disposition"] == "attachment; filename*=UTF-8''men%C3%BC.pdf"
    elsewhere = world.call("GET", f"/apis/{api.id}/documents/{large.id}/content", by=None)
    assert elsewhere.status == 303
    asked = parse_qs(urlsplit(elsewhere.headers["Location"]).query)
    assert asked == {"name": ["menü.pdf"], "type": ["application/pdf"]}


def test_404_a_document_without_content_and_one_that_is_not_there(world: StoreWorld) -> None:
    api = world.api()
    empty = world.call("GET", f"/apis/{api.id}/documents/{world.document(api).id}/content", by=None)
    assert (empty.status, empty.json["code"]) == (404, 900314)
    absent = world.call("GET", f"/apis/{api.id}/documents/{new_id()}", by=None)
    assert (absent.status, absent.json["code"]) == (404, 900315)


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        ("API_LEVEL", {None, "mary", "carol", "admin", f"mary@{OTHER_TENANT}"}),
        ("PRIVATE", {"mary", "carol", "admin"}),
        ("OWNER_ONLY", {"carol", "admin"}),
    ],
)
def test_a_document_is_for_whom_its_owner_says(world: StoreWorld, visibility: str, seen_by: set[str | None]) -> None:
    api = world.api()
    document = world.document(api, "Guide", b"Words", by="carol", visibility=visibility)
    here = {"X-WSO2-Tenant": SUPER_TENANT}
    absent = world.call("GET", f"/apis/{api.id}/documents/{new_id()}", by=None).json["code"]
    for by in (None, "mary", "carol", "admin", f"mary@{OTHER_TENANT}"):
        listed = world.call("GET", f"/apis/{api.id}/documents", by=by, headers=here).json["list"]
        found = world.call("GET", "/search", by=by, headers=here, query={"query": "content:words"}).json["list"]
        assert (len(listed), len(found)) == ((1, 1) if by in seen_by else (0, 0))
        for path in (f"/apis/{api.id}/documents/{document.id}", f"/apis/{api.id}/documents/{document.id}/content"):
            answer = world.call("GET", path, by=by, headers=here)
            assert answer.status == (200 if by in seen_by else 404)
            assert by in seen_by or answer.json["code"] == absent


def test_200_a_picture_with_a_tag_and_304_for_who_has_it(world: StoreWorld) -> None:
    kept = {"content": world.blobs.put(SUPER_TENANT, PNG), "mediaType": "image/png"}
    api = world.api(hasThumbnail=True, thumbnail=kept)
    shown = world.call("GET", f"/apis/{api.id}", by=None).json
    assert (shown["hasThumbnail"], shown["thumbnailUri"]) == (True, f"/apis/{api.id}/thumbnail")
    found = world.call("GET", shown["thumbnailUri"], by=None)
    assert (found.status, found.headers["Content-Type"]) == (200, "image/png")
    again = world.call("GET", shown["thumbnailUri"], by=None, headers={"If-None-Match": found.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    other = world.api("Plain")
    assert world.call("GET", f"/apis/{other.id}", by=None).json["thumbnailUri"] is None
    assert world.call("GET", f"/apis/{other.id}/thumbnail", by=None).status == 404


def test_200_the_schema_of_a_graphql_api_and_what_its_fields_cost(world: StoreWorld) -> None:
    graph = {
        "roots": {"QUERY": "Query"},
        "types": {"Query": {"hero": "Hero"}, "Hero": {"name": ""}, "Empty": {}},
        "complexity": {"Hero": {"name": 3}},
    }
    keys = {
        "schema": world.blobs.put(SUPER_TENANT, b"type Query { hero: Hero } type Hero { name: String }"),
        "graph": world.blobs.put(SUPER_TENANT, json.dumps(graph).encode()),
    }
    api = world.api("Star", type="GRAPHQL", keys=keys)
    schema = world.call("GET", f"/apis/{api.id}/graphql-schema", by=None).json
    assert schema["name"] == "admin--Star1.0.0.graphql"
    assert schema["schemaDefinition"].startswith("type Query")
    costs = world.call("GET", f"/apis/{api.id}/graphql-policies/complexity", by=None).json
    assert costs == {"list": [{"type": "Hero", "field": "name", "complexityValue": 3}]}
    types = world.call("GET", f"/apis/{api.id}/graphql-policies/complexity/types", by=None).json
    assert types == {"typeList": [{"type": "Query", "fieldList": ["hero"]}, {"type": "Hero", "fieldList": ["name"]}]}


def test_400_an_api_that_has_no_schema(world: StoreWorld) -> None:
    refused = world.call("GET", f"/apis/{world.api().id}/graphql-schema", by=None)
    assert (refused.status, refused.json["code"]) == (400, 900870)


def test_200_the_tenants_categories(world: StoreWorld) -> None:
    for name, tenant in (("Travel", SUPER_TENANT), ("finance", SUPER_TENANT), ("Theirs", OTHER_TENANT)):
        world.settings.add(
            Record(
                tenant=tenant,
                kind=Kind.CATEGORY,
                id=new_id(),
                name=name,
                body={"description": "Many"},
                created_at=1,
                updated_at=1,
                by="admin",
                updated_by="admin",
            ),
            taken=Changed(),
        )
    found = world.call("GET", "/api-categories", by=None).json
    assert (found["count"], [one["name"] for one in found["list"]]) == (2, ["finance", "Travel"])
    there = world.call("GET", "/api-categories", by=None, headers={"X-WSO2-Tenant": OTHER_TENANT}).json
    assert [(one["name"], one["description"]) for one in there["list"]] == [("Theirs", "Many")]


def test_200_the_tenants_that_have_a_store(world: StoreWorld) -> None:
    world.tenants.add(Tenant(domain="closed.example", active=False))
    world.configurations.save(SUPER_TENANT, {"EnableAnonymousMode": False})
    opened = world.call("GET", "/tenants", by=None).json
    assert [one["domain"] for one in opened["list"]] == [SUPER_TENANT, OTHER_TENANT]
    closed = world.call("GET", "/tenants", by=None, query={"state": "inactive"}).json
    assert closed["list"] == [{"domain": "closed.example", "status": "inactive"}]
    assert world.call("GET", "/tenants", by=None, query={"state": "odd"}).status == 400


@pytest.mark.parametrize(
    ("kind", "name"), [("openapi", "Pizza-1.0.0.json"), ("postman", "Pizza-1.0.0.postman_collection.json")]
)
def test_200_a_url_that_gives_the_definition_to_whoever_has_it(world: StoreWorld, kind: str, name: str) -> None:
    api = world.api(deployed=True)
    answer = world.call("POST", f"/apis/{api.id}/generate-definition-url", by=None, query={"type": kind})
    url = urlsplit(answer.json)
    assert parse_qs(url.query)["name"] == [name]
    given = json.loads(world.blobs.get(SUPER_TENANT, url.path.rpartition("/")[2]))
    assert f"{GATEWAY}/pizza/1.0.0" in json.dumps(given)


@pytest.mark.parametrize(
    ("query", "status"), [({}, 400), ({"type": "odd"}, 400), ({"type": "openapi", "environmentName": "Moon"}, 404)]
)
def test_a_url_for_what_there_is_not(world: StoreWorld, query: dict[str, Any], status: int) -> None:
    api = world.api(deployed=True)
    answer = world.call("POST", f"/apis/{api.id}/generate-definition-url", by=None, query=query)
    assert answer.status == status


def test_200_a_url_for_a_wsdl_that_says_where_the_gateway_is(world: StoreWorld) -> None:
    wsdl = b"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
      targetNamespace="urn:p"><service name="P"><port name="p" binding="b"><soap:address location="http://kitchen.internal/p"/>
      </port></service></definitions>"""
    keys = {"schema": world.blobs.put(SUPER_TENANT, wsdl)}
    api = world.api("Soap", type="SOAP", wsdlInfo={"type": "WSDL"}, keys=keys)
    answer = world.call("POST", f"/apis/{api.id}/generate-definition-url", by=None, query={"type": "wsdl"})
    url = urlsplit(answer.json)
    assert parse_qs(url.query) == {"name": ["Soap-1.0.0.wsdl"], "type": ["application/xml"]}
    given = world.blobs.get(SUPER_TENANT, url.path.rpartition("/")[2])
    assert f"{GATEWAY}/soap/1.0.0".encode() in given
    assert b"kitchen.internal" not in given
    plain = world.call("POST", f"/apis/{world.api().id}/generate-definition-url", by=None, query={"type": "wsdl"})
    assert (plain.status, plain.json["code"]) == (404, 900684)
