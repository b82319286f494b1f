"""Several secrets of one client, at the token endpoint."""

from __future__ import annotations

import pytest

from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import FIRST_SECRET, SECRETS_MAX, ClientCredentials
from tests.worlds.key_manager import KeyManagerWorld, refused


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


@pytest.fixture
def client(world: KeyManagerWorld) -> ClientCredentials:
    return world.client()


def status(world: KeyManagerWorld, client: ClientCredentials, secret: str) -> int:
    proved = ClientCredentials(client_id=client.client_id, client_secret=secret)
    return world.token(proved, grant_type="client_credentials").status


def test_each_is_good_until_it_expires(world: KeyManagerWorld, client: ClientCredentials) -> None:
    soon = world.parts.resident.add_secret(tenant=SUPER_TENANT, client_id=client.client_id, expires_in=60)
    late = world.parts.resident.add_secret(tenant=SUPER_TENANT, client_id=client.client_id, expires_in=600)
    assert [status(world, client, one) for one in (client.client_secret, soon.value, late.value)] == [200, 200, 200]
    world.clock.advance(60)
    assert [status(world, client, one) for one in (client.client_secret, soon.value, late.value)] == [200, 401, 200]


def test_they_are_kept_as_hashes(world: KeyManagerWorld, client: ClientCredentials) -> None:
    made = world.parts.resident.add_secret(tenant=SUPER_TENANT, client_id=client.client_id)
    kept = world.clients.find(client.client_id)
    assert kept is not None
    assert made.value not in repr(kept.secrets)
    assert made.value not in {one.hash for one in kept.secrets}
    assert made.value not in repr(made)


def test_an_expired_one_makes_room_and_does_not_count_as_left(
    world: KeyManagerWorld, client: ClientCredentials
) -> None:
    where = {"tenant": SUPER_TENANT, "client_id": client.client_id}
    for _ in range(SECRETS_MAX):
        world.parts.registration.add_secret(*where.values(), "", 60)
    with pytest.raises(Invalid):
        world.parts.registration.add_secret(*where.values(), "", 0)
    world.clock.advance(60)
    world.parts.registration.add_secret(*where.values(), "x" * 255, 0)
    with pytest.raises(Invalid):
        world.parts.registration.add_secret(*where.values(), "x" * 256, 0)


def test_the_first_one_given_up_comes_back_by_regenerating(world: KeyManagerWorld, client: ClientCredentials) -> None:
    made = world.parts.resident.add_secret(tenant=SUPER_TENANT, client_id=client.client_id)
    world.parts.resident.remove_secret(tenant=SUPER_TENANT, client_id=client.client_id, secret_id=FIRST_SECRET)
    assert (status(world, client, client.client_secret), status(world, client, made.value)) == (401, 200)
    again = world.parts.resident.regenerate_secret(tenant=SUPER_TENANT, client_id=client.client_id)
    assert status(world, client, again.client_secret) == 200
    nobody = ClientCredentials(client_id=client.client_id, client_secret="")
    refused(world.token(nobody, grant_type="client_credentials"), 401, "invalid_client")
