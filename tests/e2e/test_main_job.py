"""The main job through the front doors, each step in the ways that WSO2's clients do it."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest

from local.demo import SAMPLE
from tests.house import ADMINISTRATION, DEVPORTAL, PUBLISHER, House, tier, unique

SWAGGER_2 = {
    "swagger": "2.0",
    "info": {"title": "Old", "version": "1.0.0"},
    "paths": {"/menu": {"get": {"responses": {"200": {"description": "OK"}}}}},
}
OPENAPI_31 = {
    "openapi": "3.1.0",
    "info": {"title": "New", "version": "1.0.0"},
    "paths": {"/menu": {"get": {"responses": {"200": {"description": "OK"}}}}},
}


def import_definition(house: House, content: bytes, field: str = "file") -> Any:
    endpoint = {"url": house.ports.backend_url}
    name = unique("Imported")
    properties = {
        "name": name,
        "version": "1.0.0",
        "context": f"/{name}",
        "policies": ["Unlimited"],
        "endpointConfig": {"endpoint_type": "http", "production_endpoints": endpoint},
    }
    form = {"additionalProperties": (None, json.dumps(properties))}
    file = ("definition", content, "application/octet-stream") if field == "file" else (None, content)
    return house.made("POST", f"{PUBLISHER}/apis/import-openapi", files={**form, field: file})


@pytest.mark.parametrize("field", ["file", "inlineAPIDefinition"])
@pytest.mark.parametrize(
    "content",
    [SAMPLE.read_bytes(), json.dumps(SWAGGER_2).encode(), json.dumps(OPENAPI_31).encode()],
    ids=["OpenAPI 3.0 as YAML", "Swagger 2.0", "OpenAPI 3.1"],
)
def test_an_imported_definition_is_published_subscribed_to_and_called(house: House, content: bytes, field: str) -> None:
    api = import_definition(house, content, field)
    house.deploy(api["id"])
    house.change_state(api["id"], "Publish")
    token = house.customer(api["id"])
    answer = house.gateway(f"{api['context']}/1.0.0/menu", token)
    assert answer.status_code == 200
    assert {item["name"] for item in answer.json()} == {"margherita", "marinara", "quattro-formaggi"}


@pytest.mark.parametrize("base", ["/api/am/publisher/v4", "/api/am/publisher", "/api/am/publisher/v4.5"])
@pytest.mark.parametrize("with_token", [False, True], ids=["Basic", "Bearer"])
def test_every_form_of_the_address_and_of_the_credentials_is_understood(
    house: House, base: str, *, with_token: bool
) -> None:
    api_id = house.design()
    credentials: dict[str, Any] = {}
    if with_token:
        credentials = {"by": None, "headers": {"Authorization": f"Bearer {house.log_in()}"}}
    assert house.made("GET", f"{base}/apis/{api_id}", **credentials)["id"] == api_id


def test_tokens_are_signed_with_a_published_key_and_say_who_and_what_they_are_for(house: House) -> None:
    keys = house.keys(house.application())
    token = house.token(keys)
    jwks = jwt.PyJWKSet.from_dict(house.made("GET", "/oauth2/jwks", by=None))
    claims = jwt.decode(token, jwks[jwt.get_unverified_header(token)["kid"]], algorithms=["RS256"], audience=keys.key)
    assert claims["iss"] == f"{house.ports.management_url}/oauth2/token"
    assert claims["azp"] == keys.key
    assert claims["aut"] == "APPLICATION"


def test_a_refresh_token_gives_a_new_access_token_once(house: House) -> None:
    wanted = {"clientName": unique("tool"), "owner": "admin", "grantType": "password refresh_token", "saasApp": True}
    client = house.made("POST", "/client-registration/v0.17/register", json=wanted)
    by = (client["clientId"], client["clientSecret"])
    form = {"grant_type": "password", "username": "admin", "password": "admin", "scope": "apim:api_view"}
    first = house.made("POST", "/oauth2/token", by=by, data=form)
    renewal = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = house.made("POST", "/oauth2/token", by=by, data=renewal)
    assert second["access_token"] != first["access_token"]
    again = house.management("POST", "/oauth2/token", by=by, data=renewal)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_editing_the_definition_shows_after_the_next_deployment(house: House) -> None:
    api_id = house.publish()
    token = house.customer(api_id)
    path = f"{house.base_path(api_id)}/echo"
    assert house.gateway(path, token).status_code == 404
    definition = house.made("GET", f"{PUBLISHER}/apis/{api_id}/swagger")
    definition["paths"]["/echo"] = {"get": {"responses": {"200": {"description": "An echo"}}}}
    form = {"apiDefinition": (None, json.dumps(definition))}
    house.made("PUT", f"{PUBLISHER}/apis/{api_id}/swagger", files=form)
    operations = house.made("GET", f"{PUBLISHER}/apis/{api_id}")["operations"]
    assert {operation["target"] for operation in operations} == {"/menu", "/echo"}
    house.deploy(api_id)
    assert house.gateway(path, token).status_code == 200


def test_a_life_is_recorded_from_created_to_retired_and_then_the_api_is_gone_from_the_gateway(house: House) -> None:
    api_id = house.publish()
    token = house.customer(api_id)
    path = f"{house.base_path(api_id)}/menu"
    assert house.gateway(path, token).status_code == 200
    for action in ("Deprecate", "Retire"):
        house.change_state(api_id, action)
    history = house.made("GET", f"{PUBLISHER}/apis/{api_id}/lifecycle-history")["list"]
    assert [step["postState"] for step in history] == ["Created", "Published", "Deprecated", "Retired"]
    state = house.made("GET", f"{PUBLISHER}/apis/{api_id}/lifecycle-state")
    assert (state["state"], state["availableTransitions"]) == ("Retired", [])


def test_the_store_shows_what_is_published_and_nothing_else(house: House) -> None:
    published, designed = house.publish(), house.design()
    seen = house.management("GET", f"{DEVPORTAL}/apis/{published}", by=None)
    assert (seen.status_code, seen.json()["id"]) == (200, published)
    hidden, absent = (house.management("GET", f"{DEVPORTAL}/apis/{one}", by=None) for one in (designed, unique("no-")))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["code"] == absent.json()["code"]
    listed = house.made("GET", f"{DEVPORTAL}/apis", by=None, params={"limit": 1000})["list"]
    assert published in {api["id"] for api in listed}
    assert designed not in {api["id"] for api in listed}


def test_an_application_is_made_renamed_and_deleted_with_all_that_hangs_on_it(house: House) -> None:
    api_id = house.publish()
    application_id = house.application("10PerMin")
    house.subscribe(application_id, api_id)
    token = house.token(house.keys(application_id))
    path = f"{house.base_path(api_id)}/menu"
    assert house.gateway(path, token).status_code == 200
    body = {"name": unique("Renamed"), "throttlingPolicy": "20PerMin", "description": "A new name"}
    house.made("PUT", f"{DEVPORTAL}/applications/{application_id}", json=body)
    assert house.made("GET", f"{DEVPORTAL}/applications/{application_id}")["name"] == body["name"]
    house.made("DELETE", f"{DEVPORTAL}/applications/{application_id}")
    assert house.management("GET", f"{DEVPORTAL}/applications/{application_id}").status_code == 404
    house.made("DELETE", f"{PUBLISHER}/apis/{api_id}")


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("application", {"10PerMin", "20PerMin", "50PerMin", "Unlimited"}),
        ("subscription", {"Bronze", "Gold", "Silver", "Unauthenticated", "Unlimited"}),
        ("advanced", {"10KPerMin", "20KPerMin", "50KPerMin", "Unlimited"}),
    ],
)
def test_the_default_tiers_exist_and_new_ones_can_be_made(house: House, kind: str, names: set[str]) -> None:
    listed = house.made("GET", f"{ADMINISTRATION}/throttling/policies/{kind}")["list"]
    assert names <= {policy["policyName"] for policy in listed}
    made = house.made("POST", f"{ADMINISTRATION}/throttling/policies/{kind}", json=tier(unique("Tier"), 7))
    path = f"{ADMINISTRATION}/throttling/policies/{kind}/{made['policyId']}"
    house.made("PUT", path, json={**made, "description": "Seven"})
    assert house.made("GET", path)["description"] == "Seven"
    house.made("DELETE", path)
    assert house.management("GET", path).status_code == 404
