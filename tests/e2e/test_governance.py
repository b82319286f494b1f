"""Governance and the service catalog through the front door: rules that block, what is shown of them, APIs of services."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import ADMINISTRATION, PUBLISHER, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house import House

GOVERNANCE = "/api/am/governance/v1"
CATALOG = "/api/am/service-catalog/v1"
RULES = b"""
rules:
  described:
    description: An API says what it is for
    severity: error
    given: $.info
    then: {field: description, function: truthy}
"""


@pytest.fixture
def label(house: House) -> str:
    """The id of a label that no API has yet: what is governed by it is this test's alone."""
    name = unique("governed")
    return str(house.made("POST", f"{ADMINISTRATION}/labels", json={"name": name, "description": ""})["id"])


@pytest.fixture
def policy(house: House, label: str) -> Iterator[dict[str, Any]]:
    """A policy that blocks updates, deployments and publications of APIs with the label that break an error."""
    with governed(house, label, RULES) as made:
        yield made


@contextmanager
def governed(house: House, label: str, rules: bytes) -> Iterator[dict[str, Any]]:
    """Such a policy of these rules, for as long."""
    form = {"name": unique("Described"), "ruleType": "API_DEFINITION", "artifactType": "REST_API"}
    files = {"rulesetContent": ("rules.yaml", rules, "application/yaml")}
    ruleset = house.made("POST", f"{GOVERNANCE}/rulesets", data=form, files=files)
    states = ["API_UPDATE", "API_DEPLOY", "API_PUBLISH"]
    body = {
        "name": unique("House rules"),
        "governableStates": states,
        "actions": [{"state": state, "ruleSeverity": "ERROR", "type": "BLOCK"} for state in states],
        "rulesets": [ruleset["id"]],
        "labels": [label],
    }
    made = house.made("POST", f"{GOVERNANCE}/policies", json=body)
    yield made
    assert house.management("DELETE", f"{GOVERNANCE}/policies/{made['id']}").status_code == 204
    assert house.management("DELETE", f"{GOVERNANCE}/rulesets/{ruleset['id']}").status_code == 204


def test_an_api_is_not_published_before_it_follows_the_rules_and_governance_shows_both(
    house: House, label: str, policy: dict[str, Any]
) -> None:
    api_id = house.design()
    house.made("POST", f"{PUBLISHER}/apis/{api_id}/attach-labels", json={"labels": [label]})
    refused = house.management(
        "POST", f"{PUBLISHER}/apis/change-lifecycle", params={"action": "Publish", "apiId": api_id}
    )
    assert (refused.status_code, refused.json()["code"]) == (400, 903300)
    assert "info.description" in refused.json()["error"][0]["code"]
    standing = house.made("GET", f"{GOVERNANCE}/artifact-compliance/api/{api_id}")
    assert (standing["status"], standing["governedPolicies"][0]["name"]) == ("NON-COMPLIANT", policy["name"])
    swagger = house.made("GET", f"{PUBLISHER}/apis/{api_id}/swagger")
    swagger["info"]["description"] = "What is for dinner"
    house.made("PUT", f"{PUBLISHER}/apis/{api_id}/swagger", data={"apiDefinition": json.dumps(swagger)})
    house.change_state(api_id, "Publish")
    adherence = house.made("GET", f"{GOVERNANCE}/policy-adherence/{policy['id']}")
    assert adherence["status"] == "FOLLOWED"
    assert [(one["id"], one["status"]) for one in adherence["evaluatedArtifacts"]] == [(api_id, "COMPLIANT")]


def test_one_api_is_let_off_a_rule_by_the_name_of_its_file(house: House, label: str) -> None:
    spared, held = unique("Spared"), unique("Held")
    overrides = f"overrides: [{{files: ['{spared}-*/Definitions/*.yaml'], rules: {{described: off}}}}]\n"
    with governed(house, label, RULES + overrides.encode()):
        for name, status in ((spared, 200), (held, 400)):
            api_id = house.design(name=name)
            house.made("POST", f"{PUBLISHER}/apis/{api_id}/attach-labels", json={"labels": [label]})
            publish = {"action": "Publish", "apiId": api_id}
            assert house.management("POST", f"{PUBLISHER}/apis/change-lifecycle", params=publish).status_code == status


