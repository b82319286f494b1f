"""API products beside their members: the promises of `ports/apis/apis` about both, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.domain.apis.api import Api, ApiNameTaken, ContextTaken
from gatehouse.domain.apis.product import MEMBERS_MAX, ProductContextTaken, ProductUse, ProductVersionTaken
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.publishing.revision import Deployment, Revision
from tests.fakes.apis import InMemoryApis
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock

if TYPE_CHECKING:
    from gatehouse.ports.apis.apis import Apis
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    apis: Apis
    tenant: str

    def api(self, name: str = "Menu", **changes: Any) -> Api:
        values: dict[str, Any] = {
            "tenant": self.tenant,
            "id": str(uuid.uuid4()),
            "name": name,
            "version": "1.0.0",
            "context": f"/{name.lower()}",
            "provider": "admin",
            "state": LifecycleState.CREATED,
            "document": {"name": name, "operations": [{"verb": "GET", "target": f"/{name.lower()}"}]},
            "definition": "blob-1",
            "created_at": 1_700_000_000_000,
            "updated_at": 1_700_000_000_000,
            "updated_by": "admin",
        }
        return Api(**{**values, **changes})

    def product(self, *members: Api, name: str = "Feast", **changes: Any) -> Api:
        return self.api(name, document=composed(*members), **changes)


def composed(*members: Api) -> dict[str, Any]:
    """The document of a product that takes everything."""
    return {
        "type": "APIProduct",
        "apis": [{"apiId": one.id, "name": one.name, "version": one.version} for one in members],
        "operations": [{**operation, "apiId": one.id} for one in members for operation in one.document["operations"]],
        "scopes": [{"scope": {"name": "cook"}, "shared": False}],
    }


class Promises:
    def test_members_know_which_products_use_what_of_them(self, world: World) -> None:
        menu, drinks = world.apis.add(world.api(), []), world.apis.add(world.api("Drinks"), [])
        feast = world.apis.add(world.product(menu, drinks), [], [menu, drinks])
        use = ProductUse(product_id=feast.id, name="Feast", version="1.0.0", operations=("GET /menu",))
        assert world.apis.uses(world.tenant, menu.id) == [use]
        assert world.apis.uses(world.tenant, feast.id) == []
        assert world.apis.get(world.tenant, feast.id) == feast
        drinks = world.apis.get(world.tenant, drinks.id)
        feast = world.apis.save(replace(feast, document=composed(drinks)), [], members=[drinks])
        assert world.apis.uses(world.tenant, menu.id) == []
        assert [one.product_id for one in world.apis.uses(world.tenant, drinks.id)] == [feast.id]

    def test_what_is_not_composed_anew_goes_on_using_its_members(self, world: World) -> None:
        menu = world.apis.add(world.api(), [])
        feast = world.apis.add(world.product(menu), [], [menu])
        world.apis.save(replace(feast, state=LifecycleState.PUBLISHED), [])
        assert len(world.apis.uses(world.tenant, menu.id)) == 1

    def test_a_product_gone_uses_nothing(self, world: World) -> None:
        menu = world.apis.add(world.api(), [])
        feast = world.apis.add(world.product(menu), [], [menu])
        world.apis.remove(world.apis.mark_for_removal(feast), [])
        assert world.apis.uses(world.tenant, menu.id) == []

    @pytest.mark.parametrize("how", ["changed", "marked", "removed"])
    def test_a_member_that_is_not_what_was_read_joins_no_product(self, world: World, how: str) -> None:
        menu = world.apis.add(world.api(), [])
        if how == "changed":
            world.apis.save(menu, [])
        else:
            marked = world.apis.mark_for_removal(menu)
            if how == "removed":
                world.apis.remove(marked, [])
        with pytest.raises(Changed):
            world.apis.add(world.product(menu), [], [menu])
        feast = world.apis.add(world.product(), [])
        with pytest.raises(Changed):
            world.apis.save(replace(feast, document=composed(menu)), [], members=[menu])
        assert world.apis.uses(world.tenant, menu.id) == []

    def test_whoever_read_an_api_before_it_joined_cannot_change_it_unawares(self, world: World) -> None:
        menu = world.apis.add(world.api(), [])
        world.apis.add(world.product(menu), [], [menu])
        with pytest.raises(Changed):
            world.apis.save(menu, [])

    def test_a_member_shared_by_two_products_is_used_by_both(self, world: World) -> None:
        menu = world.apis.add(world.api(), [])
        world.apis.add(world.product(menu), [], [menu])
        menu = world.apis.get(world.tenant, menu.id)
        brunch = world.apis.add(world.product(menu, name="Brunch"), [], [menu])
        assert {use.name for use in world.apis.uses(world.tenant, menu.id)} == {"Feast", "Brunch"}
        world.apis.remove(world.apis.mark_for_removal(brunch), [])
        assert {use.name for use in world.apis.uses(world.tenant, menu.id)} == {"Feast"}

    def test_scopes_of_a_product_stay_its_members_own(self, world: World) -> None:
        cook = [{"scope": {"name": "cook"}, "shared": False}]
        menu = world.apis.add(world.api(document={"operations": [], "scopes": cook}), [])
        feast = world.apis.add(world.product(menu), [], [menu])
        assert feast.scopes == {}
        world.apis.remove(world.apis.mark_for_removal(feast), [])
        assert world.apis.get(world.tenant, menu.id).scopes == {"cook": ()}

    def test_names_and_addresses_are_shared_with_apis(self, world: World) -> None:
        world.apis.add(world.api(), [])
        world.apis.add(world.product(), [])
        for product, taken in (
            (world.product(version="1.0.0"), ProductVersionTaken),
            (world.product(name="Menu", version="2.0.0"), ApiNameTaken),
            (world.product(name="Other", context="/menu"), ProductContextTaken),
        ):
            with pytest.raises(taken):
                world.apis.add(product, [])
        with pytest.raises(ApiNameTaken):
            world.apis.add(world.api("Feast", version="2.0.0"), [])
        with pytest.raises(ContextTaken) as refused:
            world.apis.add(world.api("Another", context="/feast"), [])
        assert refused.type is ContextTaken
        world.apis.add(world.product(version="2.0.0"), [])

    def test_as_many_members_as_are_allowed_are_exchanged_for_as_many_others(self, world: World) -> None:
        first, second = (
            [world.apis.add(world.api(f"{side}{index}"), []) for index in range(MEMBERS_MAX)] for side in "AB"
        )
        feast = world.apis.add(world.product(*first), [], first)
        feast = world.apis.save(replace(feast, document=composed(*second)), [], members=second)
        assert world.apis.uses(world.tenant, first[0].id) == []
        assert len(world.apis.uses(world.tenant, second[-1].id)) == 1
        world.apis.remove(world.apis.mark_for_removal(feast), [])
        assert world.apis.uses(world.tenant, second[-1].id) == []

    def test_a_deployment_is_replaced_only_by_who_has_read_it(self, world: World) -> None:
        menu = world.apis.add(world.api(), [])
        first, second = (
            Deployment(
                tenant=world.tenant,
                api_id=menu.id,
                environment="Default",
                vhost="localhost",
                revision_id=f"revision-{number}",
                revision_number=number,
                displayed=True,
                deployed_at=1,
            )
            for number in (1, 2)
        )
        with pytest.raises(Changed):
            world.apis.save_deployment(first)
        for deployment in (first, second):
            world.apis.add_revision(
                Revision(
                    tenant=world.tenant,
                    api_id=menu.id,
                    id=deployment.revision_id,
                    number=deployment.revision_number,
                    description="",
                    created_at=1,
                    document={},
                    definition="blob-1",
                )
            )
            world.apis.deploy(menu, [deployment], [])
        with pytest.raises(Changed):
            world.apis.save_deployment(replace(first, displayed=False))
        hidden = replace(second, displayed=False)
        world.apis.save_deployment(hidden)
        assert world.apis.deployments(world.tenant, menu.id) == [hidden]


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return World(apis=InMemoryApis(InMemoryArtifacts(StoppedClock())), tenant="a.example")


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        artifacts = ArtifactTable(dynamodb.table("artifacts"))
        return World(apis=ApiTable(dynamodb.table("apis"), artifacts), tenant="a.example")
