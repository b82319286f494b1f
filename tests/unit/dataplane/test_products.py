"""Calls of API products: each operation goes where its member goes, on one subscription to the product."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.dataplane.observing.tracing import Tracing
from gatehouse.domain.applications.api_key import digest_of, new_secret
from gatehouse.domain.applications.grant import InternalKeyGrant, KeyType, SubscriptionGrant, SubscriptionStatus
from gatehouse.domain.artifact import Artifact, Withdrawal, internal_key_key, route_key, subscription_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import ApiType, AttachedPolicy, DeployedOperation, Mediation, Member
from gatehouse.ports.backends import BackendFailed
from tests.calls import APPLICATION_ID, backend, menu_api
from tests.fakes.traces import InMemoryTraces

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

PRODUCT_ID = "a2b0f0a6-9d5c-4b7e-8f25-6f0f6d3f1e01"
MENU_ID, DRINKS_ID = "member-menu", "member-drinks"


def stamped(value: str) -> Mediation:
    policy = AttachedPolicy(name="addHeader", parameters={"headerName": "x-stamp", "headerValue": value})
    answer = AttachedPolicy(name="addHeader", parameters={"headerName": "x-answer", "headerValue": value})
    return Mediation(request=(policy,), response=(answer,), fault=(answer,))


def feast(**changes: Any) -> Any:
    """A product of a menu, and of drinks that have no sandbox."""
    values: dict[str, Any] = {
        "id": PRODUCT_ID,
        "name": "Feast",
        "context": "/feast",
        "base_path": "/feast/1.0.0",
        "type": ApiType.PRODUCT,
        "production": None,
        "sandbox": None,
        "members": (
            Member(
                id=MENU_ID,
                name="Menu",
                version="1.0.0",
                production=backend("http://kitchen.example/v1"),
                sandbox=backend("http://kitchen-sandbox.example/v1"),
                mediation=stamped("menu"),
            ),
            Member(id=DRINKS_ID, name="Drinks", version="3.1", production=backend("http://bar.example")),
        ),
        "operations": (
            DeployedOperation(verb="GET", target="/menu/{dish}", api_id=MENU_ID),
            DeployedOperation(verb="POST", target="/orders", scopes=("order",), api_id=MENU_ID),
            DeployedOperation(verb="GET", target="/beers", api_id=DRINKS_ID),
            DeployedOperation(verb="GET", target="/water", authenticated=False, api_id=DRINKS_ID),
        ),
    }
    return menu_api(**{**values, **changes})


@pytest.fixture
def served(running: Running) -> Running:
    """A gateway with the product, to which the application is subscribed; it is subscribed to no member."""
    world = running.world
    world.deploy(feast())
    grant = SubscriptionGrant(subscription_id="s-2", policy="Gold", status=SubscriptionStatus.UNBLOCKED)
    world.artifacts.publish([Artifact(subscription_key(SUPER_TENANT, APPLICATION_ID, PRODUCT_ID), grant.to_body())])
    return running


def urls(running: Running) -> list[str]:
    return [request.url for request in running.world.backend.requests]


def test_200_each_operation_goes_to_the_backend_of_its_member(served: Running) -> None:
    token = served.world.token()
    assert served.call(path="/feast/1.0.0/menu/soup", token=token, query="size=2").status == 200
    assert served.call(path="/feast/1.0.0/beers", token=token).status == 200
    assert urls(served) == ["http://kitchen.example/v1/menu/soup?size=2", "http://bar.example/beers"]


def test_a_product_runs_the_policies_of_its_members_only_on_their_calls(served: Running) -> None:
    token = served.world.token()
    menu = served.call(path="/feast/1.0.0/menu/soup", token=token)
    beers = served.call(path="/feast/1.0.0/beers", token=token)
    stamps = [dict(request.headers).get("x-stamp") for request in served.world.backend.requests]
    assert stamps == ["menu", None]
    assert [dict(reply.headers).get("x-answer") for reply in (menu, beers)] == ["menu", None]


def test_503_of_a_member_passes_its_fault_policies(served: Running) -> None:
    served.world.backend.failure = BackendFailed()
    reply = served.call(path="/feast/1.0.0/menu/soup", token=served.world.token())
    assert (reply.status, dict(reply.headers).get("x-answer")) == (503, "menu")


def test_403_without_a_subscription_to_the_product(served: Running) -> None:
    world = served.world
    world.artifacts.publish([Withdrawal(subscription_key(SUPER_TENANT, APPLICATION_ID, PRODUCT_ID))])
    reply = served.call(path="/feast/1.0.0/beers", token=world.token())
    assert reply.status == 403
    assert b"900908" in reply.body
    assert urls(served) == []


def test_403_without_the_scope_that_the_member_s_operation_asks_for(served: Running) -> None:
    world = served.world
    refused = served.call("POST", "/feast/1.0.0/orders", token=world.token())
    assert refused.status == 403
    assert b"900910" in refused.body
    assert served.call("POST", "/feast/1.0.0/orders", token=world.token(scope="order")).status == 200
    assert urls(served) == ["http://kitchen.example/v1/orders"]


def test_403_with_a_sandbox_key_only_where_the_member_has_no_sandbox(served: Running) -> None:
    world = served.world
    world.grant_application(key_type=KeyType.SANDBOX)
    token = world.token()
    assert served.call(path="/feast/1.0.0/menu/soup", token=token).status == 200
    refused = served.call(path="/feast/1.0.0/beers", token=token)
    assert refused.status == 403
    assert b"900901" in refused.body
    assert urls(served) == ["http://kitchen-sandbox.example/v1/menu/soup"]


def test_an_operation_without_authentication_is_open_in_the_product_too(served: Running) -> None:
    assert served.call(path="/feast/1.0.0/water").status == 200
    assert served.call(path="/feast/1.0.0/beers").status == 401


@pytest.mark.parametrize(("state", "status"), [("BLOCKED", 503), ("DEPRECATED", 200)])
def test_a_product_has_a_life_of_its_own(served: Running, state: str, status: int) -> None:
    served.world.deploy(feast(), state=state)
    assert served.call(path="/feast/1.0.0/beers", token=served.world.token()).status == status


def test_404_and_405_as_any_api_answers_them(served: Running) -> None:
    token = served.world.token()
    assert served.call(path="/feast/1.0.0/wine", token=token).status == 404
    assert served.call("DELETE", "/feast/1.0.0/beers", token=token).status == 405


def test_the_default_version_answers_without_one(served: Running) -> None:
    served.world.artifacts.publish([Artifact(route_key(SUPER_TENANT, "/feast"), {"api_id": PRODUCT_ID})])
    assert served.call(path="/feast/beers", token=served.world.token()).status == 200


def test_a_key_for_trying_out_reaches_the_endpoint_that_the_member_has(served: Running) -> None:
    world = served.world
    only_sandbox = Member(id=MENU_ID, name="Menu", version="1.0.0", sandbox=backend("http://kitchen-sandbox.example"))
    world.deploy(feast(members=(only_sandbox, feast().members[1])))
    secret = new_secret()
    grant = InternalKeyGrant(owner="admin@carbon.super", expires_at=int(world.clock.now()) + 60)
    key = internal_key_key(SUPER_TENANT, PRODUCT_ID, digest_of(secret))
    world.artifacts.publish([Artifact(key, grant.to_body())])
    for path in ("/feast/1.0.0/menu/soup", "/feast/1.0.0/beers"):
        assert served.call(path=path, headers={"Internal-Key": secret}).status == 200
    assert urls(served) == ["http://kitchen-sandbox.example/menu/soup", "http://bar.example/beers"]


def test_the_line_names_the_product_and_the_member(served: Running) -> None:
    served.call(path="/feast/1.0.0/beers", token=served.world.token())
    line = served.lines[-1]
    assert [line[name] for name in ("api_id", "api_name", "api_version")] == [PRODUCT_ID, "Feast", "1.0.0"]
    told = [line[name] for name in ("member_api_id", "member_api_name", "member_api_version")]
    assert told == [DRINKS_ID, "Drinks", "3.1"]
    served.call(token=served.world.token())
    assert "member_api_id" not in served.lines[-1]


def test_calls_of_all_members_count_on_the_one_subscription(served: Running) -> None:
    token = served.world.token()
    left = [served.call(path=path, token=token).status for path in ("/feast/1.0.0/beers", "/feast/1.0.0/menu/soup")]
    assert left == [200, 200]
    keys = {entity for entity in served.counters.items if entity.startswith("S#")}
    assert keys == {f"S#{SUPER_TENANT}#{APPLICATION_ID}#{PRODUCT_ID}"}


def test_a_member_s_change_that_is_deployed_with_the_product_is_seen_through_its_cache(served: Running) -> None:
    def answered(host: str, revision: int) -> list[str]:
        moved = replace(feast().members[0], production=backend(f"http://{host}"))
        served.world.deploy(feast(cache_seconds=60, revision=revision, members=(moved, feast().members[1])))
        served.world.clock.advance(10)
        before = len(served.world.backend.requests)
        for _ in range(2):
            assert served.call(path="/feast/1.0.0/menu/soup", token=served.world.token()).status == 200
        return urls(served)[before:]

    assert answered("kitchen.example", 1) == ["http://kitchen.example/menu/soup"]
    assert answered("cellar.example", 2) == ["http://cellar.example/menu/soup"]


def test_a_trace_tells_the_member_that_serves_a_product_s_operation(served: Running) -> None:
    traces = InMemoryTraces()
    served.gateway = replace(served.gateway, tracing=Tracing(traces))
    served.call(path="/feast/1.0.0/beers", token=served.world.token())
    [span] = [one for one in traces.spans if one.kind == "SERVER"]
    told = {name: value for name, value in span.attributes.items() if name.startswith("gatehouse.member.")}
    assert told == {
        "gatehouse.member.id": DRINKS_ID,
        "gatehouse.member.name": "Drinks",
        "gatehouse.member.version": "3.1",
    }
    assert (span.attributes["gatehouse.api.name"], span.attributes["http.route"]) == ("Feast", "/feast/1.0.0/beers")
