"""A GraphQL API from its schema to its backend: who may ask for which fields, how much, and what arrives."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from graphql import build_schema, graphql_sync

from tests.house import ADMINISTRATION, PUBLISHER, House, tier, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

SCHEMA = """
type Query { menu(first: Int): [Dish!]! version: String }
type Mutation { order(dish: ID!): Dish }
type Dish { name: String! price: Int sides: [Dish] }
"""


class Served:
    """A GraphQL API with a customer on a plan for shallow queries; `ask` sends a query."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.scope = unique("order")
        plan = tier(unique("Shallow"), 1000, graphQLMaxDepth=2, graphQLMaxComplexity=20)
        self.plan = str(
            house.made("POST", f"{ADMINISTRATION}/throttling/policies/subscription", json=plan)["policyName"]
        )
        self.api_id = self._imported()
        house.deploy(self.api_id)
        house.change_state(self.api_id, "Publish")
        self.base = house.base_path(self.api_id)
        self.application_id = house.application()
        house.subscribe(self.application_id, self.api_id, self.plan)
        self.keys = house.keys(self.application_id)
        self.token = house.token(self.keys)

    def _imported(self) -> str:
        name, endpoint = unique("Graph"), {"url": f"{self.house.ports.backend_url}/echo"}
        http = {"endpoint_type": "http", "production_endpoints": endpoint, "sandbox_endpoints": endpoint}
        properties = {
            "name": name,
            "version": "1.0.0",
            "context": f"/{name}",
            "policies": ["Unlimited", self.plan],
            "endpointConfig": {"endpoint_type": "graphql", "http": http},
            "scopes": [{"scope": {"name": self.scope, "displayName": "Order", "bindings": []}, "shared": False}],
            "operations": [
                {"verb": "QUERY", "target": "version", "authType": "None"},
                {"verb": "MUTATION", "target": "order", "scopes": [self.scope]},
            ],
        }
        form = {"type": "GRAPHQL", "additionalProperties": json.dumps(properties)}
        file = {"file": ("menu.graphql", SCHEMA)}
        api = self.house.made("POST", f"{PUBLISHER}/apis/import-graphql-schema", data=form, files=file)
        return str(api["id"])

    def ask(self, query: str, token: str | None, **more: Any) -> httpx.Response:
        return self.house.gateway(self.base, token, method="POST", json={"query": query, **more})


@pytest.fixture(scope="module")
def served(house: House) -> Served:
    return Served(house)


class Introspected(BaseHTTPRequestHandler):
    """A GraphQL server, which executes what it is asked."""

    schema = build_schema(SCHEMA)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(graphql_sync(self.schema, asked["query"], {"version": "7"}).formatted).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def backend() -> Iterator[str]:
    """The address of a GraphQL server on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Introspected)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/graphql"
    server.shutdown()
    server.server_close()


def test_an_api_is_made_of_what_its_backend_tells_and_is_answered_by_it(house: House, backend: str) -> None:
    told = house.made(
        "POST",
        f"{PUBLISHER}/apis/validate-graphql-schema",
        params={"useIntrospection": "true"},
        files={"url": (None, backend)},
    )
    fields = [f"{one['verb']} {one['target']}" for one in told["graphQLInfo"]["operations"]]
    assert (told["isValid"], fields) == (True, ["QUERY menu", "QUERY version", "MUTATION order"])
    name = unique("Told")
    http = {"endpoint_type": "http", "production_endpoints": {"url": backend}, "sandbox_endpoints": {"url": backend}}
    properties = {
        "name": name,
        "version": "1.0.0",
        "context": f"/{name}",
        "policies": ["Unlimited"],
        "endpointConfig": {"endpoint_type": "graphql", "http": http},
        "operations": [{"verb": "QUERY", "target": "version", "authType": "None"}],
    }
    form = {"type": "GRAPHQL", "url": backend, "additionalProperties": json.dumps(properties)}
    api = house.made(
        "POST",
        f"{PUBLISHER}/apis/import-graphql-schema",
        params={"useIntrospection": "true"},
        files={part: (None, content) for part, content in form.items()},
    )
    house.deploy(api["id"])
    house.change_state(api["id"], "Publish")
    answer = house.gateway(house.base_path(api["id"]), method="POST", json={"query": "{ version }"})
    assert (answer.status_code, answer.json()) == (200, {"data": {"version": "7"}})


def outcome(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json().get("code", "")) if not answer.is_success else ""


def test_the_backend_gets_the_query_as_it_was_sent(served: Served) -> None:
    body = '{ "query": "query Q($n: Int) { menu(first: $n) { name } }",\r\n "variables": {"n": 2} }'
    headers = {"content-type": "application/json"}
    answer = served.house.gateway(served.base, served.token, method="POST", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/echo", body)
    assert "authorization" not in seen["headers"]


def test_a_query_may_stand_in_the_parameters_of_a_get(served: Served) -> None:
    answer = served.house.gateway(served.base, served.token, params={"query": "{ menu { name } }"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["path"].startswith("/echo?query=")


def test_fields_are_protected_one_by_one(served: Served) -> None:
    assert outcome(served.ask("{ version }", None)) == (200, "")
    assert outcome(served.ask("{ version menu { name } }", None)) == (401, "900902")
    assert outcome(served.ask("mutation { order(dish: 1) { name } }", served.token)) == (403, "900910")
    token = served.house.token(served.keys, served.scope)
    assert outcome(served.ask("mutation { order(dish: 1) { name } }", token)) == (200, "")


def test_404_for_a_root_field_that_is_not_there_and_422_for_what_is_no_query(served: Served) -> None:
    assert outcome(served.ask("{ wine }", served.token)) == (404, "404")
    answer = served.ask("{ menu { taste } }", served.token)
    assert outcome(answer) == (422, "900422")
    assert "line 1, column 10" in answer.json()["description"]


def test_400_for_a_query_that_the_plan_does_not_allow(served: Served) -> None:
    assert outcome(served.ask("{ menu { sides { name } } }", served.token)) == (400, "900820")
    assert outcome(served.ask("{ menu(first: 100) { name } }", served.token)) == (400, "900821")


def test_the_schema_can_be_asked_for(served: Served) -> None:
    assert outcome(served.ask("{ __schema { types { name fields { name } } } }", served.token)) == (200, "")
    assert outcome(served.ask("{ __schema { types { name } } }", None)) == (401, "900902")


def test_another_schema_is_served_with_its_costs_once_it_is_deployed(served: Served) -> None:
    house, path = served.house, f"{PUBLISHER}/apis/{served.api_id}"
    schema = SCHEMA.replace("version: String", "version: String wine: [Dish]")
    house.made("PUT", f"{path}/graphql-schema", files={"schemaDefinition": (None, schema)})
    cost = {"type": "Query", "field": "wine", "complexityValue": 30}
    house.made("PUT", f"{path}/graphql-policies/complexity", json={"list": [cost]})
    assert outcome(served.ask("{ wine { name } }", served.token)) == (404, "404")
    house.deploy(served.api_id)
    assert outcome(served.ask("{ wine { name } }", served.token)) == (400, "900821")
    assert outcome(served.ask("{ menu { name } }", served.token)) == (200, "")
