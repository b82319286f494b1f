"""GraphQL calls from end to end in memory: which operations they are for, what is refused, and what the backend gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.graphql import CoreSchemas
from gatehouse.dataplane.graphql.target import ROOT_FIELDS_MAX
from gatehouse.domain.publishing.deployed import ApiType, DeployedApi, DeployedOperation
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import menu_api
from tests.graphql_texts import SDL
from tests.worlds.graphql import GRAPH, PATH, code, deploy, described, get, graphql_api, post, send

if TYPE_CHECKING:
    from tests.worlds.gateway import Running


@pytest.fixture
def served(running: Running) -> Running:
    deploy(running, graphql_api())
    return running


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_200_the_call_goes_to_the_backend_byte_for_byte(served: Running, path: str) -> None:
    body = b'{ "variables": {"id": 7.0},\r\n  "query": "query Q($id: ID!) { dish(id: $id) { name } }" }'
    reply = send(served, body, path=path)
    assert (reply.status, reply.body) == (200, b'{"ok":true}')
    (request,) = served.world.backend.requests
    assert (request.method, request.url, request.body) == ("POST", "http://backend.example/graphql", body)
    assert request.headers["content-type"] == "application/json"


def test_200_a_query_as_a_body_of_its_own(served: Running) -> None:
    assert send(served, b"{ version }", media_type="application/graphql; charset=utf-8").status == 200


def test_200_a_query_in_the_parameters_of_a_get(served: Running) -> None:
    query = "query A($id: ID!) { dish(id: $id) { name } } query B { version }"
    assert get(served, query=query, operationName="A", variables='{"id":7}', trace="1").status == 200
    (request,) = served.world.backend.requests
    assert (request.method, request.url.partition("?")[0]) == ("GET", "http://backend.example/graphql")
    assert "operationName=A" in request.url
    assert "trace=1" in request.url


def test_200_the_record_names_every_root_field(served: Running) -> None:
    assert post(served, "{ version ...F } fragment F on Query { menu { name } }").status == 200
    assert served.lines[-1]["api_resource_template"] == "version,menu"


def test_404_for_a_root_field_that_the_api_does_not_have_as_for_a_path(served: Running) -> None:
    expected = served.call("POST", f"{PATH}/nothing", token=served.world.token())
    for query in (
        "{ wine }",
        "{ version wine }",
        "{ ...F } fragment F on Query { ... { wine } }",
        "{ order { name } }",
    ):
        reply = post(served, query)
        assert (reply.status, reply.body) == (404, expected.body)
    assert not served.world.backend.requests


def test_404_below_the_base_path(served: Running) -> None:
    assert send(served, b'{"query": "{ version }"}', path=f"{PATH}/graphql").status == 404


def test_405_for_another_method_and_for_a_mutation_by_get(served: Running) -> None:
    reply = served.call("DELETE", PATH, token=served.world.token())
    assert (reply.status, dict(reply.headers)["allow"]) == (405, "GET, POST")
    reply = get(served, query="mutation { order(dish: 1) { name } }")
    assert (reply.status, dict(reply.headers)["allow"]) == (405, "POST")


def test_a_preflight_is_answered(served: Running) -> None:
    reply = served.call("OPTIONS", PATH, headers={"origin": "https://shop.example"})
    assert (reply.status, dict(reply.headers)["access-control-allow-methods"]) == (200, "GET,POST")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("{ menu {", "line 1, column 9"),
        ("{ menu { taste } }", "type 'Dish' has no field 'taste' at line 1, column 10"),
        ("{ ...A } fragment A on Query { version ...A }", "fragment 'A' contains itself at line 1, column 40"),
        ("subscription { ordered { name } }", "subscriptions are not served over HTTP"),
        ("", "query is missing"),
        (None, "query is missing"),
        (["{ version }"], "query is missing"),
        ("query A { version } query B { version }", "operationName says of none"),
    ],
)
def test_422_a_query_that_cannot_be_understood_says_where(served: Running, query: object, told: str) -> None:
    assert told in described(post(served, query))
    assert not served.world.backend.requests


def test_422_more_root_fields_than_can_be_counted(running: Running) -> None:
    names = [f"f{number}" for number in range(ROOT_FIELDS_MAX + 1)]
    graph = CoreSchemas().read(f"type Query {{ {' '.join(f'{name}: Int' for name in names)} }}".encode())
    operations = tuple(DeployedOperation(verb="QUERY", target=name) for name in names)
    deploy(running, menu_api(type=ApiType.GRAPHQL, operations=operations), graph)
    assert post(running, f"{{ {' '.join(names[1:])} }}").status == 200
    assert f"more than {ROOT_FIELDS_MAX} root fields" in described(post(running, f"{{ {' '.join(names)} }}"))


def test_401_unless_every_field_is_open(running: Running) -> None:
    deploy(running, graphql_api(version={"authenticated": False}))
    assert post(running, "{ version }", token=None).status == 200
    assert code(post(running, "{ version menu { name } }", token=None)) == (401, "900902")
    assert code(post(running, "{ menu { name } version }", token=None)) == (401, "900902")


def test_401_for_introspection_unless_all_fields_of_the_api_are_open(running: Running) -> None:
    query = "{ __schema { types { name } } __typename }"
    deploy(running, graphql_api(version={"authenticated": False}, menu={"scopes": ("cook",)}))
    assert code(post(running, query, token=None)) == (401, "900902")
    assert code(post(running, "{ version __typename }", token=None)) == (200, "")
    assert post(running, query).status == 200
    deploy(running, graphql_api(**{name: {"authenticated": False} for _, name in GRAPH.root_fields()}))
    running.world.clock.advance(10)
    assert post(running, query, token=None).status == 200


def test_403_unless_the_token_has_a_scope_of_every_field(running: Running) -> None:
    deploy(running, graphql_api(menu={"scopes": ("cook", "waiter")}, dish={"scopes": ("taste",)}))
    query = "{ version menu { name } ...F } fragment F on Query { dish(id: 1) { name } }"
    for scope, status in (("", 403), ("cook", 403), ("taste", 403), ("taste waiter", 200), ("cook taste", 200)):
        reply = post(running, query, token=running.world.token(scope=scope))
        assert reply.status == status, scope
    refused = json.loads(post(running, query, token=running.world.token(scope="cook")).body)
    assert refused["code"] == "900910"
    assert "/menu/1.0.0 (query dish)" in refused["description"]


def test_429_when_the_limit_of_any_field_is_used_up_and_then_none_is_counted(running: Running) -> None:
    running.world.set_policy(PolicyKind.ADVANCED, Terms(name="Two", limits=(Rate(count=2, seconds=3600),)))
    running.world.set_policy(PolicyKind.ADVANCED, Terms(name="Three", limits=(Rate(count=3, seconds=3600),)))
    deploy(running, graphql_api(menu={"policy": "Two"}, version={"policy": "Three"}))
    both = "{ a: version b: version menu { name } }"
    assert [post(running, both).status for _ in range(3)] == [200, 200, 429]
    assert code(post(running, both)) == (429, "900802")
    assert [post(running, "{ version }").status for _ in range(2)] == [200, 429]
    assert post(running, "{ dish(id: 1) { name } }").status == 200


def test_the_cap_of_the_whole_api_stands_for_those_of_its_fields(running: Running) -> None:
    running.world.set_policy(PolicyKind.ADVANCED, Terms(name="Two", limits=(Rate(count=2, seconds=3600),)))
    api = graphql_api(menu={"policy": "Unlimited"})
    deploy(running, DeployedApi(**{name: getattr(api, name) for name in api.__slots__} | {"policy": "Two"}))
    assert [post(running, "{ version menu { name } }").status for _ in range(3)] == [200, 200, 429]


def plan(running: Running, *, depth: int = 0, complexity: int = 0) -> None:
    terms = Terms(name="Weighed", limits=(Rate(count=5000, seconds=60),), max_depth=depth, max_complexity=complexity)
    running.world.set_policy(PolicyKind.SUBSCRIPTION, terms)
    running.world.subscribe(policy="Weighed")


def test_400_a_query_deeper_than_the_plan_allows(served: Running) -> None:
    plan(served, depth=2)
    assert post(served, "{ menu { name } __schema { types { fields { name } } } }").status == 200
    reply = post(served, "{ menu { ...F } } fragment F on Dish { sides { name } }")
    assert json.loads(reply.body) == {
        "code": "900820",
        "message": "QUERY TOO DEEP",
        "description": "The query is 3 levels deep, and the plan of the subscription allows 2",
    }
    assert reply.status == 400
    assert served.lines[-1]["error_code"] == "900820"
    assert len(served.world.backend.requests) == 1


def test_400_a_query_more_complex_than_the_plan_allows(running: Running) -> None:
    deploy(running, graphql_api(), GRAPH.with_complexity({"Query": {"menu": 3}}))
    plan(running, complexity=8)
    query = "query Q($n: Int) { menu(first: $n) { name } }"
    assert [post(running, query, variables={"n": n}).status for n in (1, 2, 3)] == [200, 200, 400]
    reply = post(running, query, variables={"n": 3})
    assert json.loads(reply.body) == {
        "code": "900821",
        "message": "QUERY TOO COMPLEX",
        "description": "The complexity of the query is 12, and the plan of the subscription allows 8",
    }


def test_who_needs_no_subscription_is_held_to_the_plan_of_the_unauthenticated(running: Running) -> None:
    running.world.set_policy(
        PolicyKind.SUBSCRIPTION, Terms(name="Unauthenticated", limits=(Rate(count=9, seconds=60),), max_depth=1)
    )
    deploy(running, graphql_api(menu={"authenticated": False}, version={"authenticated": False}))
    assert post(running, "{ version }", token=None).status == 200
    assert code(post(running, "{ menu { name } }", token=None)) == (400, "900820")


def test_terms_read_back_as_they_were_written() -> None:
    assert Terms(name="Gold", limits=(Rate(count=5, seconds=60),)).to_body() == {
        "name": "Gold",
        "limits": [{"count": 5, "seconds": 60}],
    }
    old = {"name": "Gold", "quota": [5, 60], "burst": [2, 1], "stop": False}
    kept = Terms(name="Gold", limits=(Rate(count=5, seconds=60),), burst=Rate(count=2, seconds=1), stop=False)
    assert Terms.from_body(old) == kept
    weighed = Terms(name="Gold", max_depth=3, max_complexity=9)
    assert Terms.from_body(weighed.to_body()) == weighed


def test_a_new_field_is_served_right_after_its_deployment(served: Running) -> None:
    assert post(served, "{ menu { taste } }").status == 422
    graph = CoreSchemas().read(SDL.replace(b"price: Int", b"price: Int taste: String"))
    api = graphql_api()
    deploy(served, DeployedApi(**{name: getattr(api, name) for name in api.__slots__} | {"revision": 2}), graph)
    assert post(served, "{ menu { taste } }").status == 200


def test_a_warm_call_reads_nothing(served: Running) -> None:
    token = served.world.token()
    assert post(served, "{ version }", token=token).status == 200
    reads = served.world.artifacts.reads
    assert post(served, "{ menu { name } }", token=token).status == 200
    assert served.world.artifacts.reads == reads


def test_500_when_the_graph_is_not_there(running: Running) -> None:
    running.world.deploy(graphql_api())
    assert code(post(running, "{ version }")) == (500, "900911")
