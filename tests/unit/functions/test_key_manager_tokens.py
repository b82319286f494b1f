"""The token endpoint, through its surface."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import jwt
import pytest

from gatehouse.domain.artifact import Artifact, keys_key, scope_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import ClientCredentials
from tests import logs
from tests.callers import OTHER_TENANT, PASSWORD
from tests.events import basic
from tests.worlds.key_manager import FORM, MANAGEMENT_URL, KeyManagerWorld, claims_of, refused


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


def test_200_a_user_gets_a_token_and_a_refresh_token(world: KeyManagerWorld) -> None:
    reply = world.password(world.client(), scope="apim:api_view apim:api_create")
    assert reply.status == 200
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Pragma"] == "no-cache"
    assert reply.json == {
        "access_token": reply.json["access_token"],
        "refresh_token": reply.json["refresh_token"],
        "scope": "apim:api_view apim:api_create",
        "token_type": "Bearer",
        "expires_in": 3600,
    }


def test_a_users_token_says_who_through_which_client_and_for_how_long(world: KeyManagerWorld) -> None:
    client = world.client()
    token = world.password(client, "mary", scope="apim:subscribe").json["access_token"]
    now = int(world.clock.now())
    claims = claims_of(token)
    assert claims.pop("jti")
    assert claims == {
        "iss": f"{MANAGEMENT_URL}/oauth2/token",
        "sub": "mary@carbon.super",
        "username": "mary@carbon.super",
        "aut": "APPLICATION_USER",
        "aud": client.client_id,
        "azp": client.client_id,
        "client_id": client.client_id,
        "entity_id": client.client_id,
        "scope": "apim:subscribe",
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
    }
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == ("RS256", "at+jwt")
    assert header["kid"] in {key["kid"] for key in world.keyring.public_keys()}


def test_an_applications_token_is_its_own_and_comes_without_a_refresh_token(world: KeyManagerWorld) -> None:
    client = world.client(owner="mary")
    reply = world.token(client, grant_type="client_credentials")
    assert reply.status == 200
    assert "refresh_token" not in reply.json
    assert reply.json["scope"] == "default"
    claims = claims_of(reply.json["access_token"])
    assert (claims["sub"], claims["username"], claims["aut"]) == (client.client_id, "mary@carbon.super", "APPLICATION")


def test_a_token_opens_the_management_interfaces(world: KeyManagerWorld) -> None:
    token = world.password(world.client(), "carol", scope="apim:api_create apim:api_publish").json["access_token"]
    caller = world.callers.identify({"authorization": f"Bearer {token}"})
    assert (caller.tenant, caller.user, caller.scopes) == (SUPER_TENANT, "carol", frozenset({"apim:api_create"}))


def test_a_key_stands_where_verifiers_look_before_it_signs(world: KeyManagerWorld) -> None:
    world.password(world.client())
    (published,) = world.artifacts.get([keys_key(SUPER_TENANT)])
    assert published is not None
    assert published["keys"] == list(world.keyring.public_keys())


@pytest.mark.parametrize(
    ("user", "scope", "granted"),
    [
        ("admin", "apim:admin apim:api_view", "apim:admin apim:api_view"),
        ("mary", "apim:admin apim:subscribe apim:app_manage", "apim:subscribe apim:app_manage"),
        ("carol", "apim:api_publish", "default"),
        ("nobody", "", "default"),
        ("nobody", "openid device_tv", "openid device_tv"),
        ("nobody", "pizza:read", "pizza:read"),
        ("nobody", "pizza:order", "default"),
        ("mary", "pizza:order unheard_of", "pizza:order"),
        ("mary", "apim:subscribe apim:subscribe", "apim:subscribe"),
        ("mary", "default apim:subscribe", "apim:subscribe"),
    ],
)
def test_scopes_are_granted_by_role_and_the_rest_left_out(
    world: KeyManagerWorld, user: str, scope: str, granted: str
) -> None:
    world.artifacts.publish(
        [
            Artifact(scope_key(SUPER_TENANT, "pizza:read"), {"roles": []}),
            Artifact(scope_key(SUPER_TENANT, "pizza:order"), {"roles": ["Internal/subscriber"]}),
        ]
    )
    reply = world.password(world.client(), user, scope=scope)
    assert (reply.status, reply.json["scope"]) == (200, granted)
    assert claims_of(reply.json["access_token"])["scope"] == granted


def test_client_credentials_have_the_scopes_of_the_clients_owner(world: KeyManagerWorld) -> None:
    client = world.client(owner="mary")
    reply = world.token(client, grant_type="client_credentials", scope="apim:subscribe apim:admin")
    assert reply.json["scope"] == "apim:subscribe"


def test_the_client_may_authenticate_in_the_body(world: KeyManagerWorld) -> None:
    client = world.client()
    form = {"client_id": client.client_id, "client_secret": client.client_secret}
    assert world.token(None, grant_type="client_credentials", **form).status == 200


def test_400_a_client_that_authenticates_twice(world: KeyManagerWorld) -> None:
    client = world.client()
    form = {"client_id": client.client_id, "client_secret": client.client_secret}
    refused(world.token(client, grant_type="client_credentials", **form), 400, "invalid_request")


def test_401_an_unknown_client_and_a_wrong_secret_answer_byte_for_byte_alike(world: KeyManagerWorld) -> None:
    client = world.client()
    wrong = ClientCredentials(client_id=client.client_id, client_secret="wrong")
    unknown = ClientCredentials(client_id="a" * 28, client_secret="wrong")
    first = world.token(wrong, grant_type="client_credentials")
    second = world.token(unknown, grant_type="client_credentials")
    assert refused(first, 401, "invalid_client")["error_description"] == "Client credentials are invalid."
    assert first.headers["WWW-Authenticate"] == 'Basic realm="Gatehouse"'
    assert (first.text, first.headers) == (second.text, second.headers)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer abc", "Basic", "Basic !!!", "Basic " + base64.b64encode(b"no-colon").decode(), "Basic gICA"],
)
def test_401_credentials_that_are_none(world: KeyManagerWorld, authorization: str) -> None:
    headers = {"content-type": FORM, **({"authorization": authorization} if authorization else {})}
    reply = world.send("POST", "/oauth2/token", b"grant_type=client_credentials", headers)
    refused(reply, 401, "invalid_client")


@pytest.mark.parametrize("client_id", ["", "x" * 3000, "ümlaut", "a#b", "a b"])
def test_401_what_cannot_be_a_client_id(world: KeyManagerWorld, client_id: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "s"}
    refused(world.token(None, **form), 401, "invalid_client")


@pytest.mark.parametrize("user", ["mary", "unheard-of", "gone", f"mary@{OTHER_TENANT}", "", "@", "x" * 5000])
def test_400_a_wrong_user_tells_nothing_but_the_name_it_was_given(world: KeyManagerWorld, user: str) -> None:
    client = world.client()
    password = "wrong" if user == "mary" else PASSWORD
    reply = world.token(client, grant_type="password", username=user or "''", password=password)
    document = refused(reply, 400, "invalid_grant")
    assert document["error_description"] == f"Authentication failed for {(user or chr(39) * 2)[:100]}"


def test_a_description_holds_only_characters_that_the_rfc_allows(world: KeyManagerWorld) -> None:
    reply = world.token(world.client(), grant_type="password", username='jo"\\é\n', password="x")
    assert reply.json["error_description"] == "Authentication failed for jo????"


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({}, "grant_type"),
        ({"grant_type": ""}, "grant_type"),
        ({"grant_type": "password"}, "username"),
        ({"grant_type": "password", "username": "admin"}, "password"),
        ({"grant_type": "password", "username": "admin", "password": ""}, "password"),
        ({"grant_type": "refresh_token"}, "refresh_token"),
    ],
)
def test_400_a_missing_parameter_is_named(world: KeyManagerWorld, form: dict[str, str], named: str) -> None:
    assert named in refused(world.token(world.client(), **form), 400, "invalid_request")["error_description"]


def test_400_a_repeated_parameter(world: KeyManagerWorld) -> None:
    client = world.client()
    headers = {"content-type": FORM, **basic(client.client_id, client.client_secret)}
    body = b"grant_type=client_credentials&scope=a&scope=b"
    refused(world.send("POST", "/oauth2/token", body, headers), 400, "invalid_request")


def test_400_a_body_that_is_not_a_form(world: KeyManagerWorld) -> None:
    client = world.client()
    headers = basic(client.client_id, client.client_secret)
    reply = world.send("POST", "/oauth2/token", {"grant_type": "client_credentials"}, headers)
    refused(reply, 400, "invalid_request")


def test_400_a_grant_that_is_not_served(world: KeyManagerWorld) -> None:
    refused(world.token(world.client(), grant_type="magic"), 400, "unsupported_grant_type")


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "password", "username": "admin", "password": PASSWORD},
        {"grant_type": "refresh_token", "refresh_token": "x"},
    ],
)
def test_400_a_grant_that_the_client_has_not_registered(world: KeyManagerWorld, form: dict[str, str]) -> None:
    client = world.client(grant_types=("client_credentials",))
    refused(world.token(client, **form), 400, "unauthorized_client")


@pytest.mark.parametrize("scope", ['quo"te', "back\\slash", "é", " ".join(f"s{n}" for n in range(301))])
def test_400_a_malformed_scope(world: KeyManagerWorld, scope: str) -> None:
    refused(world.password(world.client(), scope=scope), 400, "invalid_scope")


def test_401_a_client_whose_owner_is_gone(world: KeyManagerWorld) -> None:
    refused(world.token(world.client(owner="gone"), grant_type="client_credentials"), 401, "invalid_client")


def test_503_without_a_key_to_sign_with(world: KeyManagerWorld) -> None:
    client = world.client()
    world.clock.advance(900)
    world.secrets.values["signing"] = None
    assert world.token(client, grant_type="client_credentials").status == 200
    other = KeyManagerWorld()
    other.clients.add(world.parts.registration.get(SUPER_TENANT, client.client_id))
    other.secrets.failing = True
    reply = other.token(client, grant_type="client_credentials")
    refused(reply, 503, "temporarily_unavailable")
    assert reply.headers["Retry-After"] == "1"


def test_405_another_method(world: KeyManagerWorld) -> None:
    reply = world.send("GET", "/oauth2/token")
    assert (reply.status, reply.headers["Allow"]) == (405, "POST")


def test_404_another_path(world: KeyManagerWorld) -> None:
    assert world.send("GET", "/oauth2/nothing").status == 404


def test_nothing_secret_is_logged(world: KeyManagerWorld) -> None:
    with logs.collected() as output:
        client = world.client()
        issued = world.password(client, scope="apim:admin").json
        world.token(client, grant_type="refresh_token", refresh_token=issued["refresh_token"])
        world.post("/oauth2/revoke", {"token": issued["access_token"]}, client)
        world.token(client, grant_type="password", username="admin", password="mistyped-secret")
        body = urlencode({"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": "leaky"})
        world.send("POST", "/oauth2/token", body.encode(), {"content-type": FORM})
        world.register(clientName="logged")
    text = output.getvalue()
    assert text.count('"operation":"issueToken"') == 4
    secrets = (
        client.client_secret,
        PASSWORD,
        "mistyped-secret",
        "leaky",
        issued["access_token"],
        issued["refresh_token"],
    )
    assert not [secret for secret in secrets if secret in text]


def test_a_secret_does_not_show_in_its_repr(world: KeyManagerWorld) -> None:
    client = world.client()
    issued = world.parts.resident.issue_application_token(
        tenant=SUPER_TENANT, client_id=client.client_id, client_secret=client.client_secret
    )
    assert client.client_secret not in repr(client)
    assert issued.access_token not in repr(issued)
    kept = world.clients.find(client.client_id)
    assert kept is not None
    assert kept.secret_hash not in repr(kept)
