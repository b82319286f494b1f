"""Applications: the promises of `ports/applications/applications`, kept by the fake and by DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.applications.application import (
    ApplicationExists,
    ApplicationStatus,
    application_grant,
)
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.errors import Changed
from gatehouse.domain.throttling.policy import PolicyKind
from tests.worlds.kept_applications import World, in_memory, on_dynamodb, wins

if TYPE_CHECKING:
    from tests.conftest import DynamoDB


class Promises:
    def test_an_application_comes_back_as_it_was_kept(self, world: World) -> None:
        made = world.application()
        kept = world.applications.add(made)
        assert kept == replace(made, version=1)
        assert world.applications.get(world.tenant, made.id) == kept
        assert world.applications.owned(world.tenant, "mary") == [kept]
        assert world.applications.some(world.tenant, [made.id, "unheard"]) == {made.id: kept}

    def test_what_is_not_there_is_not_found(self, world: World) -> None:
        kept = world.applications.add(world.application())
        assert world.applications.get(world.tenant, "unheard") is None
        assert world.applications.get("other.example", kept.id) is None
        assert world.applications.owned("other.example", "mary") == []
        assert world.applications.owned(world.tenant, "mar") == []
        assert world.applications.some(world.tenant, []) == {}

    @pytest.mark.parametrize("impossible", ["", "x" * 2000, "ü" * 5000])
    def test_what_could_never_be_a_key_is_not_found(self, world: World, impossible: str) -> None:
        application = world.applications.add(world.application())
        assert world.applications.get(world.tenant, impossible) is None
        assert world.applications.owned(world.tenant, impossible or "x") == []
        assert world.applications.some(world.tenant, [impossible]) == {}
        assert world.keys.of_application(world.tenant, impossible) == []
        assert world.subscriptions.get(world.tenant, impossible) is None
        assert world.subscriptions.of_api(world.tenant, impossible) == []
        assert world.subscriptions.between(world.tenant, [application.id], impossible) == []
        assert not world.subscriptions.subscribed(world.tenant, impossible)

    @pytest.mark.parametrize("owners", [("a", "a#b"), ("ü@x", "ü"), ("a%23", "a#")])
    def test_owners_do_not_get_mixed_up(self, world: World, owners: tuple[str, str]) -> None:
        for owner in owners:
            world.applications.add(world.application(f"of {owner}", owner=owner))
        for owner in owners:
            assert [found.owner for found in world.applications.owned(world.tenant, owner)] == [owner]

    def test_applications_are_listed_by_name(self, world: World) -> None:
        for name in ("beta", "Alpha", "gamma"):
            world.applications.add(world.application(name))
        assert [found.name for found in world.applications.owned(world.tenant, "Mary")] == ["Alpha", "beta", "gamma"]

    def test_a_name_is_unique_among_its_owners_applications(self, world: World) -> None:
        kept = world.applications.add(world.application())
        refused = world.application("KIOSK", owner="mary")
        with pytest.raises(ApplicationExists):
            world.applications.add(refused)
        assert world.applications.get(world.tenant, refused.id) is None
        world.applications.add(world.application(owner="John"))
        assert world.applications.owned(world.tenant, "Mary") == [kept]

    def test_of_many_at_once_one_gets_the_name(self, world: World) -> None:
        assert wins(lambda: world.applications.add(world.application()), ApplicationExists) == 1
        assert len(world.applications.owned(world.tenant, "mary")) == 1

    def test_a_user_gets_a_default_application_once_in_their_life(self, world: World) -> None:
        first = world.application("DefaultApplication")
        assert world.applications.add_default(first) is True
        assert world.applications.add_default(world.application("DefaultApplication", owner="MARY")) is False
        (kept,) = world.applications.owned(world.tenant, "mary")
        assert kept == replace(first, version=1)
        world.applications.remove(world.applications.withdraw(kept))
        assert world.applications.add_default(world.application("DefaultApplication")) is False
        assert world.applications.owned(world.tenant, "mary") == []

    def test_a_default_application_made_many_times_at_once_is_there_once(self, world: World) -> None:
        with ThreadPoolExecutor(8) as pool:
            made = pool.map(lambda _: world.applications.add_default(world.application("Default")), range(8))
        assert sum(made) == 1
        assert len(world.applications.owned(world.tenant, "mary")) == 1

    def test_a_default_application_does_not_replace_one_of_that_name(self, world: World) -> None:
        kept = world.applications.add(world.application("DefaultApplication"))
        assert world.applications.add_default(world.application("DefaultApplication")) is False
        assert world.applications.owned(world.tenant, "mary") == [kept]

    def test_a_changed_application_changes_the_grants_of_its_keys(self, world: World) -> None:
        read = world.applications.add(world.application())
        keys = [world.keys.add(world.key(read, kind), read) for kind in KeyType]
        before = world.epoch()
        saved = world.applications.save(replace(read, name="Terminal", policy="50PerMin", description="new"))
        assert saved == replace(read, name="Terminal", policy="50PerMin", description="new", version=2)
        assert world.applications.get(world.tenant, read.id) == saved
        for key in keys:
            assert world.grant(key) == application_grant(saved, key).to_body()
        assert world.epoch() > before

    def test_a_new_name_frees_the_old_one_and_must_be_free(self, world: World) -> None:
        read = world.applications.add(world.application("Old"))
        world.applications.add(world.application("Taken"))
        with pytest.raises(ApplicationExists):
            world.applications.save(replace(read, name="TAKEN"))
        renamed = world.applications.save(replace(read, name="New"))
        world.applications.save(replace(renamed, name="NEW"))
        world.applications.add(world.application("Old"))
        assert [found.name for found in world.applications.owned(world.tenant, "mary")] == ["NEW", "Old", "Taken"]

    def test_an_application_read_before_it_changed_cannot_be_saved_or_withdrawn(self, world: World) -> None:
        read = world.applications.add(world.application())
        moved = world.applications.save(replace(read, description="first"))
        with pytest.raises(Changed):
            world.applications.save(replace(read, description="second"))
        with pytest.raises(Changed):
            world.applications.withdraw(read)
        assert world.applications.get(world.tenant, read.id) == moved

    def test_a_withdrawn_application_has_no_grant_left(self, world: World) -> None:
        read = world.applications.add(world.application())
        key, apis = world.keys.add(world.key(read), read), [world.api() for _ in range(3)]
        for api in apis:
            world.subscribed(read, api)
        before = world.epoch()
        withdrawn = world.applications.withdraw(read)
        assert withdrawn.status is ApplicationStatus.DELETE_PENDING
        found = world.applications.get(world.tenant, read.id)
        assert found == replace(withdrawn, subscriptions=3)
        assert world.grant(key) is None
        assert [world.plan(read, api) for api in apis] == [None] * 3
        assert world.epoch() > before
        again = world.applications.withdraw(found)
        assert again.version == found.version + 1

    def test_nothing_is_added_to_an_application_that_moved_on(self, world: World) -> None:
        read, api = world.applications.add(world.application()), world.api()
        world.applications.withdraw(read)
        key = world.key(read)
        with pytest.raises(Changed):
            world.keys.add(key, read)
        with pytest.raises(Changed):
            world.subscribed(read, api)
        assert world.grant(key) is None
        assert world.plan(read, api) is None
        assert world.keys.of_application(world.tenant, read.id) == []
        assert world.subscriptions.of_application(world.tenant, read.id) == []

    def test_a_removed_application_is_gone_with_all_it_had(self, world: World) -> None:
        read = world.applications.add(world.application())
        other = world.applications.add(world.application("Other"))
        world.keys.add(world.key(read), read)
        apis = [world.api() for _ in range(40)]
        subscriptions = [world.subscribed(read, api) for api in apis]
        kept = world.subscribed(other, apis[0])
        withdrawn = world.applications.withdraw(read)
        world.applications.remove(withdrawn)
        world.applications.remove(withdrawn)
        assert world.applications.get(world.tenant, read.id) is None
        assert world.keys.of_application(world.tenant, read.id) == []
        assert world.subscriptions.of_application(world.tenant, read.id) == []
        assert [world.subscriptions.get(world.tenant, gone.id) for gone in subscriptions] == [None] * 40
        assert world.subscriptions.of_api(world.tenant, apis[0].id) == [kept]
        assert not world.subscriptions.subscribed(world.tenant, apis[1].id)
        world.applications.add(world.application())

    def test_a_circle_finds_what_is_shared_with_it_until_it_is_not(self, world: World) -> None:
        made = world.application("Kiosk", groups=("Cooks", "a#b%"), organization="org-1")
        kept, own = world.applications.add(made), world.applications.add(world.application("Own"))
        for circle in ("group:cooks", "group:a#b%", "organization:org-1"):
            assert world.applications.shared(world.tenant, [circle, "group:unheard"]) == [kept]
        assert world.applications.shared(world.tenant, ["group:a", "group:cook", "organization:org"]) == []
        assert world.applications.shared("b.example", ["group:cooks"]) == []
        moved = world.applications.save(replace(kept, groups=("cooks",), organization=""))
        assert world.applications.shared(world.tenant, ["group:a#b%", "organization:org-1"]) == []
        both = world.applications.save(replace(own, groups=("Cooks",)))
        assert world.applications.shared(world.tenant, ["group:cooks"]) == [moved, both]
        world.applications.remove(world.applications.withdraw(moved))
        assert world.applications.shared(world.tenant, ["group:cooks"]) == [both]

    def test_policies_know_whether_an_application_or_a_subscription_refers_to_them(self, world: World) -> None:
        application = world.applications.add(world.application(policy="10PerMin"))
        refers_to = world.attachments.refers_to
        assert refers_to(world.tenant, PolicyKind.APPLICATION, "10PerMin")
        assert not refers_to(world.tenant, PolicyKind.APPLICATION, "50PerMin")
        assert not refers_to("other.example", PolicyKind.APPLICATION, "10PerMin")
        assert not refers_to(world.tenant, PolicyKind.SUBSCRIPTION, "Gold")
        subscription = world.subscribed(application, world.api())
        assert refers_to(world.tenant, PolicyKind.SUBSCRIPTION, "Gold")
        assert not refers_to(world.tenant, PolicyKind.ADVANCED, "Gold")
        world.subscriptions.save(replace(subscription, policy="Silver"))
        world.applications.save(replace(application, policy="50PerMin"))
        assert not refers_to(world.tenant, PolicyKind.SUBSCRIPTION, "Gold")
        assert refers_to(world.tenant, PolicyKind.SUBSCRIPTION, "Silver")
        assert not refers_to(world.tenant, PolicyKind.APPLICATION, "10PerMin")


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