def test_an_import_can_be_tried_and_says_what_would_be_said(house: House, policy: dict[str, Any], label: str) -> None:
    api_id = house.design(name=(name := unique("Tried")))
    house.made("POST", f"{PUBLISHER}/apis/{api_id}/attach-labels", json={"labels": [label]})
    exported = house.management("GET", f"{PUBLISHER}/apis/export", params={"apiId": api_id, "format": "YAML"})
    assert exported.status_code == 200, exported.text
    files = {"file": ("archive.zip", exported.content, "application/zip")}
    query = {"overwrite": "true", "preserveProvider": "true", "dryRun": "true"}
    check = house.made("POST", f"{PUBLISHER}/apis/import", params=query, files=files)["complianceCheck"]
    assert check["result"] == "fail"
    assert [(one["policy"], one["rule"]) for one in check["violations"]] == [(policy["name"], "described")]
    found = house.made("GET", f"{PUBLISHER}/apis", params={"query": f"name:{name}"})["list"]
    assert [one["id"] for one in found] == [api_id]


def test_a_ruleset_that_cannot_be_run_is_refused_with_the_line(house: House) -> None:
    form = {"name": unique("Broken"), "ruleType": "API_DEFINITION", "artifactType": "REST_API"}
    files = {"rulesetContent": ("rules.yaml", b"rules:\n  one:\n    given: info\n    then: {function: truthy}\n")}
    refused = house.management("POST", f"{GOVERNANCE}/rulesets", data=form, files=files)
    assert refused.status_code == 400
    assert [(one["code"], "line 3" in one["message"]) for one in refused.json()["error"]] == [
        ("400_rules.one.given", True)
    ]


def test_an_api_made_of_a_service_follows_it(house: House) -> None:
    name = unique("Kitchen")
    metadata = {"name": name, "version": "1", "serviceUrl": "https://kitchen.example", "definitionType": "OAS3"}
    service = house.made("POST", f"{CATALOG}/services", files=_service(metadata, "/menu"))
    asked = {"name": name, "context": f"/{name}", "version": "1.0.0", "policies": ["Unlimited"]}
    query = {"serviceKey": service["serviceKey"]}
    api = house.made("POST", f"{PUBLISHER}/apis/import-service", params=query, json=asked)
    assert (api["serviceInfo"]["outdated"], api["operations"][0]["target"]) == (False, "/menu")
    assert house.made("GET", f"{CATALOG}/services/{service['id']}/usage")["list"][0]["id"] == api["id"]
    house.made("PUT", f"{CATALOG}/services/{service['id']}", files=_service(metadata, "/drinks"))
    assert house.made("GET", f"{PUBLISHER}/apis/{api['id']}")["serviceInfo"]["outdated"] is True
    renewed = house.made("PUT", f"{PUBLISHER}/apis/{api['id']}/reimport-service")
    assert (renewed["serviceInfo"]["outdated"], renewed["operations"][0]["target"]) == (False, "/drinks")
    assert house.management("DELETE", f"{CATALOG}/services/{service['id']}").status_code == 409


def test_services_travel_as_archives(house: House) -> None:
    name = unique("Bakery")
    metadata = {"name": name, "version": "1", "serviceUrl": "https://bakery.example", "definitionType": "OAS3"}
    service = house.made("POST", f"{CATALOG}/services", files=_service(metadata, "/bread"))
    exported = house.management("GET", f"{CATALOG}/services/export", params={"name": name, "version": "1"})
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        assert set(archive.namelist()) == {f"{name}-1/metadata.yaml", f"{name}-1/definition.json"}
    assert house.management("DELETE", f"{CATALOG}/services/{service['id']}").status_code == 204
    files = {"file": ("services.zip", exported.content, "application/zip")}
    imported = house.made("POST", f"{CATALOG}/services/import", files=files)
    assert [one["key"] for one in imported["list"]] == [service["serviceKey"]]
    again = house.management("POST", f"{CATALOG}/services/import", files=files)
    assert (again.status_code, again.json()["code"]) == (412, 900910)


def _service(metadata: dict[str, Any], path: str) -> dict[str, Any]:
    definition = {
        "openapi": "3.0.3",
        "info": {"title": metadata["name"], "version": "1"},
        "paths": {path: {"get": {"responses": {"200": {"description": "All is well"}}}}},
    }
    return {
        "serviceMetadata": (None, json.dumps(metadata), "application/json"),
        "definitionFile": ("definition.json", json.dumps(definition), "application/json"),
    }
