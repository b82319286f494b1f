"""The key manager as the store knows it: our own, the same across an invocation, and the fake of the store's tests."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from functions.key_manager.actions import Actions
from gatehouse.adapters.invoking.key_manager import LambdaKeyManager
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import (
    FIRST_SECRET,
    FOREVER_SECONDS,
    ClientExists,
    ClientNotFound,
    ClientRules,
    InvalidClient,
    LastSecret,
    Lifetimes,
    SecretNotFound,
    UnauthorizedClient,
)
from tests.fakes.key_manager import InMemoryKeyManager
from tests.worlds.key_manager import KeyManagerWorld

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import ClientCredentials
    from gatehouse.ports.tokens.key_manager import KeyManager

OTHER = "example.com"


class LambdaInProcess:
    """Lambda's `invoke`, answered by the actions of this process; what goes over the wire really becomes JSON."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions

    def invoke(self, **request: Any) -> dict[str, Any]:
        assert request["InvocationType"] == "RequestResponse"
        answer = self._actions(json.loads(request["Payload"]))
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}


def resident() -> KeyManager:
    return KeyManagerWorld().parts.resident


def actions() -> Actions:
    world = KeyManagerWorld()
    return Actions(world.parts.resident, world.parts.key_rotation)


def invoked() -> KeyManager:
    return LambdaKeyManager(LambdaInProcess(actions()), "key-manager")


@pytest.fixture(params=[resident, invoked, InMemoryKeyManager])
def key_manager(request: pytest.FixtureRequest) -> KeyManager:
    made: KeyManager = request.param()
    return made


def create(key_manager: KeyManager, name: str = "app", **changes: Any) -> ClientCredentials:
    arguments: dict[str, Any] = {
        "tenant": SUPER_TENANT,
        "owner": "mary",
        "name": name,
        "grant_types": ["client_credentials", "password"],
        **changes,
    }
    return key_manager.create_client(**arguments)


def test_a_client_can_be_handed_over_to_who_has_none_of_its_name(key_manager: KeyManager) -> None:
    made, taken = create(key_manager), create(key_manager, owner="sue")
    key_manager.hand_over(tenant=SUPER_TENANT, client_id=made.client_id, owner="john")
    create(key_manager)
    with pytest.raises(ClientExists):
        key_manager.hand_over(tenant=SUPER_TENANT, client_id=made.client_id, owner="sue")
    with pytest.raises(ClientNotFound):
        key_manager.hand_over(tenant=OTHER, client_id=taken.client_id, owner="john")


def test_a_new_client_proves_itself(key_manager: KeyManager) -> None:
    made = create(key_manager)
    issued = key_manager.issue_application_token(
        tenant=SUPER_TENANT, client_id=made.client_id, client_secret=made.client_secret
    )
    assert issued.access_token
    assert (issued.scopes, issued.expires_in, issued.refresh_token) == (("default",), 3600, None)


def test_two_clients_have_nothing_in_common(key_manager: KeyManager) -> None:
    first, second = create(key_manager, "one"), create(key_manager, "two")
    assert first.client_id != second.client_id
    assert first.client_secret != second.client_secret


def test_the_owners_name_is_taken_and_anothers_is_not(key_manager: KeyManager) -> None:
    create(key_manager)
    with pytest.raises(ClientExists):
        create(key_manager)
    create(key_manager, owner="admin")
    create(key_manager, tenant=OTHER)


def test_an_unknown_grant_type_is_refused_by_name(key_manager: KeyManager) -> None:
    with pytest.raises(Invalid) as refusal:
        create(key_manager, grant_types=["magic"])
    assert refusal.value.fields[0].path == "grant_types"
    made = create(key_manager)
    with pytest.raises(Invalid):
        key_manager.update_client(tenant=SUPER_TENANT, client_id=made.client_id, grant_types=["magic"])


def test_a_wrong_secret_issues_nothing(key_manager: KeyManager) -> None:
    made = create(key_manager)
    with pytest.raises(InvalidClient):
        key_manager.issue_application_token(tenant=SUPER_TENANT, client_id=made.client_id, client_secret="wrong")


