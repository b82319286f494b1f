"""Where calls go: rotation, weights, sticky sessions, failover, retries, suspension; functions and mocks."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from gatehouse.dataplane.endpoints import STICKY_COOKIE
from gatehouse.domain.artifact import Artifact, mock_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import DeployedOperation, Endpoint, EndpointGroup, EndpointKind
from gatehouse.ports.backends import (
    BackendClosed,
    BackendConnectTimeout,
    BackendReply,
    BackendTimeout,
    BackendUnreachable,
)
from tests.calls import API_ID, menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from gatehouse.domain.publishing.deployed import DeployedApi
    from tests.worlds.gateway import Running

A, B, C = "http://a.example", "http://b.example", "http://c.example"


def balanced(*urls: str, **changes: Any) -> EndpointGroup:
    members = tuple(Endpoint(url=url, suspend_seconds=30.0) for url in urls)
    return EndpointGroup(**{"kind": EndpointKind.LOAD_BALANCE, "members": members, **changes})


def serve(running: Running, group: EndpointGroup, *, method: str = "GET", **changes: Any) -> DeployedApi:
    operation = DeployedOperation(verb=method, target="/items/{id}")
    api = menu_api(production=group, operations=(operation,), **changes)
    running.world.deploy(api)
    return api


def call(running: Running, method: str = "GET", path: str = "/menu/1.0.0/items/7", **parts: Any) -> Reply:
    return running.call(method, path, token=running.world.token(), **parts)


def asked(running: Running) -> list[str]:
    """The host of each request that was sent."""
    hosts = [f"http://{urlsplit(request.url).hostname}" for request in running.world.backend.requests]
    running.world.backend.requests.clear()
    return hosts


def test_calls_go_round_all_members(running: Running) -> None:
    serve(running, balanced(A, B, C))
    for _ in range(6):
        assert call(running).status == 200
    assert asked(running) == [A, B, C, A, B, C]


def test_a_member_gets_the_share_that_it_weighs(running: Running) -> None:
    members = (Endpoint(url=A, weight=3), Endpoint(url=B))
    serve(running, balanced(members=members, weighted=True))
    for _ in range(8):
        call(running)
    assert Counter(asked(running)) == {A: 6, B: 2}


def test_a_cookie_brings_a_client_back_to_its_member(running: Running) -> None:
    serve(running, balanced(A, B, C, sticky="cookie", sticky_seconds=60))
    call(running)
    (first,) = asked(running)
    given = dict(call(running).headers)["set-cookie"]
    (second,) = asked(running)
    assert first != second
    assert "Max-Age=60" in given
    for _ in range(4):
        call(running, headers={"Cookie": f"a=b; {given.partition(';')[0]}"})
    assert asked(running) == [second] * 4
    assert STICKY_COOKIE in given
    assert "example" not in given, "a client learns nothing of the backend"


def test_a_header_brings_a_client_back_in_every_environment(running: Running) -> None:
    serve(running, balanced(A, B, C, sticky="x-session"))
    hosts = set()
    for _ in range(3):
        running.gateway = running.environment()
        call(running, headers={"X-Session": "mary"})
        hosts |= set(asked(running))
    assert len(hosts) == 1


def test_what_cannot_have_arrived_is_sent_to_the_next_member(running: Running) -> None:
    serve(running, balanced(A, B, fails_over=True), method="POST")
    running.world.backend.failures = {A: BackendUnreachable()}
    assert call(running, "POST").status == 200
    assert asked(running) == [A, B]


def test_what_may_have_arrived_is_repeated_only_if_that_changes_nothing(running: Running) -> None:
    running.world.backend.failures = {A: BackendClosed(), B: BackendClosed()}
    serve(running, balanced(A, B, fails_over=True), method="POST")
    assert call(running, "POST").status == 503
    assert asked(running) == [A]
    running.gateway = running.environment()
    serve(running, balanced(A, B, fails_over=True))
    assert call(running).status == 503
    assert asked(running) == [A, B]


def test_a_failover_group_keeps_its_order_and_leaves_a_failed_member_alone(running: Running) -> None:
    serve(running, balanced(A, B, kind=EndpointKind.FAILOVER, fails_over=True))
    running.world.backend.failures = {A: BackendConnectTimeout()}
    assert [call(running).status, call(running).status] == [200, 200]
    assert asked(running) == [A, B, B]
    running.world.backend.failures = {}
    running.world.clock.advance(31)
    call(running)
    assert asked(running) == [A]


def test_each_failure_suspends_a_member_for_longer_up_to_a_maximum(running: Running) -> None:
    member = Endpoint(url=A, suspend_seconds=10.0, suspend_factor=2.0, suspend_max_seconds=30.0)
    serve(running, EndpointGroup(members=(member,)))
    running.world.backend.failures = {A: BackendUnreachable()}
    for pause in (10, 20, 30, 30):
        assert call(running).status == 503
        assert asked(running) == [A]
        running.world.clock.advance(pause - 1)
        refused = call(running)
        assert (refused.status, json.loads(refused.body)["code"]) == (503, "101503")
        assert asked(running) == []
        running.world.clock.advance(1.1)


def test_only_the_configured_failures_suspend(running: Running) -> None:
    member = Endpoint(url=A, suspend_seconds=10.0, suspend_codes=("101504",))
    serve(running, EndpointGroup(members=(member,)))
    running.world.backend.failures = {A: BackendUnreachable()}
    call(running)
    running.world.backend.failures = {}
    assert call(running).status == 200


def test_a_single_endpoint_is_tried_as_often_as_configured(running: Running) -> None:
    member = Endpoint(url=A, retries=2, retry_delay_seconds=0.5)
    serve(running, EndpointGroup(members=(member,)))
    running.world.backend.failures = {A: BackendUnreachable()}
    started = running.world.clock.now()
    assert call(running).status == 503
    assert asked(running) == [A, A, A]
    assert running.world.clock.now() - started == pytest.approx(1.0)


def test_time_outs_of_an_endpoint_go_before_those_of_the_stage(running: Running) -> None:
    serve(running, EndpointGroup(members=(Endpoint(url=A, read_seconds=2.0, connect_seconds=1.0),)))
    call(running)
    (request,) = running.world.backend.requests
    assert (request.connect_seconds, request.read_seconds) == (1.0, 2.0)


def test_no_endpoint_is_waited_for_longer_than_the_call_may_take(running: Running) -> None:
    serve(running, EndpointGroup(members=(Endpoint(url=A, read_seconds=300.0),)))
    call(running)
    (request,) = running.world.backend.requests
    assert request.read_seconds == pytest.approx(28.0)


def test_a_call_that_has_used_up_its_time_is_not_sent_again(running: Running) -> None:
    serve(running, balanced(A, B, fails_over=True))
    running.world.backend.failures = {A: BackendTimeout()}
    stale = running.world.call("GET", "/menu/1.0.0/items/7", token=running.world.token())
    running.world.clock.advance(27.9)
    running.world.backend.seconds = 1
    assert running.gateway.handle(stale).status == 504
    assert asked(running) == [A]


def test_variables_of_the_path_may_stand_in_an_address(running: Running) -> None:
    serve(running, EndpointGroup(members=(Endpoint(url="http://a.example/{uri.var.id}?v=1"),)))
    call(running, path="/menu/1.0.0/items/a b", query="size=2")
    (request,) = running.world.backend.requests
    assert request.url == "http://a.example/a%20b/items/a%20b?v=1&size=2"


def test_a_soap_endpoint_is_called_at_its_very_address(running: Running) -> None:
    serve(running, EndpointGroup(kind=EndpointKind.ADDRESS, members=(Endpoint(url="http://a.example/service"),)))
    call(running)
    (request,) = running.world.backend.requests
    assert request.url == "http://a.example/service"


def test_a_dynamic_endpoint_without_an_address_says_so(running: Running) -> None:
    serve(running, EndpointGroup(kind=EndpointKind.DYNAMIC))
    reply = call(running)
    assert (reply.status, json.loads(reply.body)["code"]) == (500, "101503")
    assert "dynamic" in json.loads(reply.body)["description"]


class TestFunctions:
    ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders"

    def serve(self, running: Running) -> None:
        operation = DeployedOperation(verb="POST", target="/items/{id}", function=self.ARN, function_seconds=5.0)
        running.world.deploy(menu_api(production=EndpointGroup(kind=EndpointKind.LAMBDA), operations=(operation,)))

    def test_a_function_is_told_what_was_asked(self, running: Running) -> None:
        self.serve(running)
        running.world.backend.reply = BackendReply(status=201, headers=(), body=b"{}")
        assert call(running, "POST", body=b'{"a": 1}', query="size=2").status == 201
        (invocation,) = running.world.backend.invocations
        event = json.loads(invocation.payload)
        assert (invocation.function, invocation.seconds) == (self.ARN, 5.0)
        assert event["pathParameters"] == {"id": "7"}
        assert event["queryStringParameters"] == {"size": "2"}
        assert (event["httpMethod"], event["body"], event["isBase64Encoded"]) == ("POST", '{"a": 1}', False)
        assert "authorization" not in event["headers"]

    def test_binary_bodies_reach_it_in_base64(self, running: Running) -> None:
        self.serve(running)
        call(running, "POST", body=b"\xff\x00")
        event = json.loads(running.world.backend.invocations[0].payload)
        assert base64.b64decode(event["body"]) == b"\xff\x00"
        assert event["isBase64Encoded"]

    def test_504_when_it_takes_too_long(self, running: Running) -> None:
        self.serve(running)
        running.world.backend.failure = BackendTimeout()
        assert call(running, "POST").status == 504


class TestMocks:
    def test_the_mocked_answer_is_given_and_no_backend_asked(self, running: Running) -> None:
        serve(running, EndpointGroup(kind=EndpointKind.MOCK))
        mock = {"status": 203, "headers": {"content-type": "application/json"}, "body": '{"mocked": true}'}
        running.world.artifacts.publish([Artifact(mock_key(SUPER_TENANT, API_ID, 1, "GET /items/{id}"), mock)])
        reply = call(running)
        assert (reply.status, reply.body) == (203, b'{"mocked": true}')
        assert ("content-type", "application/json") in reply.headers
        assert asked(running) == []

    def test_501_where_the_definition_has_no_example(self, running: Running) -> None:
        serve(running, EndpointGroup(kind=EndpointKind.MOCK))
        assert call(running).status == 501
