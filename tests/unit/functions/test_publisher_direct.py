"""Direct APIs: the front door's routes follow deployments, and what it could not keep is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.apis.direct import is_direct
from gatehouse.domain.artifact import revision_key, route_key
from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT
from tests.fakes.front_door import InMemoryFrontDoor
from tests.worlds.publisher import PublisherWorld, blamed

if TYPE_CHECKING:
    from tests.callers import Reply

OUTBOUND = [{"name": "enable_outbound_auth_header", "value": "true", "display": False}]
BELOW, ROOT = "ANY /pizza/1.0.0/{proxy+}", "ANY /pizza/1.0.0"
LED = {BELOW: "https://backend.example"}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def design(world: PublisherWorld, **more: Any) -> str:
    """The id of a direct API."""
    return str(world.design(**{"gatewayType": "direct", "additionalProperties": OUTBOUND, **more})["id"])


def deployed(world: PublisherWorld, api_id: str) -> Reply:
    return world.deploy(api_id, str(world.revision(api_id)["id"]))


def served(world: PublisherWorld, api_id: str) -> bool:
    """Whether the gateway function, and so the authorizer, knows the API."""
    return world.artifact(revision_key(SUPER_TENANT, api_id)) is not None


def update(world: PublisherWorld, api_id: str, **more: Any) -> None:
    known = world.made("GET", f"/apis/{api_id}")
    world.made("PUT", f"/apis/{api_id}", {**known, **more})


@pytest.mark.parametrize("kind", ["direct", "Direct", "DIRECT", "wso2/direct"])
def test_an_api_is_direct_by_its_gateway_type(kind: str) -> None:
    assert is_direct({"gatewayType": kind})


@pytest.mark.parametrize("kind", [None, "", "wso2/synapse", "Regular", "direct/other", "indirect"])
def test_every_other_api_passes_the_gateway(kind: str | None) -> None:
    assert not is_direct({"gatewayType": kind})


def test_201_a_direct_api_is_led_to_its_backend_and_known_to_the_authorizer(world: PublisherWorld) -> None:
    api_id = design(world)
    assert deployed(world, api_id).status == 201
    assert world.front_door.led == LED
    assert served(world, api_id)


def test_an_ordinary_api_asks_nothing_of_the_front_door(world: PublisherWorld) -> None:
    api_id = str(world.design()["id"])
    revision_id = str(world.revision(api_id)["id"])
    assert world.deploy(api_id, revision_id).status == 201
    world.made("POST", f"/apis/{api_id}/undeploy-revision", query={"revisionId": revision_id})
    assert world.call("DELETE", f"/apis/{api_id}").status == 200
    assert world.front_door.requests == 0


def test_the_base_path_itself_is_led_only_when_an_operation_is_there(world: PublisherWorld) -> None:
    api_id = design(world, operations=[{"verb": "GET", "target": "/*"}])
    deployed(world, api_id)
    assert set(world.front_door.led) == {ROOT, BELOW}


def test_a_tenant_s_api_is_led_below_its_prefix(world: PublisherWorld) -> None:
    made = world.design(by=f"admin@{OTHER_TENANT}", gatewayType="direct", additionalProperties=OUTBOUND)
    path = f"/apis/{made['id']}"
    by = f"admin@{OTHER_TENANT}"
    revision = world.made("POST", f"{path}/revisions", {"description": ""}, by=by)
    wanted = [{"name": "Default", "vhost": "gateway.example"}]
    world.made("POST", f"{path}/deploy-revision", wanted, by=by, query={"revisionId": revision["id"]})
    assert set(world.front_door.led) == {f"ANY /t/{OTHER_TENANT}/pizza/1.0.0/{{proxy+}}"}


def test_credentials_and_claimed_identities_are_kept_from_the_backend(world: PublisherWorld) -> None:
    api_id = design(
        world, authorizationHeader="X-Auth", securityScheme=["oauth2", "api_key"], additionalProperties=None
    )
    deployed(world, api_id)
    direct = world.front_door.apis[api_id]
    assert direct.hidden_headers == (
        "apikey",
        "internal-key",
        "x-auth",
        "x-jwt-assertion",
        "x-wso2-client-certificate",
    )
    assert direct.hidden_parameters == ("apikey",)


def test_a_direct_api_answers_no_preflight_for_its_backend(world: PublisherWorld) -> None:
    api_id = design(world)
    deployed(world, api_id)
    assert world.artifact(revision_key(SUPER_TENANT, api_id)).get("cors") is None


def test_the_backend_s_path_and_patience_are_kept(world: PublisherWorld) -> None:
    api_id = design(world, endpointConfig=backend(url="http://backend.example:8080/v1/", config=patience("12000")))
    deployed(world, api_id)
    direct = world.front_door.apis[api_id]
    assert (direct.backend, direct.backend_path, direct.timeout_seconds) == ("http://backend.example:8080", "/v1", 12.0)


def backend(**endpoint: Any) -> dict[str, Any]:
    given = {"url": "https://backend.example", **endpoint}
    return {"endpoint_type": "http", "production_endpoints": given}


def patience(milliseconds: str, **more: str) -> dict[str, str]:
    return {"actionDuration": milliseconds, "actionSelect": "fault", **more}


POLICY = {"policyName": "addHeader", "policyVersion": "v1", "parameters": {"headerName": "a", "headerValue": "b"}}
SECURED = {"production": {"enabled": True, "type": "BASIC", "username": "u", "password": "p"}}
IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "additionalProperties": {"additionalProperties": []},
    "apiPolicies.request": {"apiPolicies": {"request": [POLICY], "response": [], "fault": []}},
    "operations.0.operationPolicies.response": {
        "operations": [{"verb": "GET", "target": "/menu", "operationPolicies": {"response": [POLICY]}}]
    },
    "responseCachingEnabled": {"responseCachingEnabled": True},
    "enableSchemaValidation": {"enableSchemaValidation": True},
    "corsConfiguration.corsConfigurationEnabled": {"corsConfiguration": {"corsConfigurationEnabled": True}},
    "endpointConfig.sandbox_endpoints": {
        "endpointConfig": {**backend(), "sandbox_endpoints": {"url": "https://sandbox.example"}}
    },
    "endpointConfig.endpoint_security.production": {"endpointConfig": {**backend(), "endpoint_security": SECURED}},
    "endpointConfig.endpoint_type": {
        "endpointConfig": {"endpoint_type": "load_balance", "production_endpoints": [{"url": "https://a.example"}]}
    },
    "endpointConfig.production_endpoints.url": {"endpointConfig": backend(url="https://backend.example/{uri.var.id}")},
    "endpointConfig.production_endpoints.config": {
        "endpointConfig": backend(config=patience("1000", retryTimeOut="3"))
    },
    "endpointConfig.production_endpoints.config.actionDuration": {"endpointConfig": backend(config=patience("60000"))},
}


@pytest.mark.parametrize("field", IMPOSSIBLE)
def test_400_names_what_a_direct_api_cannot_have_and_deploys_nothing(world: PublisherWorld, field: str) -> None:
    api_id = design(world, **IMPOSSIBLE[field])
    assert blamed(deployed(world, api_id)) == [field]
    assert world.front_door.requests == 0
    assert not served(world, api_id)


def test_400_when_the_front_door_is_full(world: PublisherWorld) -> None:
    world.front_door.__init__(taken=300)  # type: ignore[misc] -- the same door, full
    api_id = design(world)
    assert blamed(deployed(world, api_id)) == ["gatewayType"]
    assert not served(world, api_id)


def test_503_when_the_front_door_fails_and_nothing_is_deployed(world: PublisherWorld) -> None:
    api_id = design(world)
    world.front_door.failure = Unavailable()
    assert deployed(world, api_id).status == 503
    assert world.front_door.led == {}
    assert not served(world, api_id)
    assert deployed(world, api_id).status == 201


def test_a_revision_that_the_tables_refuse_leaves_the_front_door_as_it_was(
    world: PublisherWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    api_id = design(world)
    deployed(world, api_id)
    update(world, api_id, endpointConfig=backend(url="https://other.example"))
    revision_id = str(world.revision(api_id)["id"])
    with monkeypatch.context() as somebody:
        somebody.setattr(world.apis, "deploy", refuse)
        assert world.deploy(api_id, revision_id).status == 409
    assert world.front_door.led == LED
    assert world.deploy(api_id, revision_id).status == 201
    assert world.front_door.led == {BELOW: "https://other.example"}


def refuse(*_: object, **_more: object) -> None:
    raise Changed


def test_an_api_that_is_direct_no_more_is_left_to_the_gateway(world: PublisherWorld) -> None:
    api_id = design(world)
    deployed(world, api_id)
    update(world, api_id, gatewayType="wso2/synapse")
    assert deployed(world, api_id).status == 201
    assert world.front_door.led == {}
    assert served(world, api_id)


def test_undeploying_ends_the_routes(world: PublisherWorld) -> None:
    api_id = design(world)
    revision_id = str(world.revision(api_id)["id"])
    world.deploy(api_id, revision_id)
    world.made("POST", f"/apis/{api_id}/undeploy-revision", query={"revisionId": revision_id})
    assert world.front_door.led == {}
    assert not served(world, api_id)


def test_undeploying_that_the_tables_refuse_keeps_the_routes(
    world: PublisherWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    api_id = design(world)
    revision_id = str(world.revision(api_id)["id"])
    world.deploy(api_id, revision_id)
    monkeypatch.setattr(world.apis, "undeploy", refuse)
    reply = world.call("POST", f"/apis/{api_id}/undeploy-revision", query={"revisionId": revision_id})
    assert reply.status == 409
    assert world.front_door.led == LED


def test_retiring_ends_the_routes_and_can_be_repeated_when_the_front_door_fails(world: PublisherWorld) -> None:
    api_id = design(world)
    deployed(world, api_id)
    for action in ("Publish", "Deprecate"):
        assert world.change(api_id, action).status == 200
    world.front_door.failure = Unavailable()
    assert world.change(api_id, "Retire").status == 503
    assert world.change(api_id, "Retire").status == 200
    assert world.front_door.led == {}
    assert not served(world, api_id)


def test_deleting_ends_the_routes_and_can_be_repeated_when_the_front_door_fails(world: PublisherWorld) -> None:
    api_id = design(world)
    deployed(world, api_id)
    world.front_door.failure = Unavailable()
    assert world.call("DELETE", f"/apis/{api_id}").status == 503
    assert world.call("DELETE", f"/apis/{api_id}").status == 200
    assert world.front_door.led == {}
    assert world.artifact(route_key(SUPER_TENANT, "/pizza/1.0.0")) is None


def test_a_fake_door_counts_what_it_is_asked() -> None:
    door = InMemoryFrontDoor()
    door.remove("unheard-of")
    assert door.requests == 1
