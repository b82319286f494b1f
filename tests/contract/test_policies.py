"""Throttling policies: the promises of `ports/throttling/policies`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.settings import PolicyTable
from gatehouse.controlplane.throttling.policies import seed
from gatehouse.domain.artifact import Category, policy_key, rule_partition
from gatehouse.domain.errors import Changed
from gatehouse.domain.throttling.custom_rule import CustomRule
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import DEFAULT_TIERS, Policy, PolicyExists, PolicyKind, Terms
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.policies import InMemoryPolicies

if TYPE_CHECKING:
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.throttling.policies import Policies
    from tests.conftest import DynamoDB

KIND = PolicyKind.SUBSCRIPTION
TERMS = Terms(name="Gold", limits=(Rate(count=5, seconds=60),), burst=Rate(count=1, seconds=1), stop=False)


@dataclass(frozen=True, kw_only=True)
class World:
    policies: Policies
    artifacts: Artifacts
    tenant: str

    def terms(self, policy: Policy) -> Terms | None:
        (body,) = self.artifacts.get([policy_key(policy.tenant, policy.kind, policy.name)])
        return Terms.from_body(body) if body else None

    def rules(self) -> dict[str, CustomRule]:
        found = self.artifacts.partition(rule_partition(self.tenant))
        return {name: CustomRule.from_body(body) for name, body in found.items()}

    def epoch(self) -> int:
        return self.artifacts.epoch(self.tenant).get(Category.POLICIES, 0)


def in_memory() -> World:
    artifacts = InMemoryArtifacts(SystemClock())
    return World(policies=InMemoryPolicies(artifacts), artifacts=artifacts, tenant="a.example")


def on_dynamodb(dynamodb: DynamoDB) -> World:
    artifacts = dynamodb.table("artifacts")
    return World(
        policies=PolicyTable(dynamodb.table("settings"), ArtifactTable(artifacts)),
        artifacts=ArtifactLookup(dynamodb.client, artifacts),
        tenant=f"{uuid.uuid4().hex}.example",
    )


def policy(world: World, name: str = "Gold", kind: PolicyKind = KIND) -> Policy:
    document = {"policyName": name, "nested": {"count": 5, "none": None, "list": [True, "ü"]}}
    return Policy(tenant=world.tenant, kind=kind, id=str(uuid.uuid4()), name=name, document=document)


def rule(of: Policy) -> CustomRule:
    return CustomRule(id=of.id, name=of.name, key_template="$userId", limit=Rate(count=5, seconds=60))


class Promises:
    def test_a_policy_comes_back_as_it_was_kept_and_is_enforced(self, world: World) -> None:
        before = world.epoch()
        kept = world.policies.add(policy(world), TERMS)
        assert kept.version == 1
        assert world.policies.get(world.tenant, kept.id) == kept
        assert world.policies.named(world.tenant, KIND, "Gold") == kept
        assert world.policies.all(world.tenant, KIND) == [kept]
        assert world.terms(kept) == TERMS
        assert world.epoch() > before

    def test_what_is_not_there_is_not_found(self, world: World) -> None:
        kept = world.policies.add(policy(world), TERMS)
        assert world.policies.get(world.tenant, "unheard") is None
        assert world.policies.get("other.example", kept.id) is None
        assert world.policies.named(world.tenant, KIND, "gold") is None
        assert world.policies.named(world.tenant, PolicyKind.ADVANCED, "Gold") is None
        assert world.policies.named("other.example", KIND, "Gold") is None
        assert world.policies.all(world.tenant, PolicyKind.ADVANCED) == []

    @pytest.mark.parametrize("impossible", ["", "x" * 2000, "ü" * 5000])
    def test_what_could_never_be_a_key_is_not_found(self, world: World, impossible: str) -> None:
        assert world.policies.get(world.tenant, impossible) is None
        assert world.policies.named(world.tenant, KIND, impossible) is None
        assert world.policies.all(impossible, KIND) == []

    def test_a_name_is_unique_in_its_kind_and_tenant(self, world: World) -> None:
        kept = world.policies.add(policy(world), TERMS)
        refused = policy(world)
        with pytest.raises(PolicyExists):
            world.policies.add(refused, replace(TERMS, stop=True))
        assert world.policies.get(world.tenant, refused.id) is None
        assert world.terms(kept) == TERMS
        world.policies.add(policy(world, kind=PolicyKind.APPLICATION), TERMS)
        world.policies.add(replace(policy(world), tenant=f"other.{world.tenant}"), TERMS)

    def test_of_many_at_once_one_gets_the_name(self, world: World) -> None:
        def add(_: int) -> bool:
            try:
                world.policies.add(policy(world), TERMS)
            except PolicyExists:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(add, range(8))) == 1

    def test_policies_are_listed_by_name(self, world: World) -> None:
        for name in ("b", "a", "C"):
            world.policies.add(policy(world, name), TERMS)
        assert [found.name for found in world.policies.all(world.tenant, KIND)] == ["C", "a", "b"]

    def test_a_saved_policy_has_moved_on_and_its_terms_with_it(self, world: World) -> None:
        read = world.policies.add(policy(world), TERMS)
        before = world.epoch()
        saved = world.policies.save(replace(read, document={"policyName": "Gold"}), replace(TERMS, burst=None))
        assert saved == replace(read, document={"policyName": "Gold"}, version=2)
        assert world.policies.get(world.tenant, read.id) == saved
        assert world.terms(read) == replace(TERMS, burst=None)
        assert world.epoch() > before
        with pytest.raises(Changed):
            world.policies.save(read, TERMS)
        assert world.terms(read) == replace(TERMS, burst=None)

    def test_a_removed_policy_is_gone_everywhere(self, world: World) -> None:
        read = world.policies.add(policy(world), TERMS)
        moved = world.policies.save(read, TERMS)
        with pytest.raises(Changed):
            world.policies.remove(read)
        before = world.epoch()
        world.policies.remove(moved)
        assert world.policies.get(world.tenant, read.id) is None
        assert world.policies.named(world.tenant, KIND, "Gold") is None
        assert world.terms(read) is None
        assert world.epoch() > before
        with pytest.raises(Changed):
            world.policies.remove(moved)
        with pytest.raises(Changed):
            world.policies.save(moved, TERMS)

    def test_custom_rules_are_enforced_all_together_for_as_long_as_they_are_kept(self, world: World) -> None:
        kept = []
        for name in ("First", "Second"):
            new = policy(world, name, PolicyKind.CUSTOM)
            kept.append(world.policies.add(new, rule(new)))
        assert world.rules() == {one.id: rule(one) for one in kept}
        with pytest.raises(PolicyExists):
            world.policies.add(policy(world, "First", PolicyKind.CUSTOM), rule(kept[0]))
        before = world.epoch()
        changed = world.policies.save(kept[0], replace(rule(kept[0]), when='appId == "7"'))
        assert world.rules()[changed.id].when == 'appId == "7"'
        world.policies.remove(kept[1])
        assert set(world.rules()) == {changed.id}
        assert world.epoch() >= before + 2

    def test_two_who_seed_a_tenant_at_once_leave_every_tier_once(self, world: World) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: seed(world.policies, world.tenant), range(2)))
        for kind, tiers in DEFAULT_TIERS.items():
            found = world.policies.all(world.tenant, kind)
            assert {policy.name for policy in found} == {tier.name for tier in tiers}
            assert all(world.policies.get(world.tenant, policy.id) == policy for policy in found)


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
