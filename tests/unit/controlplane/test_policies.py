"""What throttling policies mean, and who refers to them."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.controlplane.throttling.policies import ApiAttachments, terms_of
from gatehouse.domain.throttling.limit import Rate, Unit
from gatehouse.domain.throttling.policy import DEFAULT_TIERS, PolicyKind
from tests.worlds.store import StoreWorld


@pytest.mark.parametrize(
    ("kind", "name", "document"),
    [
        (PolicyKind.SUBSCRIPTION, "Gold", {"policies": ["Gold"]}),
        (PolicyKind.ADVANCED, "10KPerMin", {"apiThrottlingPolicy": "10KPerMin"}),
        (
            PolicyKind.ADVANCED,
            "20KPerMin",
            {"operations": [{"verb": "GET", "target": "/", "throttlingPolicy": "20KPerMin"}]},
        ),
    ],
)
def test_an_api_refers_to_its_plans_and_its_caps(kind: PolicyKind, name: str, document: dict[str, Any]) -> None:
    world = StoreWorld()
    attachments = ApiAttachments(world.apis)
    world.api("Other", policies=["Silver"])
    assert not attachments.refers_to("carbon.super", kind, name)
    world.api(**{"policies": ["Silver"], **document})
    assert attachments.refers_to("carbon.super", kind, name)
    assert not attachments.refers_to("other.example", kind, name)
    assert not attachments.refers_to("carbon.super", PolicyKind.APPLICATION, name)


def test_only_unlimited_has_no_quota() -> None:
    for kind, tiers in DEFAULT_TIERS.items():
        for tier in tiers:
            document = {"policyName": tier.name, "defaultLimit": tier.limit()}
            assert bool(terms_of(kind, document).limits) == (tier.name != "Unlimited")


def test_a_call_on_a_plan_that_counts_events_is_one_event() -> None:
    (gold,) = (tier for tier in DEFAULT_TIERS[PolicyKind.SUBSCRIPTION] if tier.name == "AsyncGold")
    document = {"policyName": gold.name, "defaultLimit": gold.limit()}
    assert terms_of(PolicyKind.SUBSCRIPTION, document).limits == (Rate(count=50_000, seconds=86_400, unit=Unit.EVENTS),)
