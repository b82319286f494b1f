"""Identity providers: the promises of `ports/people/identity_providers`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.identity_providers import IdentityProviderTable
from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.people.identity_provider import IdentityProvider, IdentityProviderExists, Protocol, provider_id
from tests.fakes.identity_providers import InMemoryIdentityProviders

if TYPE_CHECKING:
    from gatehouse.ports.people.identity_providers import IdentityProviders
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    providers: IdentityProviders
    tenant: str

    def provider(self, name: str = "Corp", tenant: str = "") -> IdentityProvider:
        where = tenant or self.tenant
        return IdentityProvider(
            tenant=where,
            id=provider_id(where, name),
            name=name,
            protocol=Protocol.OIDC,
            issuer="https://id.corp.example",
            settings={"ClientId": "gatehouse ü"},
            document={"isEnabled": True, "roles": {"mappings": [{"idpRole": "a", "localRole": "b"}]}},
            sealed_secret="c2VhbGVk",
        )


class Promises:
    def test_a_provider_comes_back_as_it_was_kept(self, world: World) -> None:
        kept = world.providers.add(world.provider())
        assert kept == replace(world.provider(), version=1)
        assert world.providers.get(world.tenant, kept.id) == kept

    @pytest.mark.parametrize("name", ["", "x" * 5000, "no-such-id"])
    def test_what_is_not_there_is_not_found(self, world: World, name: str) -> None:
        assert world.providers.get(world.tenant, name) is None
        assert world.providers.all(world.tenant) == []

    def test_providers_are_listed_by_name_and_tenant(self, world: World) -> None:
        for name in ("zoo", "Corp", "lab"):
            world.providers.add(world.provider(name))
        world.providers.add(world.provider("Corp", f"other.{world.tenant}"))
        assert [provider.name for provider in world.providers.all(world.tenant)] == ["Corp", "lab", "zoo"]

    @pytest.mark.parametrize("name", ["Corp", "CORP"])
    def test_a_name_is_taken_once_in_any_case(self, world: World, name: str) -> None:
        kept = world.providers.add(world.provider())
        with pytest.raises(IdentityProviderExists):
            world.providers.add(world.provider(name))
        assert world.providers.all(world.tenant) == [kept]

    def test_a_saved_provider_has_moved_on(self, world: World) -> None:
        kept = world.providers.add(world.provider())
        saved = world.providers.save(replace(kept, issuer="https://new.example"))
        assert saved == replace(kept, issuer="https://new.example", version=2)
        assert world.providers.get(world.tenant, kept.id) == saved
        for change in (world.providers.save, world.providers.remove):
            with pytest.raises(Changed):
                change(kept)
        assert world.providers.get(world.tenant, kept.id) == saved

    def test_who_is_gone_cannot_be_saved_and_leaves_the_name_free(self, world: World) -> None:
        kept = world.providers.add(world.provider())
        world.providers.remove(kept)
        assert world.providers.get(world.tenant, kept.id) is None
        with pytest.raises(Changed):
            world.providers.save(kept)
        assert world.providers.add(world.provider()).version == 1


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return World(providers=InMemoryIdentityProviders(), tenant="a.example")


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        table = IdentityProviderTable(dynamodb.client, dynamodb.table("identity"))
        return World(providers=table, tenant=f"{uuid.uuid4().hex}.example")

    def test_a_table_that_does_not_answer_is_said_to(self, dynamodb: DynamoDB, world: World) -> None:
        nowhere = IdentityProviderTable(dynamodb.client, "no-such-table")
        with pytest.raises(Unavailable):
            nowhere.get(world.tenant, "x")
        with pytest.raises(Unavailable):
            nowhere.add(world.provider())
