"""What the store refuses about keys of applications, with the field, and what it says of those that are not there."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.store import FORMS, GENERATION, StoreWorld

UNHEARD = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


OPERATIONS: list[tuple[str, str, Any]] = [
    ("POST", "generate-keys", GENERATION),
    ("GET", "keys", None),
    ("GET", "oauth-keys", None),
    *(
        (method, f"{form}{action}", body)
        for form in FORMS
        for method, action, body in (
            ("GET", "", None),
            ("PUT", "", {"supportedGrantTypes": ["password"]}),
            ("POST", "/regenerate-secret", None),
            ("POST", "/generate-token", {}),
            ("POST", "/clean-up", None),
        )
    ),
    ("DELETE", "oauth-keys/{id}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_404_keys_of_somebody_elses_application_are_those_of_none(
    world: StoreWorld, method: str, path: str, body: Any
) -> None:
    application_id = world.application()
    key_id = world.generate(application_id)["keyMappingId"]
    before = world.writes
    path = path.format(id=key_id)
    absent = world.call(method, f"/applications/{UNHEARD}/{path}", body, by="john")
    forbidden = world.call(method, f"/applications/{application_id}/{path}", body, by="john")
    assert (absent.status, absent.json["code"]) == (404, 900307)
    assert forbidden.status == 404
    assert forbidden.text.replace(application_id, UNHEARD) == absent.text
    assert world.writes == before


@pytest.mark.parametrize(("method", "path", "body"), [op for op in OPERATIONS if "/" in op[1]])
def test_404_keys_that_do_not_exist(world: StoreWorld, method: str, path: str, body: Any) -> None:
    mine, other = world.application("Mine"), world.application("Other")
    foreign = world.generate(other)["keyMappingId"]
    before = world.writes
    answer = world.call(method, f"/applications/{mine}/{path.format(id=foreign)}", body)
    assert (answer.status, answer.json["code"]) == (404, 900331)
    assert world.writes == before


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
@pytest.mark.parametrize("by", [None, "nobody"])
def test_401_without_the_scope(world: StoreWorld, method: str, path: str, body: Any, by: str | None) -> None:
    application_id = world.application()
    before = world.writes
    assert world.call(method, f"/applications/{application_id}/{path.format(id='x')}", body, by=by).status == 401
    assert world.writes == before


BAD_PROPERTIES = [
    ("additionalProperties.surprise", {"surprise": 1}),
    ("additionalProperties.pkceMandatory", {"pkceMandatory": 1}),
    ("additionalProperties.bypassClientCredentials", {"bypassClientCredentials": "yes"}),
    ("additionalProperties.pkceSupportPlain", {"pkceSupportPlain": "perhaps"}),
    *(
        ("additionalProperties.application_access_token_expiry_time", {"application_access_token_expiry_time": bad})
        for bad in (0, -2, 1.5, True, "soon", "", 2**31, [], {})
    ),
]


BAD_GENERATIONS = [
    ("keyType", {"keyType": None}),
    ("keyType", {"keyType": "STAGING"}),
    ("keyManager", {"keyManager": "Okta"}),
    ("grantTypesToBeSupported", {"grantTypesToBeSupported": None}),
    ("grantTypesToBeSupported", {"grantTypesToBeSupported": []}),
    ("grantTypesToBeSupported", {"grantTypesToBeSupported": "password"}),
    ("grantTypesToBeSupported.1", {"grantTypesToBeSupported": ["password", "wish"]}),
    ("callbackUrl", {"callbackUrl": "x" * 2001}),
    ("scopes.0", {"scopes": ["two words"]}),
    ("scopes", {"scopes": "a"}),
    ("validityTime", {"validityTime": 0}),
    ("validityTime", {"validityTime": "soon"}),
    ("validityTime", {"validityTime": -2}),
    ("surprise", {"surprise": 1}),
    *((field, {"additionalProperties": change}) for field, change in BAD_PROPERTIES),
]


@pytest.mark.parametrize(
    ("field", "change"), BAD_GENERATIONS, ids=[f"{field}-{n}" for n, (field, _) in enumerate(BAD_GENERATIONS)]
)
def test_400_of_a_generation_names_the_field_and_writes_nothing(
    world: StoreWorld, field: str, change: dict[str, Any]
) -> None:
    application_id = world.application()
    body = {name: value for name, value in {**GENERATION, **change}.items() if value is not None}
    before = world.writes
    answer = world.call("POST", f"/applications/{application_id}/generate-keys", body)
    assert answer.status == 400
    assert [problem["code"] for problem in answer.json["error"]] == [f"400_{field}"]
    assert world.writes == before


BAD_CHANGES = [
    ("supportedGrantTypes", {"supportedGrantTypes": None}),
    ("supportedGrantTypes", {"supportedGrantTypes": []}),
    ("supportedGrantTypes.0", {"supportedGrantTypes": ["wish"]}),
    ("callbackUrl", {"callbackUrl": 7}),
    ("keyManager", {"keyManager": "Okta"}),
    ("keyType", {"keyType": "STAGING"}),
    ("mode", {"mode": "MAPPED"}),
    ("surprise", {"surprise": 1}),
    *((field, {"additionalProperties": change}) for field, change in BAD_PROPERTIES),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("field", "change"), BAD_CHANGES, ids=[f"{field}-{n}" for n, (field, _) in enumerate(BAD_CHANGES)]
)
def test_400_of_a_change_names_the_field_and_changes_nothing(
    world: StoreWorld, form: str, field: str, change: dict[str, Any]
) -> None:
    application_id = world.application()
    made = world.generate(application_id)
    known = world.call("GET", f"/applications/{application_id}/keys").json
    body = {"supportedGrantTypes": ["password"], **change}
    path = f"/applications/{application_id}/{form.format(id=made['keyMappingId'])}"
    answer = world.call("PUT", path, {name: value for name, value in body.items() if value is not None})
    assert answer.status == 400
    assert [problem["code"] for problem in answer.json["error"]] == [f"400_{field}"]
    assert world.call("GET", f"/applications/{application_id}/keys").json == known
    client = world.key_manager.clients[SUPER_TENANT, made["consumerKey"]]
    assert client.grant_types == {"client_credentials", "password"}


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("validityPeriod", {"validityPeriod": 0}),
        ("validityPeriod", {"validityPeriod": "long"}),
        ("scopes.0", {"scopes": ['"']}),
        ("consumerSecret", {"consumerSecret": 7}),
        ("revokeToken", {"revokeToken": 7}),
        ("grantType", {"grantType": "TOKEN_EXCHANGE"}),
        ("additionalProperties", {"additionalProperties": {"a": "b"}}),
        ("surprise", {"surprise": 1}),
    ],
)
def test_400_of_a_token_names_the_field_and_issues_none(world: StoreWorld, field: str, body: Any) -> None:
    application_id = world.application()
    world.generate(application_id)
    tokens = dict(world.key_manager.tokens)
    answer = world.call("POST", f"/applications/{application_id}/keys/PRODUCTION/generate-token", body)
    assert answer.status == 400
    assert [problem["code"] for problem in answer.json["error"]] == [f"400_{field}"]
    assert world.key_manager.tokens == tokens


@pytest.mark.parametrize(("method", "action"), [("GET", ""), ("POST", "/regenerate-secret"), ("POST", "/clean-up")])
def test_400_a_key_type_that_does_not_exist(world: StoreWorld, method: str, action: str) -> None:
    answer = world.call(method, f"/applications/{world.application()}/keys/STAGING{action}")
    assert answer.status == 400
    assert answer.json["error"][0]["code"] == "400_keyType"
