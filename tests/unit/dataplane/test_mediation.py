"""Policies, schemas and faults on the way through the gateway: their order, what they end, and what is recorded of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from gatehouse.dataplane.mediate import HOP_BY_HOP
from gatehouse.domain.artifact import Artifact, schema_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import (
    NO_MEDIATION,
    Access,
    AttachedPolicy,
    Condition,
    DeployedOperation,
    Mediation,
)
from gatehouse.mediation import registry
from gatehouse.mediation.schema import compile_schemas
from gatehouse.ports.backends import BackendReply, BackendUnreachable
from tests.calls import API_ID, PRIVATE_KEY, menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

DEFINITION = {
    "openapi": "3.0.3",
    "info": {"title": "Menu", "version": "1"},
    "paths": {
        "/orders": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": "object", "required": ["item"]}}},
                },
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {"application/json": {"schema": {"type": "object", "required": ["id"]}}},
                    }
                },
            }
        }
    },
}
JSON = {"Content-Type": "application/json"}


def policy(name: str, **parameters: Any) -> AttachedPolicy:
    known = registry.specification(name, "v1")
    assert known is not None
    return AttachedPolicy(name=name, parameters=known.checked(parameters, "p"))


def header(name: str, value: str) -> AttachedPolicy:
    return policy("addHeader", headerName=name, headerValue=value)


def serve(
    running: Running, *, of_api: Mediation = NO_MEDIATION, of_operation: Mediation = NO_MEDIATION, **more: Any
) -> None:
    operation = DeployedOperation(verb="POST", target="/orders", authenticated=False, mediation=of_operation)
    running.world.deploy(menu_api(mediation=of_api, operations=(operation,), **more))


def call(running: Running, body: bytes = b"{}", **parts: Any) -> Reply:
    return running.call("POST", "/menu/1.0.0/orders", body=body, **parts)


def test_the_api_s_policies_come_first_on_the_way_in_and_last_on_the_way_out(running: Running) -> None:
    outer = Mediation(request=(header("X-In", "api"),), response=(header("X-Out", "api"),))
    inner = Mediation(request=(header("X-In", "operation"),), response=(header("X-Out", "operation"),))
    serve(running, of_api=outer, of_operation=inner)
    reply = call(running)
    assert running.world.backend.requests[0].headers["x-in"] == "api, operation"
    assert [value for name, value in reply.headers if name == "x-out"] == ["operation", "api"]


def test_a_policy_that_stops_a_request_answers_and_no_backend_is_asked(running: Running) -> None:
    serve(running, of_api=Mediation(request=(policy("regexPolicy", regex="drop table"),)))
    reply = call(running, b"drop table x")
    assert reply.status == 400
    assert running.world.backend.requests == []
    assert running.lines[-1]["stopped_by"] == "regexPolicy"


def test_a_policy_that_fails_is_named_and_nothing_of_it_gets_out(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("gatehouse.dataplane.mediate.function", lambda _: broken)
    serve(running, of_api=Mediation(request=(header("A", "1"),)))
    reply = call(running)
    assert (reply.status, json.loads(reply.body)["code"]) == (500, "601000")
    assert running.lines[-1]["policy_error"] == "addHeader: ZeroDivisionError"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition(value="${header.x-role}", equals="cook"), "yes"),
        (Condition(value="${header.x-role}", equals="cook", negated=True), ""),
        (Condition(value="${header.x-role}", matches="co"), ""),
        (Condition(value="${header.x-role}", matches="co+k"), "yes"),
        (Condition(value="${header.x-none}"), "yes"),
        (Condition(value="${json.dish}", equals="Pizza"), "yes"),
    ],
)
def test_a_policy_passes_over_what_its_conditions_do_not_hold_of(
    running: Running, condition: Condition, expected: str
) -> None:
    serve(running, of_api=Mediation(request=(replace(header("X-For", "yes"), conditions=(condition,)),)))
    call(running, b'{"dish": "Pizza"}', headers={"X-Role": "cook"})
    assert running.world.backend.requests[0].headers.get("x-for", "") == expected


def test_errors_behind_the_throttle_pass_the_fault_policies(running: Running) -> None:
    fault = Mediation(fault=(policy("setHeader", headerName="X-Fault", headerValue="yes"),))
    serve(running, of_api=fault)
    running.world.backend.failure = BackendUnreachable()
    reply = call(running)
    assert (reply.status, dict(reply.headers)["x-fault"]) == (503, "yes")
    assert running.lines[-1]["error_code"] == "101503"


def test_errors_before_it_do_not(running: Running) -> None:
    operation = DeployedOperation(verb="POST", target="/orders")
    fault = Mediation(fault=(policy("setHeader", headerName="X-Fault", headerValue="yes"),))
    running.world.deploy(menu_api(mediation=fault, operations=(operation,)))
    reply = call(running)
    assert reply.status == 401
    assert "x-fault" not in dict(reply.headers)


class TestSchemas:
    def serve(self, running: Running) -> None:
        serve(running, validated=True)
        body = compile_schemas(DEFINITION, "POST", "/orders")
        assert body is not None
        running.world.artifacts.publish([Artifact(schema_key(SUPER_TENANT, API_ID, 1, "POST /orders"), body)])
        running.world.backend.reply = BackendReply(
            status=200, headers=(("Content-Type", "application/json"),), body=b'{"id": 1}'
        )

    def test_what_follows_the_definition_passes(self, running: Running) -> None:
        self.serve(running)
        assert call(running, b'{"item": 1}', headers={**JSON, "Accept-Encoding": "gzip"}).status == 200
        assert "accept-encoding" not in running.world.backend.requests[0].headers

    @pytest.mark.parametrize("body", [b"{}", b"[]", b"no JSON", b""])
    def test_400_for_a_request_that_does_not(self, running: Running, body: bytes) -> None:
        self.serve(running)
        assert call(running, body, headers=JSON).status == 400
        assert running.world.backend.requests == []

    def test_500_for_an_answer_that_does_not(self, running: Running) -> None:
        self.serve(running)
        running.world.backend.reply = BackendReply(
            status=200, headers=(("content-type", "application/json"),), body=b"{}"
        )
        reply = call(running, b'{"item": 1}', headers=JSON)
        assert (reply.status, json.loads(reply.body)["code"]) == (500, "601000")

    def test_an_operation_without_schemas_is_not_held_to_any(self, running: Running) -> None:
        serve(running, validated=True)
        assert call(running, b"anything").status == 200


def test_the_backend_learns_who_calls_through_which_application(running: Running) -> None:
    operation = DeployedOperation(verb="POST", target="/orders", mediation=Mediation(request=(policy("backEndJWT"),)))
    running.world.deploy(menu_api(operations=(operation,)))
    call(running, token=running.world.token(email="m@example.com"))
    assertion = running.world.backend.requests[0].headers["x-jwt-assertion"]
    claims = jwt.decode(assertion, PRIVATE_KEY.public_key(), algorithms=["RS256"], options={"verify_exp": False})
    assert claims["http://wso2.org/claims/applicationname"] == "Kiosk"
    assert claims["email"] == "m@example.com"


@pytest.mark.parametrize("name", sorted(HOP_BY_HOP - {"connection"}))
def test_hop_by_hop_headers_end_here_both_ways(running: Running, name: str) -> None:
    serve(running)
    running.world.backend.reply = BackendReply(status=200, headers=((name.title(), "x"), ("X-Kept", "1")), body=b"")
    reply = call(running, headers={name: "x"})
    assert name not in running.world.backend.requests[0].headers
    assert {header.lower() for header, _ in reply.headers} & {name} == set()


@pytest.mark.parametrize(("sent_on", "expected"), [(False, None), (True, "Bearer theirs")])
def test_the_caller_s_authorization_goes_on_only_where_the_api_says_so(
    running: Running, *, sent_on: bool, expected: str | None
) -> None:
    serve(running, access=Access(outbound_authorization=sent_on))
    call(running, headers={"Authorization": "Bearer theirs"})
    assert running.world.backend.requests[0].headers.get("authorization") == expected


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("apikey=secret", ""),
        ("a=1&apikey=secret&b=2", "?a=1&b=2"),
        ("a=apikey", "?a=apikey"),
        ("xapikey=1", "?xapikey=1"),
    ],
)
def test_an_api_key_in_the_query_goes_no_further(running: Running, query: str, left: str) -> None:
    serve(running, access=Access(api_key=True))
    call(running, query=query)
    assert running.world.backend.requests[0].url == f"http://backend.example:9000/v1/orders{left}"
