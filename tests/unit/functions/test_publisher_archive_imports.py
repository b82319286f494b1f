"""Archives of APIs are taken in: made, changed, deployed and led through their lives, or refused whole."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.controlplane.publishing.tenant_rules import REVISIONS_MAX
from tests.callers import OTHER_TENANT
from tests.pki import pem as pem_of
from tests.worlds.archives import enveloped, zipped
from tests.worlds.projects import DEFAULT, export, only, project, sent, take
from tests.worlds.publisher import PublisherWorld, api, blamed, properties


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


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
