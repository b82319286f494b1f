"""API keys: the promises of `ports/applications/api_keys`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.applications import RevocableApiKeys
from gatehouse.adapters.dynamo.applications.api_key_revocation import RELEASE_ATTEMPTS
from gatehouse.domain.applications.api_key import ApiKey, api_key_grant, digest_of, new_secret
from gatehouse.domain.applications.application import Application, application_profile
from gatehouse.domain.applications.grant import ApiKeyGrant
from gatehouse.domain.errors import Changed
from tests.worlds.kept_api_keys import World, in_memory, on_dynamodb

if TYPE_CHECKING:
    from tests.conftest import DynamoDB

API, OTHER_API = "0a1b", "0a1b2"  # one begins like the other


class Promises:
    def test_a_key_comes_back_as_it_was_kept_and_the_gateway_knows_it(self, world: World) -> None:
        application, before = world.application(), world.epoch()
        made = world.key(application_id=application.id)
        kept = world.keys.add(made, application)
        assert kept == replace(made, version=1)
        assert world.keys.of_application(world.tenant, application.id) == [kept]
        assert ApiKeyGrant.from_body(world.grant(kept)) == api_key_grant(kept)
        assert world.epoch() > before
        assert world.keys.of_application("other.example", application.id) == []
        assert world.keys.of_owner(world.tenant, "mary") == []
        assert world.keys.associated(world.tenant, application.id) == []

    def test_keys_of_apis_are_found_by_their_owner(self, world: World) -> None:
        first, second = world.bound(created_at=1), world.bound(created_at=2)
        third = world.bound(OTHER_API, created_at=3)
        his = world.bound(owner="John")
        assert world.keys.of_owner(world.tenant, "mary", API) == [first, second]
        assert world.keys.of_owner(world.tenant, "MARY") == [first, second, third]
        assert world.keys.of_owner(world.tenant, "john") == [his]
        assert world.keys.of_owner("other.example", "mary") == []
        assert ApiKeyGrant.from_body(world.grant(first)) == api_key_grant(first)

    @pytest.mark.parametrize("impossible", ["x" * 2000, "ü" * 5000])
    def test_what_could_never_be_a_key_is_not_found(self, world: World, impossible: str) -> None:
        assert world.keys.of_application(world.tenant, impossible) == []
        assert world.keys.associated(world.tenant, impossible) == []
        assert world.keys.of_owner(world.tenant, impossible) == []
        assert world.keys.of_owner(world.tenant, "mary", impossible) == []

    def test_an_expired_key_is_not_found_by_the_gateway_and_listed_still(self, world: World) -> None:
        application, now = world.application(), int(time.time())
        expired = world.kept(application, created_at=now - 60, validity_seconds=30)
        good = world.kept(application, created_at=now, validity_seconds=30)
        assert world.grant(expired) is None
        assert world.grant(good)["expires_at"] == now + 30
        assert world.keys.of_application(world.tenant, application.id) == [expired, good]

    @pytest.mark.parametrize("bound", ["application", "api"])
    def test_another_key_in_place_of_one_ends_it(self, world: World, bound: str) -> None:
        application = world.application() if bound == "application" else None
        read = world.kept(application) if application else world.bound()
        before = world.epoch()
        wanted = replace(read, digest=digest_of(new_secret()), created_at=1_700_000_009)
        renewed = world.keys.renew(read, wanted, application and world.now(application))
        assert renewed == replace(wanted, version=2)
        assert world.grant(read) is None
        assert ApiKeyGrant.from_body(world.grant(renewed)) == api_key_grant(renewed)
        assert world.epoch() > before
        with pytest.raises(Changed):
            world.keys.renew(read, replace(read, digest=digest_of(new_secret())))
        with pytest.raises(Changed):
            world.keys.remove(read)
        assert world.grant(renewed) is not None

    @pytest.mark.parametrize("bound", ["application", "api"])
    def test_a_revoked_key_has_no_grant_left(self, world: World, bound: str) -> None:
        application = world.application()
        kept = world.kept(application) if bound == "application" else world.bound()
        before = world.epoch()
        world.keys.remove(kept)
        assert world.grant(kept) is None
        assert world.epoch() > before
        assert world.keys.of_application(world.tenant, application.id) == []
        assert world.keys.of_owner(world.tenant, "mary") == []
        with pytest.raises(Changed):
            world.keys.remove(kept)
        with pytest.raises(Changed):
            world.keys.renew(kept, replace(kept, digest=digest_of(new_secret())))
        assert world.grant(kept) is None

    def test_a_key_of_an_api_stands_for_an_application_as_long_as_it_is_let(self, world: World) -> None:
        application, other = world.application(), world.application("Other")
        free, before = world.bound(), world.epoch()
        given = world.keys.associate(free, application)
        assert given == replace(free, application_id=application.id, version=2)
        assert world.keys.associated(world.tenant, application.id) == [given]
        assert world.keys.of_owner(world.tenant, "mary", API) == [given]
        assert world.keys.of_application(world.tenant, application.id) == []
        assert world.grant(given)["application_id"] == application.id
        assert world.epoch() > before
        with pytest.raises(Changed):
            world.keys.associate(free, other)
        renewed = world.keys.renew(given, replace(given, digest=digest_of(new_secret())))
        assert world.keys.associated(world.tenant, application.id) == [renewed]
        freed = world.keys.dissociate(renewed)
        assert freed == replace(renewed, application_id="", version=4)
        assert world.keys.associated(world.tenant, application.id) == []
        assert world.grant(freed)["application_id"] == ""
        with pytest.raises(Changed):
            world.keys.dissociate(renewed)
        again = world.keys.associate(freed, other)
        assert world.keys.associated(world.tenant, other.id) == [again]
        world.keys.remove(again)
        assert world.keys.associated(world.tenant, other.id) == []
        assert world.grant(again) is None

    def test_of_a_key_that_says_everything_itself_the_gateway_is_told_its_end_alone(self, world: World) -> None:
        application = world.application()
        read = world.kept(application, token_id="t-1")
        assert world.grant(read) is None
        renewed = world.keys.renew(read, replace(read, token_id="t-2", digest=digest_of("b")), world.now(application))
        assert world.keys.of_application(world.tenant, application.id) == [renewed]
        assert (world.voids(read), world.voids(renewed)) == (True, False)
        world.keys.remove(renewed)
        assert world.voids(renewed)
        last = world.kept(application, token_id="t-3")
        world.applications.remove(world.applications.withdraw(world.now(application)))
        assert world.voids(last)

    def test_of_a_signed_key_of_an_api_the_gateway_knows_what_it_stands_for(self, world: World) -> None:
        given = world.keys.associate(world.bound(token_id="t-1"), world.application())
        assert world.grant(given)["application_id"] == given.application_id
        world.keys.remove(given)
        assert world.grant(given) is None

    def test_of_many_at_once_one_application_gets_the_key(self, world: World) -> None:
        free, applications = world.bound(), [world.application(f"app {n}") for n in range(6)]

        def won(application: Application) -> bool:
            try:
                world.keys.associate(free, application)
            except Changed:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(won, applications)) == 1
        (key,) = world.keys.of_owner(world.tenant, "mary")
        holders = [found.id for found in applications if world.keys.associated(world.tenant, found.id)]
        assert holders == [key.application_id]
        assert world.grant(key)["application_id"] == key.application_id

    def test_an_application_can_get_many_keys_at_once(self, world: World) -> None:
        application = world.application()
        with ThreadPoolExecutor(6) as pool:
            made = list(pool.map(lambda _: world.kept(application), range(6)))
        found = world.keys.of_application(world.tenant, application.id)
        assert {key.id for key in found} == {key.id for key in made}

    def test_the_gateway_knows_an_application_as_it_is(self, world: World) -> None:
        application, before = world.application(), world.epoch()
        assert world.profile(application) == application_profile(application).to_body()
        saved = world.applications.save(replace(application, name="Terminal", policy="50PerMin"))
        assert world.profile(application) == application_profile(saved).to_body()
        assert world.epoch() > before
        default = replace(application, id=str(uuid.uuid4()), name="DefaultApplication")
        assert world.applications.add_default(default)
        assert world.profile(default) == application_profile(default).to_body()

    def test_nothing_is_added_to_an_application_that_moved_on(self, world: World) -> None:
        application = world.application()
        key, free = world.kept(application), world.bound()
        read = world.now(application)
        world.applications.withdraw(read)
        refused = world.key(application_id=application.id)
        renewed = replace(key, digest=digest_of(new_secret()))
        with pytest.raises(Changed):
            world.keys.add(refused, read)
        with pytest.raises(Changed):
            world.keys.renew(key, renewed, read)
        with pytest.raises(Changed):
            world.keys.associate(free, read)
        assert world.grant(refused) is None
        assert world.grant(renewed) is None
        assert world.grant(free)["application_id"] == ""
        assert world.keys.associated(world.tenant, application.id) == []

    def test_with_an_application_go_its_keys_and_their_grants(self, world: World) -> None:
        application, other = world.application(), world.application("Other")
        own, kept = [world.kept(application) for _ in range(5)], world.kept(other)
        given = [world.keys.associate(world.bound(), world.now(application)) for _ in range(3)]
        before = world.epoch()
        withdrawn = world.applications.withdraw(world.now(application))
        assert world.profile(application) is None
        assert [world.grant(key) for key in own] == [None] * 5
        assert world.epoch() > before
        for _ in range(2):  # it may be repeated
            world.applications.remove(withdrawn)
            assert world.keys.of_application(world.tenant, application.id) == []
            assert world.keys.associated(world.tenant, application.id) == []
        freed = world.keys.of_owner(world.tenant, "mary")
        assert {key.id for key in freed} == {key.id for key in given}
        assert {key.application_id for key in freed} == {""}
        assert {world.grant(key)["application_id"] for key in freed} == {""}
        assert world.keys.of_application(world.tenant, other.id) == [kept]
        assert world.profile(other) is not None

    def test_no_key_is_bound_to_an_api_that_moved_on_or_is_going(self, world: World) -> None:
        read = world.api()
        world.apis.save(read, [])
        refused = world.key(api_id=read.id)
        with pytest.raises(Changed):
            world.keys.add(refused, read)
        going = world.apis.get(world.tenant, read.id)
        marked = world.apis.mark_for_removal(going)
        for api in (going, marked):
            with pytest.raises(Changed):
                world.keys.add(refused, api)
        assert world.grant(refused) is None
        assert world.keys.of_owner(world.tenant, "mary") == []

    def test_with_an_api_go_the_keys_that_are_bound_to_it_whoever_has_them(self, world: World) -> None:
        application = world.application()
        own, other, old = world.kept(application), world.bound(OTHER_API), world.bound()
        renewed = world.keys.renew(old, replace(old, digest=digest_of(new_secret())))
        gone = [
            world.keys.associate(renewed, world.now(application)),
            *(world.bound(owner=f"dev{n}") for n in range(5)),
        ]
        before = world.epoch()
        for _ in range(2):  # it may be repeated
            world.keys.remove_of_api(world.tenant, API)
            assert [world.grant(key) for key in gone] == [None] * len(gone)
            assert world.keys.associated(world.tenant, application.id) == []
            assert [world.keys.of_owner(world.tenant, key.owner, API) for key in gone] == [[]] * len(gone)
        assert world.epoch() > before
        assert world.keys.of_owner(world.tenant, "mary") == [other]
        assert world.keys.of_application(world.tenant, application.id) == [own]
        assert None not in (world.grant(own), world.grant(other))

    def test_a_key_that_was_revoked_is_no_concern_of_who_removes_its_api(self, world: World) -> None:
        world.keys.remove(world.bound())
        world.keys.remove_of_api(world.tenant, API)
        world.keys.remove_of_api("other.example", API)
        assert world.keys.of_owner(world.tenant, "mary") == []


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)

    def test_a_deleted_application_lets_go_of_a_key_that_changes_meanwhile(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        application, dissociate = world.application(), RevocableApiKeys.dissociate
        world.keys.associate(world.bound(), application)
        withdrawn = world.applications.withdraw(world.now(application))
        losses = iter([Changed] * RELEASE_ATTEMPTS + [Changed, None])

        def raced(table: RevocableApiKeys, key: ApiKey) -> ApiKey:
            if lost := next(losses):
                raise lost
            return dissociate(table, key)

        monkeypatch.setattr(RevocableApiKeys, "dissociate", raced)
        with pytest.raises(Changed):
            world.applications.remove(withdrawn)
        world.applications.remove(withdrawn)
        assert [key.application_id for key in world.keys.of_owner(world.tenant, "mary")] == [""]

    def test_a_removed_api_is_rid_of_a_key_that_changes_meanwhile(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key, remove = world.bound(), RevocableApiKeys.remove
        losses = iter([Changed] * RELEASE_ATTEMPTS + [Changed, None])

        def raced(table: RevocableApiKeys, key: ApiKey) -> None:
            if lost := next(losses):
                raise lost
            remove(table, key)

        monkeypatch.setattr(RevocableApiKeys, "remove", raced)
        with pytest.raises(Changed):
            world.keys.remove_of_api(world.tenant, API)
        world.keys.remove_of_api(world.tenant, API)
        assert (world.grant(key), world.keys.of_owner(world.tenant, "mary")) == (None, [])