def test_a_caller_that_has_just_made_the_client_needs_no_secret(key_manager: KeyManager) -> None:
    made = create(key_manager)
    issued = key_manager.issue_application_token(
        tenant=SUPER_TENANT, client_id=made.client_id, client_secret=None, validity_seconds=60
    )
    assert issued.expires_in == 60


@pytest.mark.parametrize("seconds", [-1, -3600])
def test_a_negative_validity_is_for_ever(key_manager: KeyManager, seconds: int) -> None:
    made = create(key_manager)
    issued = key_manager.issue_application_token(
        tenant=SUPER_TENANT, client_id=made.client_id, client_secret=None, validity_seconds=seconds
    )
    assert issued.expires_in == FOREVER_SECONDS


def test_scopes_come_in_the_order_they_were_asked_for(key_manager: KeyManager) -> None:
    made = create(key_manager)
    issued = key_manager.issue_application_token(
        tenant=SUPER_TENANT, client_id=made.client_id, client_secret=None, scopes=["device_b", "device_a"]
    )
    assert issued.scopes == ("device_b", "device_a")


def test_a_regenerated_secret_replaces_the_old_one(key_manager: KeyManager) -> None:
    made = create(key_manager)
    renewed = key_manager.regenerate_secret(tenant=SUPER_TENANT, client_id=made.client_id)
    assert renewed.client_id == made.client_id
    with pytest.raises(InvalidClient):
        key_manager.issue_application_token(
            tenant=SUPER_TENANT, client_id=made.client_id, client_secret=made.client_secret
        )
    issued = key_manager.issue_application_token(
        tenant=SUPER_TENANT, client_id=made.client_id, client_secret=renewed.client_secret
    )
    assert issued.access_token


def test_an_updated_clients_lifetime_holds(key_manager: KeyManager) -> None:
    made = create(key_manager)
    key_manager.update_client(
        tenant=SUPER_TENANT,
        client_id=made.client_id,
        grant_types=["client_credentials"],
        callback_url="https://example.com/cb",
        lifetimes=Lifetimes(application_seconds=7),
    )
    issued = key_manager.issue_application_token(
        tenant=SUPER_TENANT, client_id=made.client_id, client_secret=made.client_secret
    )
    assert issued.expires_in == 7


@pytest.mark.parametrize("tenant", [SUPER_TENANT, OTHER])
def test_an_unknown_client_and_another_tenants_are_not_found(key_manager: KeyManager, tenant: str) -> None:
    client_id = "unheard" if tenant == SUPER_TENANT else create(key_manager).client_id
    where: dict[str, Any] = {"tenant": tenant, "client_id": client_id}
    with pytest.raises(ClientNotFound):
        key_manager.update_client(**where, grant_types=[])
    with pytest.raises(ClientNotFound):
        key_manager.regenerate_secret(**where)
    with pytest.raises(ClientNotFound):
        key_manager.issue_application_token(**where, client_secret=None)
    with pytest.raises(ClientNotFound):
        key_manager.revoke_token(**where, token="x")
    key_manager.delete_client(**where)


def test_a_deleted_client_is_gone_and_its_name_is_free(key_manager: KeyManager) -> None:
    made = create(key_manager)
    key_manager.delete_client(tenant=SUPER_TENANT, client_id=made.client_id)
    with pytest.raises(ClientNotFound):
        key_manager.regenerate_secret(tenant=SUPER_TENANT, client_id=made.client_id)
    create(key_manager)


def test_a_client_revokes_its_own_tokens_only(key_manager: KeyManager) -> None:
    mine, other = create(key_manager, "one"), create(key_manager, "two")
    token = key_manager.issue_application_token(
        tenant=SUPER_TENANT, client_id=mine.client_id, client_secret=None
    ).access_token
    with pytest.raises(UnauthorizedClient):
        key_manager.revoke_token(tenant=SUPER_TENANT, client_id=other.client_id, token=token)
    key_manager.revoke_token(tenant=SUPER_TENANT, client_id=mine.client_id, token=token)
    key_manager.revoke_token(tenant=SUPER_TENANT, client_id=mine.client_id, token="no token")


