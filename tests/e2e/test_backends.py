"""What happens between the gateway and backends, good and bad, through the front door."""

from __future__ import annotations

import gzip
import json
import time
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import House, unique
from tests.rogue import RESET, Seen, response
from tests.stores import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ANY_OPERATIONS = tuple({"verb": verb, "target": "/*", "authType": "None"} for verb in ("GET", "POST", "PUT", "HEAD"))


def served(house: House, *endpoints: str, kind: str = "http", **config: Any) -> str:
    """The base path of an open API on these endpoints."""
    listed = [{"url": endpoint} for endpoint in endpoints]
    given = listed if kind == "load_balance" else listed[:1][0] if listed else None
    whole = {"endpoint_type": kind, "production_endpoints": given, **config}
    return house.base_path(house.publish(*ANY_OPERATIONS, endpointConfig=whole))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (bytes(range(256)), "application/octet-stream"),
        ("<a><![CDATA[ä & <b>]]></a>".encode(), "text/xml; charset=utf-8"),
        (gzip.compress(b"squeezed"), "application/gzip"),
        (b"", "text/plain"),
    ],
)
def test_bodies_pass_byte_for_byte_both_ways(house: House, rogues: Any, content: bytes, kind: str) -> None:
    backend = rogues(lambda seen: response(seen.body, ("Content-Type", kind)))
    base = served(house, backend.url)
    answer = house.gateway(f"{base}/x", method="POST", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.content) == (200, content)
    assert backend.seen[0].body == content
    assert answer.headers["content-type"] == kind


def test_an_answer_in_another_charset_comes_back_byte_for_byte(house: House, rogues: Any) -> None:
    content, kind = "ä".encode("iso-8859-1"), "text/plain; charset=iso-8859-1"
    answer = house.gateway(f"{served(house, rogues(lambda _: response(content, ('Content-Type', kind))).url)}/x")
    assert (answer.content, answer.headers["content-type"]) == (content, kind)


def test_cookies_survive_both_ways_and_hop_by_hop_headers_do_not(house: House, rogues: Any) -> None:
    cookies = (("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"))
    backend = rogues(lambda _: response(b"ok", *cookies, ("Keep-Alive", "timeout=5"), ("X-Kept", "yes")))
    base = served(house, backend.url)
    headers = {"Cookie": "c=3; d=4", "TE": "trailers", "Connection": "X-Private", "X-Private": "1", "X-Public": "2"}
    answer = house.gateway(f"{base}/x", headers=headers)
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2"]
    assert "keep-alive" not in answer.headers
    assert answer.headers["x-kept"] == "yes"
    (seen,) = backend.seen
    assert seen.header("cookie") == "c=3; d=4"
    assert seen.header("x-public") == "2"
    assert "te" not in dict(seen.headers)


def test_the_query_is_untouched_and_a_head_has_no_body(house: House, rogues: Any) -> None:
    backend = rogues(lambda _: response(b"", ("X-Total", "7")))
    base = served(house, backend.url)
    answer = house.gateway(f"{base}/a/b?x=1&x=%2F&y=a+b", method="HEAD")
    assert (answer.status_code, answer.headers["x-total"], answer.content) == (200, "7", b"")
    assert backend.seen[0].path == "/a/b?x=1&x=%2F&y=a+b"


def test_a_redirect_is_the_client_s_business(house: House, rogues: Any) -> None:
    backend = rogues(lambda _: response(b"", ("Location", "/elsewhere"), status="302 Found"))
    answer = house.gateway(f"{served(house, backend.url)}/x")
    assert (answer.status_code, answer.headers["location"]) == (302, "/elsewhere")
    assert len(backend.seen) == 1


def endless(_: Seen) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b"x" * 65_536


def endless_headers(_: Seen) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in count():
        yield b"X-%d: more\r\n" % number


