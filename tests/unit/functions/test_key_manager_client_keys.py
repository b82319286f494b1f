"""Clients that prove themselves with a key of their own (`private_key_jwt`), through the key manager's surfaces."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.tokens.oauth import ClientCredentials, ClientRules
from tests.worlds import issuers
from tests.worlds.key_manager import MANAGEMENT_URL, KeyManagerWorld, refused

if TYPE_CHECKING:
    from tests.callers import Reply

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_ENDPOINT = f"{MANAGEMENT_URL}/oauth2/token"


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


@pytest.fixture
def client(world: KeyManagerWorld) -> ClientCredentials:
    return world.client(rules=ClientRules(keys=(issuers.jwk(issuers.rsa_key()),)))


def assertion(world: KeyManagerWorld, client: ClientCredentials, key: Any = None, **changes: Any) -> str:
    now = int(world.clock.now())
    told = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": TOKEN_ENDPOINT,
        "exp": now + 60,
        "jti": str(uuid.uuid4()),
        **changes,
    }
    return str(issuers.signed({name: value for name, value in told.items() if value is not None}, key))


def ask(world: KeyManagerWorld, text: str, **form: str) -> Reply:
    proof = {"client_assertion_type": TYPE, "client_assertion": text}
    return world.token(None, grant_type="client_credentials", **{**proof, **form})


def test_200_an_assertion_is_good_for_one_use(world: KeyManagerWorld, client: ClientCredentials) -> None:
    text = assertion(world, client)
    assert ask(world, text).status == 200
    refused(ask(world, text), 401, "invalid_client")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://somebody.else/"},
        {"aud": None},
        {"sub": "another"},
        {"exp": None},
        {"exp": 1},
        {"exp": 2**40},
        {"jti": None},
        {"jti": "x" * 256},
        {"iss": "unheard-of"},
    ],
)
def test_401_what_it_says_does_not_hold(
    world: KeyManagerWorld, client: ClientCredentials, changes: dict[str, Any]
) -> None:
    refused(ask(world, assertion(world, client, **changes)), 401, "invalid_client")


def test_401_somebody_elses_signature(world: KeyManagerWorld, client: ClientCredentials) -> None:
    refused(ask(world, assertion(world, client, issuers.rsa_key("forger"))), 401, "invalid_client")
    refused(ask(world, "a.b.c"), 401, "invalid_client")


def test_401_another_kind_of_assertion_or_another_clients(world: KeyManagerWorld, client: ClientCredentials) -> None:
    refused(ask(world, assertion(world, client), client_assertion_type="saml"), 401, "invalid_client")
    refused(ask(world, assertion(world, client), client_id=world.client(name="other").client_id), 401, "invalid_client")


def test_401_its_secret_is_none(world: KeyManagerWorld, client: ClientCredentials) -> None:
    refused(world.token(client, grant_type="client_credentials"), 401, "invalid_client")


def test_401_a_client_without_keys(world: KeyManagerWorld) -> None:
    refused(ask(world, assertion(world, world.client(name="plain"))), 401, "invalid_client")


def test_400_two_proofs_at_once(world: KeyManagerWorld, client: ClientCredentials) -> None:
    refused(ask(world, assertion(world, client), client_secret="x"), 400, "invalid_request")
