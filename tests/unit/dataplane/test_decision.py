"""A decision is the gateway's own about a call, without the call going anywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from gatehouse.dataplane.answers.refusal import Refusal
from gatehouse.dataplane.decision import UNDECIDED, Allowed, Decider
from gatehouse.dataplane.evidence import ANYBODY, Admission, Caller, Grant, Target
from gatehouse.dataplane.knowledge.served import ServedApi
from gatehouse.domain.applications.grant import KeyType, SubscriptionStatus
from gatehouse.domain.artifact import Withdrawal, client_key, subscription_key
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import ApiType, Cors, EndpointGroup
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import API_ID, APPLICATION_ID, CONSUMER_KEY, MAX_STALENESS, menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.decision import Decision
    from gatehouse.dataplane.entrance import Entrance
    from gatehouse.domain.publishing.deployed import DeployedApi
    from tests.worlds.gateway import Running


class Deciding:
    """A decider over the same world as a gateway."""

    def __init__(self, running: Running) -> None:
        self.world = running.world
        self.counters = running.counters
        self.lines: list[dict[str, Any]] = []
        self.decider = Decider(
            entrance=running.gateway.entrance,
            max_staleness_seconds=MAX_STALENESS,
            now=running.world.clock.now,
            write=lambda line: self.lines.append(json.loads(line)),
        )

    def decide(self, *arguments: Any, **parts: Any) -> Decision:
        return self.decider.decide(self.world.call(*arguments, **parts))

    def allowed(self, *arguments: Any, **parts: Any) -> Allowed:
        decision = self.decide(*arguments, **parts)
        assert isinstance(decision, Allowed), decision
        return decision

    def refused(self, *arguments: Any, **parts: Any) -> tuple[int, str]:
        decision = self.decide(*arguments, **parts)
        assert isinstance(decision, Refusal), decision
        return decision.status, decision.code


@pytest.fixture
def deciding(running: Running) -> Deciding:
    return Deciding(running)


def test_a_call_that_the_gateway_would_forward_is_allowed_with_what_is_known(deciding: Deciding) -> None:
    decision = deciding.allowed(token=deciding.world.token(scope="b a"))
    assert (decision.application, decision.application_id) == ("Kiosk", APPLICATION_ID)
    assert (decision.owner, decision.tier) == ("mary@carbon.super", "Unlimited")
    assert (decision.subscription_id, decision.plan) == ("s-1", "Gold")
    assert (decision.api_name, decision.api_version, decision.api_id) == ("Menu", "1.0.0", API_ID)
    assert (decision.key_type, decision.subject, decision.scopes) == ("PRODUCTION", CONSUMER_KEY, ("a", "b"))
    assert [(one.name, one.limit, one.remaining) for one in decision.standings] == [("subscription", 5000, 4999)]


def test_a_decision_sends_nothing(deciding: Deciding) -> None:
    deciding.allowed(token=deciding.world.token())
    assert deciding.world.backend.requests == []


def test_a_decision_that_counted_holds_once(deciding: Deciding) -> None:
    assert deciding.allowed(token=deciding.world.token()).cache_seconds == 0


def test_a_decision_without_limits_holds_as_long_as_a_change_may_take(deciding: Deciding) -> None:
    deciding.world.subscribe(policy="Unlimited")
    decision = deciding.allowed(token=deciding.world.token())
    assert (decision.cache_seconds, decision.standings) == (int(MAX_STALENESS), ())
    assert deciding.counters.writes == 0


def test_a_decision_does_not_outlive_its_token(deciding: Deciding) -> None:
    deciding.world.subscribe(policy="Unlimited")
    now = int(deciding.world.clock.now())
    assert deciding.allowed(token=deciding.world.token(exp=now + 3)).cache_seconds <= 3
    assert deciding.allowed(token=deciding.world.token(exp=now - 1)).cache_seconds == 0


def test_who_needs_no_application_is_limited_by_the_plan_for_the_unknown(deciding: Deciding) -> None:
    decision = deciding.allowed(path="/menu/1.0.0/health")
    assert (decision.application_id, decision.subscription_id, decision.plan) == ("", "", "Unauthenticated")
    assert decision.standings[0].limit == 500


def test_the_gateway_s_refusals_are_the_decider_s(deciding: Deciding) -> None:
    world = deciding.world
    assert deciding.refused() == (401, "900902")
    assert deciding.refused(token="opaque") == (401, "900901")
    assert deciding.refused(token=world.token(exp=int(world.clock.now()) - 3600)) == (401, "900903")
    assert deciding.refused("POST", "/menu/1.0.0/orders", token=world.token()) == (403, "900910")
    assert deciding.refused(path="/nowhere/1.0.0/items", token=world.token()) == (404, "404")
    assert deciding.refused(path="/menu/1.0.0/nothing", token=world.token()) == (404, "404")
    assert deciding.refused("DELETE", token=world.token()) == (405, "405")
    world.subscribe(SubscriptionStatus.BLOCKED)
    world.clock.advance(MAX_STALENESS + 1)
    assert deciding.refused(token=world.token()) == (401, "900907")
    world.artifacts.publish([Withdrawal(subscription_key(SUPER_TENANT, APPLICATION_ID, API_ID))])
    world.clock.advance(MAX_STALENESS + 1)
    assert deciding.refused(token=world.token()) == (403, "900908")
    world.artifacts.publish([Withdrawal(client_key(SUPER_TENANT, CONSUMER_KEY))])
    assert deciding.refused(token=world.token()) == (403, "900908")


def test_gateway_and_decider_spend_the_same_quota(running: Running, deciding: Deciding) -> None:
    world = running.world
    world.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Two", limits=(Rate(count=2, seconds=60),)))
    world.subscribe(policy="Two")
    token = world.token()
    assert running.call(token=token).status == 200
    assert deciding.allowed(token=token).standings[0].remaining == 0
    assert deciding.refused(token=token) == (429, "900804")


def test_a_refusal_of_old_knowledge_is_asked_again(deciding: Deciding) -> None:
    token = deciding.world.token()
    deciding.allowed(token=token)
    assert deciding.refused(path="/snacks/1.0.0/items", token=token) == (404, "404")
    deciding.world.deploy(menu_api(base_path="/snacks/1.0.0"))
    deciding.allowed(path="/snacks/1.0.0/items", token=token)


def test_a_preflight_is_for_who_takes_the_call_on(deciding: Deciding) -> None:
    deciding.world.deploy(menu_api(cors=Cors()))
    assert deciding.refused("OPTIONS", headers={"origin": "https://shop.example"}) == (405, "405")


@pytest.mark.parametrize("path", ["/menu/1.0.0/../1.0.0/items", "/menu/1.0.0/./items", "/menu/1.0.0/items/.."])
def test_a_path_that_the_backend_might_read_otherwise_is_refused(deciding: Deciding, path: str) -> None:
    assert deciding.refused(path=path, token=deciding.world.token()) == (404, "404")


class Admitting:
    """An entrance that lets everybody in, to this API."""

    def __init__(self, api: DeployedApi) -> None:
        served = ServedApi(api.to_body(), "PUBLISHED")
        caller = Caller(Target(served, api.operations[0], ""), ANYBODY)
        self.admission = Admission(Grant(caller, KeyType.PRODUCTION, EndpointGroup(), None, None), None)
        self.catalogue = self

    def admit(self, *_: object) -> Admission:
        return self.admission

    def version(self, _tenant: str) -> str:
        return ""


def test_what_a_graphql_call_is_for_cannot_be_seen_without_its_body(deciding: Deciding) -> None:
    admitting = cast("Entrance", Admitting(menu_api(type=ApiType.GRAPHQL)))
    deciding.decider = replace(deciding.decider, entrance=admitting)
    assert deciding.refused() == (404, "404")
    deciding.decider = replace(deciding.decider, entrance=cast("Entrance", Admitting(menu_api())))
    deciding.allowed()


def test_when_a_table_is_down_nothing_is_decided(deciding: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> object:
        raise Unavailable

    monkeypatch.setattr(deciding.world.artifacts, "epoch", down)
    decision = deciding.decide(token=deciding.world.token())
    assert decision in UNDECIDED


def test_every_decision_is_one_line_without_the_credential(deciding: Deciding) -> None:
    token = deciding.world.token()
    deciding.allowed(token=token)
    deciding.refused("POST", "/menu/1.0.0/orders", token=token)
    good, bad = deciding.lines
    assert (good["event"], good["allowed"], good["status"], good["application_id"]) == (
        "decision",
        True,
        200,
        APPLICATION_ID,
    )
    assert (bad["allowed"], bad["status"], bad["error_code"], bad["api_id"]) == (False, 403, "900910", API_ID)
    assert good["throttle_remaining"] == {"subscription": 4999}
    assert token not in json.dumps(deciding.lines)
