"""All tokens of a client, of a user, of a tenant or of everybody, ended at once by an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT, PASSWORD
from tests.events import basic
from tests.worlds.key_manager import KeyManagerWorld

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import ClientCredentials
    from tests.callers import Reply

VOID = "/api/identity/oauth2/revocation/v1/tokens"


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


@pytest.fixture
def console(world: KeyManagerWorld) -> ClientCredentials:
    return world.client(saas=True)


def void(world: KeyManagerWorld, by: str = "admin", **body: str) -> Reply:
    return world.send("POST", VOID, body, basic(by, PASSWORD))


def is_active(world: KeyManagerWorld, token: str, by: str = "admin") -> bool:
    reply = world.send(
        "POST",
        "/oauth2/introspect",
        f"token={token}".encode(),
        {"content-type": "application/x-www-form-urlencoded", **basic(by, PASSWORD)},
    )
    return bool(reply.json["active"])


def issued(world: KeyManagerWorld, client: ClientCredentials, user: str) -> Any:
    return world.password(client, user).json


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        ({"kind": "user", "subject": "mary"}, {"mary"}),
        ({"kind": "user", "subject": "mary@carbon.super"}, {"mary"}),
        ({"kind": "client", "subject": "the client"}, {"mary", "paul", "foreign"}),
        ({"kind": "tenant"}, {"mary", "paul", "other"}),
        ({"kind": "everybody"}, {"mary", "paul", "other", "foreign"}),
    ],
)
def test_200_tokens_issued_so_far_are_void_and_those_of_others_are_not(
    world: KeyManagerWorld, console: ClientCredentials, body: dict[str, str], ended: set[str]
) -> None:
    other = world.client(name="other")
    tokens = {
        "mary": issued(world, console, "mary")["access_token"],
        "paul": issued(world, console, "paul")["access_token"],
        "other": issued(world, other, "paul")["access_token"],
        "foreign": issued(world, console, f"mary@{OTHER_TENANT}")["access_token"],
    }
    by = {name: f"admin@{OTHER_TENANT}" if name == "foreign" else "admin" for name in tokens}
    assert all(is_active(world, token, by[name]) for name, token in tokens.items())
    subject = body.get("subject", "")
    wanted = body | ({"subject": console.client_id} if subject == "the client" else {})
    reply = void(world, **wanted)
    assert (reply.status, reply.json["issuedBefore"]) == (200, int(world.clock.now()))
    assert reply.headers["Effective-Within"] == "5"
    assert {name for name, token in tokens.items() if not is_active(world, token, by[name])} == ended


def test_a_client_that_is_deleted_takes_its_tokens_along_in_every_tenant_that_it_serves(
    world: KeyManagerWorld, console: ClientCredentials
) -> None:
    other = world.client(name="other")
    tokens = [issued(world, client, "mary")["access_token"] for client in (console, other)]
    foreign = issued(world, console, f"mary@{OTHER_TENANT}")["access_token"]
    world.parts.resident.delete_client(tenant=SUPER_TENANT, client_id=console.client_id)
    world.parts.resident.delete_client(tenant=SUPER_TENANT, client_id=console.client_id)
    assert [is_active(world, token) for token in tokens] == [False, True]
    assert not is_active(world, foreign, f"admin@{OTHER_TENANT}")


def test_200_refresh_tokens_and_later_tokens_follow(world: KeyManagerWorld, console: ClientCredentials) -> None:
    before = issued(world, console, "mary")
    assert void(world, kind="tenant").status == 200
    refused = world.token(console, grant_type="refresh_token", refresh_token=before["refresh_token"])
    assert (refused.status, refused.json["error"]) == (400, "invalid_grant")
    world.clock.advance(1)
    assert is_active(world, issued(world, console, "mary")["access_token"])


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"kind": "client"}, 400, "400_subject"),
        ({"kind": "tenant", "subject": "x"}, 400, "400_subject"),
        ({"kind": "planet"}, 400, "400_kind"),
        ({"kind": "client", "subject": "unknown"}, 404, ""),
        ({"kind": "user", "subject": "unknown"}, 404, ""),
        ({"kind": "user", "subject": f"mary@{OTHER_TENANT}"}, 404, ""),
    ],
)
def test_bad_input_is_named(world: KeyManagerWorld, body: dict[str, str], status: int, path: str) -> None:
    reply = void(world, **body)
    assert reply.status == status
    assert not path or reply.json["error"][0]["code"] == path


def test_403_only_the_super_tenant_ends_everybodys_tokens_and_only_admins_any(world: KeyManagerWorld) -> None:
    assert void(world, by=f"admin@{OTHER_TENANT}", kind="everybody").status == 403
    assert void(world, by="mary", kind="tenant").status == 401


def test_clients_of_another_tenant_do_not_exist(world: KeyManagerWorld, console: ClientCredentials) -> None:
    assert void(world, by=f"admin@{OTHER_TENANT}", kind="client", subject=console.client_id).status == 404
    assert world.clients.get(SUPER_TENANT, console.client_id) is not None