def test_secrets_are_replaced_without_a_moment_without_one(key_manager: KeyManager) -> None:
    made = create(key_manager)
    where: dict[str, Any] = {"tenant": SUPER_TENANT, "client_id": made.client_id}
    second = key_manager.add_secret(**where, description="the new one")
    for secret in (made.client_secret, second.value):
        assert key_manager.issue_application_token(**where, client_secret=secret).access_token
    assert [(one.id, one.description) for one in key_manager.secrets(**where)] == [
        (FIRST_SECRET, ""),
        (second.id, "the new one"),
    ]
    key_manager.remove_secret(**where, secret_id=FIRST_SECRET)
    assert [one.id for one in key_manager.secrets(**where)] == [second.id]
    assert key_manager.issue_application_token(**where, client_secret=second.value).access_token
    with pytest.raises(InvalidClient):
        key_manager.issue_application_token(**where, client_secret=made.client_secret)


def test_the_last_secret_stays(key_manager: KeyManager) -> None:
    made = create(key_manager)
    with pytest.raises(LastSecret):
        key_manager.remove_secret(tenant=SUPER_TENANT, client_id=made.client_id, secret_id=FIRST_SECRET)


def test_a_secret_that_is_not_there(key_manager: KeyManager) -> None:
    made = create(key_manager)
    with pytest.raises(SecretNotFound):
        key_manager.remove_secret(tenant=SUPER_TENANT, client_id=made.client_id, secret_id="unheard-of")
    for refused in (
        lambda: key_manager.add_secret(tenant=OTHER, client_id=made.client_id),
        lambda: key_manager.secrets(tenant=OTHER, client_id=made.client_id),
    ):
        with pytest.raises(ClientNotFound):
            refused()


def test_a_secret_cannot_expire_before_it_is_made(key_manager: KeyManager) -> None:
    made = create(key_manager)
    with pytest.raises(Invalid):
        key_manager.add_secret(tenant=SUPER_TENANT, client_id=made.client_id, expires_in=-1)


def test_a_client_without_need_of_a_secret_keeps_that_rule(key_manager: KeyManager) -> None:
    made = create(key_manager, rules=ClientRules(public=True, pkce_plain=True))
    assert made.client_secret
    key_manager.update_client(
        tenant=SUPER_TENANT, client_id=made.client_id, grant_types=["password"], rules=ClientRules(pkce_mandatory=True)
    )


def test_an_api_key_says_what_it_was_asked_to_and_whose_it_is(key_manager: KeyManager) -> None:
    claims = {"sub": "mary@carbon.super", "keytype": "PRODUCTION", "application": {"uuid": "a-1"}}
    for until in (2_000_000_000, 0):
        text = key_manager.sign_api_key(
            tenant=SUPER_TENANT, token_id="k-1", issued_at=1_900_000_000, expires_at=until, claims=claims
        )
        header, said = jwt.get_unverified_header(text), jwt.decode(text, options={"verify_signature": False})
        assert header["kid"]
        assert header["typ"] == "JWT"
        assert {name: said[name] for name in claims} == claims
        assert (said["jti"], said["iat"], said.get("exp", 0)) == ("k-1", 1_900_000_000, until)
        assert said["token_type"] == "apiKey"


@pytest.mark.parametrize("claim", ["azp", "scope", "iss", "exp", "jti", "token_type", "auth_time"])
def test_nothing_but_api_keys_is_signed_on_request(key_manager: KeyManager, claim: str) -> None:
    with pytest.raises(Invalid):
        key_manager.sign_api_key(
            tenant=SUPER_TENANT, token_id="k-1", issued_at=1_900_000_000, expires_at=0, claims={claim: "admin"}
        )
