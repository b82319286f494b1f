"""APIs leave and come in as archives, through the publisher's surface."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import yaml

from gatehouse.controlplane.publishing.tenant_rules import REVISIONS_MAX
from gatehouse.edge import archives
from tests.callers import OTHER_TENANT
from tests.pki import pem as pem_of
from tests.worlds.archives import data_of, enveloped, unzipped, zipped
from tests.worlds.projects import export, only, project, sent, take
from tests.worlds.publisher import ENDPOINTS, PublisherWorld, api, blamed, definition, member, properties

DEFAULT = [{"displayOnDevportal": True, "deploymentEnvironment": "Default", "deploymentVhost": "gateway.example"}]


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


def test_200_an_import_makes_deploys_and_publishes(world: PublisherWorld) -> None:
    files = project(lifeCycleStatus="PUBLISHED")
    files["deployment_environments.yaml"] = enveloped("deployment_environments", DEFAULT)
    reply = take(world, files)
    assert (reply.status, reply.text) == (200, "API imported successfully.")
    made = only(world)
    assert (made["lifeCycleStatus"], made["provider"]) == ("PUBLISHED", "admin")
    (deployment,) = world.made("GET", f"/apis/{made['id']}/deployments")
    assert (deployment["name"], deployment["vhost"]) == ("Default", "gateway.example")


def test_200_who_accepts_json_gets_id_and_revision(world: PublisherWorld) -> None:
    files = project()
    files["deployment_environments.yaml"] = enveloped("deployment_environments", DEFAULT)
    content = zipped(files)
    reply = sent(world, content, accept="application/json")
    assert reply.json == {"id": only(world)["id"], "revision": "1"}


@pytest.mark.parametrize(
    ("state", "steps"),
    [("CREATED", 1), ("PROTOTYPED", 2), ("PUBLISHED", 2), ("BLOCKED", 3), ("DEPRECATED", 3), ("RETIRED", 4)],
)
def test_an_import_walks_the_life_cycle(world: PublisherWorld, state: str, steps: int) -> None:
    assert take(world, project(lifeCycleStatus=state)).status == 200
    made = only(world)
    assert made["lifeCycleStatus"] == state
    assert world.made("GET", f"/apis/{made['id']}/lifecycle-history")["count"] == steps


def test_400_a_state_that_cannot_be_reached_changes_nothing(world: PublisherWorld) -> None:
    take(world, project(lifeCycleStatus="RETIRED"))
    writes = world.writes
    reply = take(world, project(lifeCycleStatus="PUBLISHED"), overwrite="true")
    assert (reply.status, reply.json["code"], world.writes) == (400, 903234, writes)


def test_409_what_is_there_is_not_changed_without_being_asked(world: PublisherWorld) -> None:
    world.design()
    reply = take(world, project(description="new"))
    assert (reply.status, reply.json["code"]) == (409, 900300)


def test_overwriting_changes_document_and_definition_and_makes_what_is_not_there(world: PublisherWorld) -> None:
    assert take(world, project(), overwrite="true").status == 200
    made = only(world)
    files = project(
        description="new", operations=[{"verb": "GET", "target": "/dishes", "throttlingPolicy": "10KPerMin"}]
    )
    files["Definitions/swagger.yaml"]["paths"]["/dishes"] = files["Definitions/swagger.yaml"]["paths"].pop("/menu")
    assert take(world, files, overwrite="true").status == 200
    after = only(world)
    assert (after["id"], after["description"]) == (made["id"], "new")
    (operation,) = after["operations"]
    assert (operation["target"], operation["throttlingPolicy"]) == ("/dishes", "10KPerMin")
    swagger = world.made("GET", f"/apis/{made['id']}/swagger")
    assert swagger["paths"]["/dishes"]["get"]["x-throttling-tier"] == "10KPerMin"


def test_what_developers_see_can_be_kept(world: PublisherWorld) -> None:
    world.design(tags=["ours"], description="ours")
    files = project(tags=["theirs"], description="theirs", cacheTimeout=5)
    take(world, files, overwrite="true", preservePortalConfigurations="true")
    after = only(world)
    assert (after["tags"], after["description"], after["cacheTimeout"]) == (["ours"], "ours", 5)


def test_the_provider_is_kept_or_becomes_who_imports(world: PublisherWorld) -> None:
    take(world, project(provider="chef"))
    assert only(world)["provider"] == "chef"
    other = PublisherWorld()
    take(other, project(provider="chef"), preserveProvider="false")
    assert only(other)["provider"] == "admin"


def test_403_a_provider_of_another_tenant_cannot_be_kept(world: PublisherWorld) -> None:
    files = project(provider=f"admin@{OTHER_TENANT}", context=f"/t/{OTHER_TENANT}/pizza")
    assert take(world, files).status == 403
    assert take(world, files, preserveProvider="false").status == 200
    assert only(world)["context"] == "/pizza"


def test_400_too_many_revisions_unless_they_rotate(world: PublisherWorld) -> None:
    files = project()
    files["deployment_environments.yaml"] = enveloped("deployment_environments", DEFAULT)
    for _ in range(REVISIONS_MAX):
        assert take(world, files, overwrite="true").status == 200
    reply = take(world, files, overwrite="true")
    assert (reply.status, reply.json["code"]) == (400, 900351)
    assert take(world, files, overwrite="true", rotateRevision="true").status == 200
    revisions = world.made("GET", f"/apis/{only(world)['id']}/revisions")["list"]
    assert [one["displayName"] for one in revisions] == [f"Revision {n}" for n in range(2, REVISIONS_MAX + 2)]


def test_a_dry_run_checks_and_changes_nothing(world: PublisherWorld) -> None:
    writes = world.writes
    reply = take(world, project(), dryRun="true")
    assert reply.json == {"complianceCheck": {"result": "pass", "violations": []}}
    assert take(world, project(policies=["Nonsense"]), dryRun="true").status == 400
    assert world.writes == writes


def test_a_new_api_that_cannot_be_deployed_is_not_left_behind(world: PublisherWorld) -> None:
    files = project()
    files["deployment_environments.yaml"] = enveloped(
        "deployment_environments", [{"deploymentEnvironment": "Moon", "displayOnDevportal": True}]
    )
    assert blamed(take(world, files)) == ["deployment_environments: data.0.name"]
    assert world.made("GET", "/apis")["count"] == 0


def test_certificates_travel_with_the_api(world: PublisherWorld) -> None:
    made = world.design(securityScheme=["oauth2", "mutualssl"])
    pem = pem_of("backend.example")
    world.form("POST", "/endpoint-certificates", certificate=pem, alias="theirs", endpoint="https://backend.example")
    world.form("POST", f"/apis/{made['id']}/client-certs/SANDBOX", certificate=pem, alias="kiosk", tier="Gold")
    files, other = export(world), PublisherWorld()
    assert {"Endpoint-certificates/theirs.crt", "Client-certificates/SANDBOX/kiosk.crt"} <= set(files)
    for query in ({}, {"overwrite": "true"}):
        assert take(other, files, **query).status == 200
        (kept,) = other.made("GET", "/endpoint-certificates")["certificates"]
        assert (kept["alias"], kept["endpoint"]) == ("theirs", "https://backend.example")
        (client,) = other.made("GET", f"/apis/{only(other)['id']}/client-certs/SANDBOX")["certificates"]
        assert (client["alias"], client["tier"]) == ("kiosk", "Gold")


def test_a_graphql_api_travels_with_its_schema_and_its_costs(world: PublisherWorld) -> None:
    schema = b"type Query { menu: [String] dish(name: String): String }"
    more = properties(type="GRAPHQL", operations=[{"verb": "QUERY", "target": "menu", "throttlingPolicy": "10KPerMin"}])
    made = world.form(
        "POST", "/apis/import-graphql-schema", type="GRAPHQL", file=schema, additionalProperties=more
    ).json
    costs = {"list": [{"type": "Query", "field": "dish", "complexityValue": 7}]}
    world.call("PUT", f"/apis/{made['id']}/graphql-policies/complexity", costs)
    files, other = export(world), PublisherWorld()
    assert files["Definitions/schema.graphql"] == schema
    for query in ({}, {"overwrite": "true"}):
        reply = take(other, files, **query)
        assert reply.status == 200, reply.text
        after = only(other)
        assert after["operations"] == world.made("GET", f"/apis/{made['id']}")["operations"]
        assert other.made("GET", f"/apis/{after['id']}/graphql-policies/complexity") == costs


@pytest.mark.parametrize("version", ["v4.0.0", "v4.3.0", "4.5.0"])
def test_archives_of_older_versions_are_taken_in(world: PublisherWorld, version: str) -> None:
    data = {
        **api(),
        "version": 1.0,
        "provider": "admin",
        "lifeCycleStatus": "published",
        "testKey": None,
        "destinationStatsEnabled": "Disabled",
        "gatewayEnvironments": ["Production and Sandbox"],
        "additionalProperties": {"team": 1},
    }
    reply = take(world, {"api.yaml": enveloped("api", data, version)})
    assert reply.status == 200, reply.text
    made = only(world)
    assert (made["version"], made["lifeCycleStatus"]) == ("1.0", "PUBLISHED")
    assert made["additionalProperties"] == [{"name": "team", "value": "1", "display": False}]


@pytest.mark.parametrize(
    ("files", "blame"),
    [
        ({"readme.txt": "hello"}, "api.yaml"),
        ({"api.yaml": "name: Pizza"}, "api.yaml"),
        ({"api.yaml": enveloped("application", {})}, "api.yaml"),
        ({"api.yaml": enveloped("api", {}, "v3.2.0")}, "api.yaml"),
        ({"api.yaml": enveloped("api", []), "readme": ""}, "data"),
        ({"api.yaml": enveloped("api", {**api(), "colour": "red"})}, "data.colour"),
        ({"api.yaml": enveloped("api", api()), "api.json": "{}"}, "api.json"),
        ({**project(), "Definitions/asyncapi.yaml": "asyncapi: 2.0.0"}, "Definitions/asyncapi.yaml"),
        (
            {**project(), "deployment_environments.yaml": enveloped("deployment_environments", {})},
            "deployment_environments",
        ),
        (project(lifeCycleStatus="BOILED"), "data.lifeCycleStatus"),
        (
            {
                **project(),
                "Endpoint-certificates/endpoint_certificates.yaml": enveloped(
                    "endpoint_certificates", [{"alias": "a"}]
                ),
            },
            "Endpoint-certificates/endpoint_certificates: data.0.certificate",
        ),
    ],
)
def test_400_what_is_wrong_in_an_archive_is_named(world: PublisherWorld, files: dict[str, Any], blame: str) -> None:
    assert blamed(take(world, files)) == [blame]
    assert world.made("GET", "/apis")["count"] == 0


def test_400_an_import_needs_a_zip(world: PublisherWorld) -> None:
    assert blamed(world.form("POST", "/apis/import", other="x")) == ["file"]
    assert blamed(sent(world, b"no zip")) == ["file"]


def test_400_a_flag_is_true_or_false(world: PublisherWorld) -> None:
    assert blamed(take(world, project(), overwrite="maybe")) == ["overwrite"]


def test_401_who_may_not_import_does_not(world: PublisherWorld) -> None:
    assert take(world, project(), by="carol").status == 401


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
