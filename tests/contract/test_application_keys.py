"""Keys of applications: the promises of `ports/applications/applications`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.applications.application import (
    KeyExists,
    application_grant,
)
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.errors import Changed
from tests.worlds.kept_applications import World, in_memory, on_dynamodb, wins

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import DynamoDB


class Promises:
    def test_a_key_comes_back_as_it_was_kept_and_the_gateway_knows_it(self, world: World) -> None:
        application = world.applications.add(world.application())
        before = world.epoch()
        made = [world.key(application, kind) for kind in KeyType]
        kept = [world.keys.add(key, application) for key in made]
        assert kept == [replace(key, version=1) for key in made]
        assert world.keys.of_application(world.tenant, application.id) == kept
        assert world.grant(kept[0]) == {
            "application_id": application.id,
            "name": "Kiosk",
            "owner": f"Mary@{world.tenant}",
            "policy": "10PerMin",
            "key_type": "PRODUCTION",
        }
        assert world.grant(kept[1])["key_type"] == "SANDBOX"
        assert world.epoch() > before
        assert world.keys.of_application("other.example", application.id) == []

    def test_an_application_has_one_key_of_a_type(self, world: World) -> None:
        application = world.applications.add(world.application())
        kept, refused = world.keys.add(world.key(application), application), world.key(application)
        with pytest.raises(KeyExists):
            world.keys.add(refused, application)
        assert world.grant(refused) is None
        assert world.keys.of_application(world.tenant, application.id) == [kept]

    def test_of_many_at_once_one_key_is_kept(self, world: World) -> None:
        application = world.applications.add(world.application())
        assert wins(lambda: world.keys.add(world.key(application), application), KeyExists) == 1

    def test_keys_of_both_types_at_once_are_both_kept(self, world: World) -> None:
        application = world.applications.add(world.application())
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda kind: world.keys.add(world.key(application, kind), application), KeyType))
        assert len(world.keys.of_application(world.tenant, application.id)) == 2

    def test_a_saved_key_has_moved_on(self, world: World) -> None:
        application = world.applications.add(world.application())
        read = world.keys.add(world.key(application), application)
        grant = world.grant(read)
        changed = replace(read, grant_types=("password",), callback_url="", properties={})
        saved = world.keys.save(changed)
        assert saved == replace(changed, version=2)
        assert world.keys.of_application(world.tenant, application.id) == [saved]
        assert world.grant(read) == grant
        with pytest.raises(Changed):
            world.keys.save(read)
        with pytest.raises(Changed):
            world.keys.remove(read)

    def test_a_removed_key_has_no_grant_left(self, world: World) -> None:
        application = world.applications.add(world.application())
        kept = world.keys.add(world.key(application), application)
        before = world.epoch()
        world.keys.remove(kept)
        assert world.keys.of_application(world.tenant, application.id) == []
        assert world.grant(kept) is None
        assert world.epoch() > before
        with pytest.raises(Changed):
            world.keys.remove(kept)
        with pytest.raises(Changed):
            world.keys.save(kept)

    def test_however_keys_and_changes_of_their_application_interleave_every_grant_is_up_to_date(
        self, world: World
    ) -> None:
        for _ in range(5):
            read = world.applications.add(world.application(uuid.uuid4().hex))
            first = world.keys.add(world.key(read), read)
            second = world.key(read, KeyType.SANDBOX)
            steps: list[Callable[[], object]] = [
                lambda read=read: world.applications.save(replace(read, policy="50PerMin")),
                lambda first=first: world.keys.remove(first),
                lambda second=second, read=read: world.keys.add(second, read),
            ]
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(_tried, steps))
            now = world.applications.get(world.tenant, read.id)
            assert now is not None
            keys = {key.client_id: key for key in world.keys.of_application(world.tenant, read.id)}
            for key in (first, second):
                expected = application_grant(now, key).to_body() if key.client_id in keys else None
                assert world.grant(key) == expected


def _tried(step: Callable[[], object]) -> None:
    try:
        step()
    except Changed:
        return


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