BROKEN: dict[str, tuple[Callable[[Seen], bytes | Iterator[bytes]], int, str]] = {
    "garbage": (lambda _: b"this is not HTTP\r\n\r\n", 502, "101506"),
    "a broken chunk": (lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n", 502, "101506"),
    "a reset": (lambda _: iter([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", RESET]), 503, "101501"),
    "a body without end": (endless, 502, "101510"),
    "headers without end": (endless_headers, 502, "101510"),
    "nothing": (lambda _: b"", 503, "101505"),
    "less than promised": (lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", 503, "101505"),
    "more than the platform passes on": (lambda _: response(b"x" * 7_000_000), 502, "101510"),
    "more than its escapes leave room for": (lambda _: response(b"\0" * 5_000_000), 502, "101510"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_named(house: House, rogues: Any, name: str) -> None:
    answering, status, code = BROKEN[name]
    answer = house.gateway(f"{served(house, rogues(answering).url)}/x", method="POST", content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_a_refused_connection_is_named(house: House) -> None:
    answer = house.gateway(f"{served(house, f'http://127.0.0.1:{free_port()}')}/x")
    assert (answer.status_code, answer.json()["code"]) == (503, "101503")


def test_a_slow_backend_is_waited_for_as_long_as_its_endpoint_says(house: House, rogues: Any) -> None:
    def slow(_: Seen) -> bytes:
        time.sleep(3)
        return response(b"late")

    config = {"url": rogues(slow).url, "config": {"actionSelect": "fault", "actionDuration": "500"}}
    whole = {"endpoint_type": "http", "production_endpoints": config}
    base = house.base_path(house.publish(*ANY_OPERATIONS, endpointConfig=whole))
    started = time.monotonic()
    answer = house.gateway(f"{base}/x", method="POST", content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (504, "101504")
    assert time.monotonic() - started < 2.5


def test_failover_reaches_the_endpoint_that_works(house: House, rogues: Any) -> None:
    backend = rogues(lambda _: response(b"second"))
    dead = f"http://127.0.0.1:{free_port()}"
    base = served(house, dead, kind="failover", production_failovers=[{"url": backend.url}])
    answers = [house.gateway(f"{base}/x", method="POST", content=b"{}") for _ in range(3)]
    assert [answer.text for answer in answers] == ["second"] * 3


def test_load_is_balanced_and_a_cookie_sticks(house: House, rogues: Any) -> None:
    one, two = rogues(lambda _: response(b"one")), rogues(lambda _: response(b"two"))
    base = served(house, one.url, two.url, kind="load_balance", sessionManagement="http")
    answers = [house.gateway(f"{base}/x") for _ in range(8)]
    assert {answer.text for answer in answers} == {"one", "two"}
    cookie = answers[0].headers["set-cookie"].partition(";")[0]
    again = {house.gateway(f"{base}/x", headers={"Cookie": cookie}).text for _ in range(4)}
    assert again == {answers[0].text}


def test_load_follows_the_weights_of_the_members(house: House, rogues: Any) -> None:
    heavy, light = rogues(lambda _: response(b"heavy")), rogues(lambda _: response(b"light"))
    members = [{"url": heavy.url, "config": {}, "weight": 9}, {"url": light.url, "weight": 1}]
    algorithm = "org.apache.synapse.endpoints.algorithms.WeightedRoundRobin"
    config = {"endpoint_type": "load_balance", "production_endpoints": members, "algoClassName": algorithm}
    base = house.base_path(house.publish(*ANY_OPERATIONS, endpointConfig=config))
    answers = [house.gateway(f"{base}/x").text for _ in range(30)]
    assert {"heavy", "light"} == set(answers)
    assert answers.count("heavy") > 2 * answers.count("light")


def test_a_header_keeps_a_client_at_its_member(house: House, rogues: Any) -> None:
    one, two = rogues(lambda _: response(b"one")), rogues(lambda _: response(b"two"))
    base = served(house, one.url, two.url, kind="load_balance", sessionManagement="header:X-Client")
    found = {
        client: {house.gateway(f"{base}/x", headers={"X-Client": client}).text for _ in range(4)}
        for client in "abcdefgh"
    }
    assert all(len(members) == 1 for members in found.values())
    assert set().union(*found.values()) == {"one", "two"}


def test_a_member_that_fails_is_left_alone(house: House, rogues: Any) -> None:
    broken, good = rogues(lambda _: [RESET]), rogues(lambda _: response(b"good"))
    members = [{"url": broken.url, "config": {"suspendDuration": "60000"}}, {"url": good.url}]
    base = served(house, kind="failover", production_endpoints=members[0], production_failovers=members[1:])
    answers = [house.gateway(f"{base}/x").text for _ in range(12)]
    assert answers == ["good"] * 12
    # Each environment finds it out for itself; calls one after another are served by few of them.
    assert len(broken.seen) < len(answers) / 2


def test_a_soap_address_is_called_as_it_stands(house: House, rogues: Any) -> None:
    envelope = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>'
    backend = rogues(lambda seen: response(seen.body, ("Content-Type", "text/xml")))
    base = served(house, f"{backend.url}/services/menu", kind="address")
    headers = {"Content-Type": "text/xml", "SOAPAction": '"urn:order"'}
    answer = house.gateway(f"{base}/whatever", method="POST", content=envelope, headers=headers)
    assert (answer.status_code, answer.content) == (200, envelope)
    [seen] = backend.seen
    assert (seen.path, seen.header("soapaction"), seen.body) == ("/services/menu", '"urn:order"', envelope)


def test_a_dynamic_endpoint_is_where_a_policy_says(house: House, rogues: Any) -> None:
    backend = rogues(lambda _: response(b"there"))
    policy = {"policyName": "setEndpoint", "parameters": {"endpointUrl": f"{backend.url}/of/${{header.region}}"}}
    operation = {**ANY_OPERATIONS[0], "operationPolicies": {"request": [policy], "response": [], "fault": []}}
    base = house.base_path(house.publish(operation, endpointConfig={"endpoint_type": "default"}))
    assert house.gateway(f"{base}/x?a=1", headers={"Region": "eu"}).text == "there"
    assert backend.seen[0].path == "/of/eu?a=1"


def test_basic_and_key_security_reach_the_backend_and_the_caller_s_credentials_do_not(
    house: House, rogues: Any
) -> None:
    backend = rogues(lambda _: response(b"ok"))
    for security, name, wanted in (
        ({"type": "BASIC", "username": "u", "password": "p"}, "authorization", "Basic dTpw"),
        ({"type": "apikey", "apiKeyIdentifier": "X-Key", "apiKeyValue": "k"}, "x-key", "k"),
    ):
        guarded = {"production": {"enabled": True, **security}}
        base = served(house, backend.url, endpoint_security=guarded)
        house.gateway(f"{base}/x", "a.callers.token")
        assert backend.seen[-1].header(name) == wanted
        assert "a.callers.token" not in backend.seen[-1].head


def test_413_for_a_body_that_no_function_can_take(house: House, rogues: Any) -> None:
    base = served(house, rogues(lambda _: response()).url)
    answer = house.gateway(f"{base}/x", method="POST", content=b"x" * 4_600_000)
    assert answer.status_code == 413
    assert "bytes" in answer.json()["description"]


def test_a_mocked_api_answers_from_its_definition(house: House) -> None:
    example = {"application/json": {"example": [{"name": "margherita"}]}}
    definition = {
        "openapi": "3.0.3",
        "info": {"title": "Mock", "version": "1.0.0"},
        "paths": {"/menu": {"get": {"x-auth-type": "None", "responses": {"200": {"description": "OK", "content": example}}}}},
    }  # fmt: skip
    name = unique("Mock")
    properties = {"name": name, "version": "1.0.0", "context": f"/{name}", "policies": ["Unlimited"]}
    form = {
        "file": ("d.json", json.dumps(definition).encode(), "application/json"),
        "additionalProperties": (None, json.dumps({**properties, "endpointImplementationType": "MOCKED_OAS"})),
    }
    api = house.made("POST", "/api/am/publisher/v4/apis/import-openapi", files=form)
    house.deploy(api["id"])
    answer = house.gateway(f"/{name}/1.0.0/menu")
    assert (answer.status_code, answer.json()) == (200, [{"name": "margherita"}])
    assert answer.headers["content-type"].startswith("application/json")
