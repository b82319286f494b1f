"""Tokens, codes, sessions and devices: the promises of `ports/tokens/oauth`, kept by the fakes and by DynamoDB."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.artifact import Artifact
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.tokens.authorization import (
    Decision,
    Login,
    TokenFamily,
)
from gatehouse.domain.tokens.refusals import CodeUsed, SessionOver
from tests.worlds.kept_oauth import LOGIN, World, code, device, family, in_memory, on_dynamodb, session, token_key

if TYPE_CHECKING:
    from tests.conftest import DynamoDB


class Promises:
    def test_a_family_comes_back_as_it_was_kept(self, world: World) -> None:
        kept = family()
        world.families.add(world.tenant, kept)
        assert world.families.get(world.tenant, kept.id) == replace(kept, version=1)
        assert world.families.get("other.example", kept.id) is None

    def test_what_has_expired_is_not_found(self, world: World) -> None:
        past = int(time.time()) - 1
        old_family, old_code, old_session = (
            family(expires_at=past),
            code(expires_at=past),
            session(world, expires_at=past),
        )
        world.families.add(world.tenant, old_family)
        world.codes.add(world.tenant, old_code)
        world.sessions.add(old_session)
        assert world.families.get(world.tenant, old_family.id) is None
        assert world.codes.get(world.tenant, old_code.digest) is None
        assert world.sessions.get(world.tenant, old_session.digest) is None

    def test_a_renewed_family_is_another_version(self, world: World) -> None:
        world.families.add(world.tenant, kept := family())
        read = world.families.get(world.tenant, kept.id)
        assert read is not None
        world.families.renew(world.tenant, replace(read, digest="next"), [Artifact(token_key(world), {"before": 7})])
        assert world.families.get(world.tenant, kept.id) == replace(read, digest="next", version=2)
        assert world.artifacts.get([token_key(world)]) == [{"before": 7}]
        with pytest.raises(Changed):
            world.families.renew(world.tenant, replace(read, digest="lost"))
        assert world.families.get(world.tenant, kept.id) == replace(read, digest="next", version=2)

    def test_a_family_is_renewed_once_by_however_many(self, world: World) -> None:
        world.families.add(world.tenant, kept := family())
        read = world.families.get(world.tenant, kept.id)
        assert read is not None

        def renew(digest: str) -> bool:
            try:
                world.families.renew(world.tenant, replace(read, digest=digest))
            except Changed:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(renew, "abcdefgh")) == 1

    def test_a_family_that_has_ended_is_gone_and_its_tokens_are_void(self, world: World) -> None:
        world.families.add(world.tenant, kept := family())
        read = world.families.get(world.tenant, kept.id)
        assert read is not None
        world.families.end(world.tenant, kept.id, [Artifact(token_key(world), {"before": 7})])
        world.families.end(world.tenant, kept.id, [])
        assert world.families.get(world.tenant, kept.id) is None
        assert world.artifacts.get([token_key(world)]) == [{"before": 7}]
        assert world.artifacts.epoch(world.tenant)["revocations"] == 1
        with pytest.raises(Changed):
            world.families.renew(world.tenant, read)

    def test_a_code_is_redeemed_once_by_however_many(self, world: World) -> None:
        world.codes.add(world.tenant, kept := code())
        families = [family() for _ in range(8)]

        def redeem(new: TokenFamily) -> bool:
            try:
                world.codes.redeem(world.tenant, kept, new)
            except CodeUsed:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(redeem, families)) == 1
        (winner,) = [new for new in families if world.families.get(world.tenant, new.id)]
        assert world.codes.get(world.tenant, kept.digest) == replace(kept, family=winner.id)

    def test_what_ends_with_a_session_is_found_by_it_and_nothing_begins_afterwards(self, world: World) -> None:
        sid, names = uuid.uuid4().hex, [uuid.uuid4().hex for _ in range(4)]
        login = Login(at=1, session=sid)
        first, second, away, elsewhere = (family(id=name, login=login) for name in names)
        away = replace(away, scopes=("openid", "offline_access"))
        elsewhere = replace(elsewhere, login=Login(at=1, session=f"{sid}2"))
        for one in (first, away, elsewhere):
            world.families.add(world.tenant, one)
        world.families.renew(world.tenant, replace(first, version=1, digest="renewed"))
        redeemed = code(digest=uuid.uuid4().hex, login=login)
        world.codes.add(world.tenant, redeemed)
        world.codes.redeem(world.tenant, redeemed, second)
        closed = world.families.close_session(first.tenant, sid)
        assert sorted((tenant, one.id, one.digest) for tenant, one in closed) == sorted(
            [(world.tenant, first.id, "renewed"), (world.tenant, second.id, second.digest)]
        )
        assert world.families.close_session(f"other.{first.tenant}", sid) == []
        late = code(digest=uuid.uuid4().hex, login=login)
        world.codes.add(world.tenant, late)
        begun = family(id=uuid.uuid4().hex, login=login)
        with pytest.raises(SessionOver):
            world.families.add(world.tenant, begun)
        with pytest.raises(SessionOver):
            world.codes.redeem(world.tenant, late, begun)
        assert world.families.get(world.tenant, begun.id) is None
        assert world.families.get(world.tenant, away.id) is not None
        world.families.add(world.tenant, replace(begun, scopes=("offline_access",)))

    def test_a_session_is_kept_until_it_is_removed(self, world: World) -> None:
        kept = session(world)
        world.sessions.add(kept)
        assert world.sessions.get(world.tenant, kept.digest) == kept
        assert world.sessions.get("other.example", kept.digest) is None
        world.sessions.remove(world.tenant, kept.digest)
        world.sessions.remove(world.tenant, kept.digest)
        assert world.sessions.get(world.tenant, kept.digest) is None

    def test_consents_add_up(self, world: World) -> None:
        assert world.consents.given(world.tenant, "mary", "client") == frozenset()
        world.consents.give(world.tenant, "Mary", "client", ["openid", "email"])
        world.consents.give(world.tenant, "mary", "client", ["pizza:read"])
        world.consents.give(world.tenant, "mary", "client", ["email", "openid"])
        assert world.consents.given(world.tenant, "MARY", "client") == {"openid", "email", "pizza:read"}
        assert world.consents.given(world.tenant, "mary", "clien") == frozenset()
        assert world.consents.given(world.tenant, "john", "client") == frozenset()
        assert world.consents.given("other.example", "mary", "client") == frozenset()

    def test_a_device_code_is_found_by_either_code(self, world: World) -> None:
        kept = device()
        world.devices.add(world.tenant, kept)
        read = world.devices.get(world.tenant, kept.digest)
        assert read == replace(kept, version=1)
        assert world.devices.with_user_code(world.tenant, kept.user_code) == read
        assert world.devices.with_user_code(world.tenant, "BBBB-BBBB") is None
        assert world.devices.with_user_code("other.example", kept.user_code) is None

    def test_a_user_code_belongs_to_one_device(self, world: World) -> None:
        first, second = device(), device()
        world.devices.add(world.tenant, first)
        with pytest.raises(Conflict):
            world.devices.add(world.tenant, replace(second, user_code=first.user_code))
        assert world.devices.get(world.tenant, second.digest) is None

    def test_a_device_code_that_has_moved_on_cannot_be_saved(self, world: World) -> None:
        world.devices.add(world.tenant, kept := device())
        read = world.devices.get(world.tenant, kept.digest)
        assert read is not None
        decided = replace(read, decision=Decision.APPROVED, tenant="user.example", user="Mary", login=LOGIN)
        world.devices.save(world.tenant, decided)
        assert world.devices.get(world.tenant, kept.digest) == replace(decided, version=2)
        with pytest.raises(Changed):
            world.devices.save(world.tenant, replace(read, decision=Decision.DENIED))

    def test_an_expired_device_code_is_not_found(self, world: World) -> None:
        kept = device(expires_at=int(time.time()) - 1)
        world.devices.add(world.tenant, kept)
        assert world.devices.get(world.tenant, kept.digest) is None
        assert world.devices.with_user_code(world.tenant, kept.user_code) is None

    def test_an_assertion_is_used_once_by_however_many(self, world: World) -> None:
        until = int(time.time()) + 60
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(lambda _: world.assertions.use(world.tenant, "issuer\njti", until), range(8))) == 1
        assert world.assertions.use("other.example", "issuer\njti", until)
        assert world.assertions.use(world.tenant, "issuer\nanother", until)

    def test_a_keys_longest_life_only_grows(self, world: World) -> None:
        kid = uuid.uuid4().hex
        assert world.key_lifetimes.longest(kid) == 0
        for seconds in (100_000, 90_000, 200_000, 200_000):
            world.key_lifetimes.extend(kid, seconds)
        assert world.key_lifetimes.longest(kid) == 200_000


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
