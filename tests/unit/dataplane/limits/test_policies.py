"""Every kind of limit, seen through the gateway: conditions, users, bytes, events, tokens, rules and backends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.artifact import Artifact, policy_key, rule_key
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.condition import Condition, ConditionalGroup, ConditionKind
from gatehouse.domain.throttling.custom_rule import CustomRule
from gatehouse.domain.throttling.limit import Rate, Unit
from gatehouse.domain.throttling.policy import UNAUTHENTICATED, PolicyKind, Terms
from tests.calls import MAX_STALENESS, REFRESH_AFTER, backend, menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

OK = (200, "")


def minute(count: int, unit: Unit = Unit.REQUESTS) -> Rate:
    return Rate(count=count, seconds=60, unit=unit)


def code(reply: Reply) -> tuple[int, str]:
    return (reply.status, json.loads(reply.body).get("code", ""))


def plan(running: Running, *limits: Rate, **changes: Any) -> None:
    running.world.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Plan", limits=limits, **changes))
    running.world.subscribe(policy="Plan")


def cap(running: Running, **changes: Any) -> None:
    running.world.set_policy(PolicyKind.ADVANCED, Terms(name="Cap", **{"limits": (minute(100),), **changes}))
    running.world.deploy(menu_api(policy="Cap"))


def answers(running: Running, calls: int, **parts: Any) -> list[tuple[int, str]]:
    token = parts.pop("token", None) or running.world.token()
    return [code(running.call(token=token, **parts)) for _ in range(calls)]


@pytest.mark.parametrize(
    ("condition", "met", "unmet"),
    [
        (
            Condition(kind=ConditionKind.ADDRESS, value="203.0.113.7"),
            {"source_ip": "203.0.113.7"},
            {"source_ip": "203.0.113.8"},
        ),
        (
            Condition(kind=ConditionKind.ADDRESS_RANGE, value="203.0.113.1 203.0.113.9"),
            {"source_ip": "203.0.113.9"},
            {"source_ip": "203.0.113.10"},
        ),
        (
            Condition(kind=ConditionKind.HEADER, name="User-Agent", value="bot/[0-9]+"),
            {"headers": {"user-agent": "evil-bot/7"}},
            {"headers": {"user-agent": "browser"}},
        ),
        (
            Condition(kind=ConditionKind.QUERY, name="size", value="^large$"),
            {"query": "a=1&size=large"},
            {"query": "size=larger"},
        ),
    ],
)
def test_calls_that_meet_a_condition_have_a_limit_of_their_own(
    running: Running, condition: Condition, met: dict[str, Any], unmet: dict[str, Any]
) -> None:
    cap(running, groups=(ConditionalGroup(id="g1", conditions=(condition,), limits=(minute(1),)),))
    assert answers(running, 2, **met) == [OK, (429, "900800")]
    assert answers(running, 3, **unmet) == [OK, OK, OK]


def test_a_claim_chooses_the_limit_and_an_inverted_condition_the_others(running: Running) -> None:
    gold = Condition(kind=ConditionKind.CLAIM, name="tier", value="gold")
    groups = (
        ConditionalGroup(id="g1", conditions=(gold,), limits=(minute(2),)),
        ConditionalGroup(id="g2", conditions=(replace(gold, inverted=True),), limits=(minute(1),)),
    )
    cap(running, groups=groups)
    refused = (429, "900800")
    assert answers(running, 3, token=running.world.token(tier="gold")) == [OK, OK, refused]
    assert answers(running, 2, token=running.world.token(tier="tin")) == [OK, refused]


def test_all_conditions_of_a_group_must_hold(running: Running) -> None:
    both = (
        Condition(kind=ConditionKind.ADDRESS, value="203.0.113.7"),
        Condition(kind=ConditionKind.HEADER, name="X-Kind", value="a"),
    )
    cap(running, groups=(ConditionalGroup(id="g1", conditions=both, limits=(minute(1),)),))
    assert answers(running, 3) == [OK, OK, OK]
    assert answers(running, 2, headers={"X-Kind": "a"}) == [OK, (429, "900800")]


def test_a_policy_per_user_counts_each_user_by_itself(running: Running) -> None:
    cap(running, limits=(minute(1),), per_user=True)
    mary = running.world.token(sub="mary@carbon.super", aut="APPLICATION_USER")
    john = running.world.token(sub="john@carbon.super", aut="APPLICATION_USER", username="john@carbon.super")
    assert answers(running, 2, token=mary) == [OK, (429, "900800")]
    assert answers(running, 2, token=john) == [OK, (429, "900800")]


def test_bytes_of_bodies_are_counted_not_calls(running: Running) -> None:
    plan(running, minute(10, Unit.BYTES))
    token = running.world.token(scope="order")
    post = {"method": "POST", "path": "/menu/1.0.0/orders", "token": token}
    assert answers(running, 2, body=b"12345", **post) == [OK, OK]
    assert answers(running, 1, body=b"1", **post) == [(429, "900804")]


def test_a_body_larger_than_the_whole_quota_is_refused_and_costs_nothing(running: Running) -> None:
    plan(running, minute(10, Unit.BYTES))
    token = running.world.token(scope="order")
    post = {"method": "POST", "path": "/menu/1.0.0/orders", "token": token}
    assert answers(running, 1, body=b"12345678901", **post) == [(429, "900804")]
    assert answers(running, 1, body=b"1234567890", **post) == [OK]


def test_429_900808_when_a_plan_counts_events(running: Running) -> None:
    plan(running, minute(1, Unit.EVENTS))
    assert answers(running, 2) == [OK, (429, "900808")]


def test_tokens_are_reserved_and_what_was_not_used_comes_back(running: Running) -> None:
    plan(running, minute(100, Unit.TOTAL_TOKENS))
    usage = {"usage": {"prompt_tokens": 5, "completion_tokens": 35, "total_tokens": 40}}
    running.world.backend.reply = replace(running.world.backend.reply, body=json.dumps(usage).encode())
    token = running.world.token(scope="order")
    body = json.dumps({"prompt": "x", "max_tokens": 40}).encode()
    post = {"method": "POST", "path": "/menu/1.0.0/orders", "token": token, "body": body}
    # Each call reserves 40 and some for its prompt and uses 40: a third would reserve more than is left.
    assert answers(running, 3, **post) == [OK, OK, (429, "900804")]
    assert dict(running.call(**post).headers)["ratelimit-policy"].startswith(
        '"subscription-total-tokens";q=100;qu="tokens"'
    )


def test_a_call_that_says_nothing_of_its_answer_reserves_a_thousand_tokens(running: Running) -> None:
    plan(running, minute(999, Unit.COMPLETION_TOKENS))
    assert answers(running, 1) == [(429, "900804")]


def test_a_plan_that_bills_lets_calls_through_and_the_line_says_what_is_over(running: Running) -> None:
    plan(running, minute(1), stop=False)
    assert answers(running, 3) == [OK, OK, OK]
    assert [line.get("over_quota") for line in running.lines] == [None, ["subscription"], ["subscription"]]


def rule(running: Running, **changes: Any) -> None:
    values = {"id": "r1", "name": "rule", "key_template": "$userId", "limit": minute(1)}
    made = CustomRule(**{**values, **changes})
    running.world.artifacts.publish([Artifact(rule_key(SUPER_TENANT, made.id), made.to_body())])


def test_429_900806_a_custom_rule_counts_by_its_key(running: Running) -> None:
    rule(running, key_template="$clientIp:$apiContext")
    assert answers(running, 2) == [OK, (429, "900806")]
    assert answers(running, 1, source_ip="198.51.100.1") == [OK]


def test_a_custom_rule_counts_the_calls_of_all_tenants_together(running: Running) -> None:
    world, tenant = running.world, "other.example"
    unlimited = Terms(name=UNAUTHENTICATED, limits=())
    for owner in (SUPER_TENANT, tenant):
        key = policy_key(owner, PolicyKind.SUBSCRIPTION, UNAUTHENTICATED)
        world.artifacts.publish([Artifact(key, unlimited.to_body())])
    world.deploy(menu_api(tenant=tenant))
    rule(running, key_template="$clientIp")
    assert running.call(path="/menu/1.0.0/health").status == 200
    assert code(running.call(path=f"/t/{tenant}/menu/1.0.0/health")) == (429, "900806")


def test_a_custom_rule_is_only_about_calls_that_its_expression_holds_of(running: Running) -> None:
    rule(running, when='clientIp == "198.51.100.1" && apiVersion == "1.0.0"')
    assert answers(running, 2) == [OK, OK]
    assert answers(running, 2, source_ip="198.51.100.1") == [OK, (429, "900806")]


def test_a_custom_rule_reads_claims(running: Running) -> None:
    rule(running, key_template="$customProperty.tier", when='customProperty.tier == "tin"')
    assert answers(running, 2, token=running.world.token(tier="tin")) == [OK, (429, "900806")]
    assert answers(running, 2, token=running.world.token()) == [OK, OK]


def test_503_900801_when_a_backend_has_had_enough(running: Running) -> None:
    limited = replace(backend("http://backend.example:9000/v1"), limits=(minute(2),))
    running.world.deploy(menu_api(production=limited))
    assert answers(running, 3) == [OK, OK, (503, "900801")]


def test_the_first_limit_in_order_fixes_the_code_and_the_last_to_end_the_wait(running: Running) -> None:
    hour = Rate(count=1, seconds=3600)
    running.world.set_policy(PolicyKind.APPLICATION, Terms(name="Hourly", limits=(hour,)))
    running.world.grant_application(policy="Hourly")
    plan(running, minute(1))
    assert answers(running, 1) == [OK]
    reply = running.call(token=running.world.token())
    assert code(reply) == (429, "900804")
    assert int(dict(reply.headers)["retry-after"]) > 60


def test_calls_of_another_tenant_do_not_wait_for_news_of_custom_rules(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, tenant = running.world, "other.example"
    terms = Terms(name=UNAUTHENTICATED, limits=(minute(100),))
    key = policy_key(tenant, PolicyKind.SUBSCRIPTION, UNAUTHENTICATED)
    world.artifacts.publish([Artifact(key, terms.to_body())])
    world.deploy(menu_api(tenant=tenant))
    path = f"/t/{tenant}/menu/1.0.0/health"
    assert running.call(path=path).status == 200
    world.clock.advance(REFRESH_AFTER + 0.5)
    assert running.call(path=path).status == 200  # and renews what is known of both tenants, beside its backend
    world.clock.advance(MAX_STALENESS - 0.5)

    def down(tenant: str) -> dict[str, int]:
        raise Unavailable(tenant=tenant)

    monkeypatch.setattr(world.artifacts, "epoch", down)
    assert running.call(path=path).status == 200
