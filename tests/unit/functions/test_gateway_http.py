"""HTTP in and out of the gateway: events of payload 2.0, and anything that may stand in one."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.gateway.http import call_of, response_of
from gatehouse.dataplane.call import Reply
from tests.events import http_event

if TYPE_CHECKING:
    from typing import Any

TEXT = st.text(max_size=40)


def test_an_event_becomes_a_call() -> None:
    event = http_event("POST", "/menu/1.0.0/orders", headers={"X-Custom": "1"}, body="ä")
    call = call_of(event, 1.0)
    assert (call.method, call.path, call.received_at) == ("POST", "/menu/1.0.0/orders", 1.0)
    assert (call.headers["x-custom"], call.body) == ("1", "ä".encode())


def test_binary_bodies_come_and_go_byte_for_byte() -> None:
    content = bytes(range(256))
    event = {**http_event("POST", "/x"), "body": base64.b64encode(content).decode(), "isBase64Encoded": True}
    assert call_of(event, 1.0).body == content
    response = response_of(Reply(status=200, headers=(), body=content))
    assert response["isBase64Encoded"]
    assert base64.b64decode(response["body"]) == content


@pytest.mark.parametrize("event", [{"cookies": ["a=1", "b=2"]}, {"headers": {"cookie": "a=1; b=2"}}])
def test_cookies_come_in_either_form(event: dict[str, Any]) -> None:
    assert call_of({**http_event("GET", "/x"), **event}, 1.0).headers["cookie"] == "a=1; b=2"


def test_cookies_go_out_one_by_one_and_other_headers_joined() -> None:
    headers = (("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("Vary", "a"), ("vary", "b"), ("Content-Length", "9"))
    response = response_of(Reply(status=200, headers=headers, body=b""))
    assert response["cookies"] == ["a=1", "b=2"]
    assert response["headers"] == {"vary": "a, b"}


@pytest.mark.parametrize("given_id", ["3f8a-7", "a.b:c_d"])
def test_a_caller_s_correlation_id_is_kept(given_id: str) -> None:
    call = call_of(http_event("GET", "/x", headers={"activityid": given_id}), 1.0)
    assert call.activity_id == given_id


@pytest.mark.parametrize("given_id", ["", "a b", "x" * 129, "a\nb", '{"a"}'])
def test_what_is_no_correlation_id_is_replaced(given_id: str) -> None:
    event = http_event("GET", "/x", headers={"activityid": given_id})
    assert call_of(event, 1.0).activity_id == event["requestContext"]["requestId"]


@given(path=TEXT, query=TEXT, headers=st.dictionaries(TEXT, TEXT, max_size=5), body=st.none() | TEXT)
def test_whatever_the_front_door_sends_is_a_call(
    path: str, query: str, headers: dict[str, str], body: str | None
) -> None:
    event = {**http_event("GET", "/"), "rawPath": path, "rawQueryString": query, "headers": headers, "body": body}
    call = call_of(event, 1.0)
    assert (call.path, call.query) == (path, query)


@pytest.mark.parametrize("part", ["rawPath", "rawQueryString", "body"])
def test_half_of_a_surrogate_pair_becomes_something_that_can_be_sent(part: str) -> None:
    event = {**http_event("GET", "/x", headers={"X-Odd": "a\ud800"}), part: "/\ud800"}
    call = call_of(event, 1.0)
    assert (call.path + call.query + call.headers["x-odd"]).encode()
    assert b"\xed" not in call.body


def test_a_body_that_is_no_base64_is_named_and_the_call_goes_on_to_be_refused() -> None:
    call = call_of({**http_event("POST", "/x"), "body": "x", "isBase64Encoded": True}, 1.0)
    assert (call.body, call.unreadable) == (b"", "its body is no base64")


def test_a_call_without_a_method_cannot_be_read() -> None:
    assert call_of({}, 1.0).unreadable == "it names no method"


@pytest.mark.parametrize("character", ['"', "\0", "ä"])
def test_text_that_json_would_make_too_large_goes_out_in_base64(character: str) -> None:
    body = (character * 4_200_000).encode()[:4_200_000]
    response = response_of(Reply(status=200, headers=(), body=body))
    assert response["isBase64Encoded"]
    assert len(json.dumps(response)) < 6_000_000
    assert base64.b64decode(response["body"]) == body


def test_plain_text_of_the_largest_size_goes_out_as_it_is() -> None:
    response = response_of(Reply(status=200, headers=(), body=b"x" * 5_400_000))
    assert not response["isBase64Encoded"]


@given(st.binary(max_size=200))
def test_whatever_a_backend_answers_comes_out_as_it_was(body: bytes) -> None:
    response = response_of(Reply(status=200, headers=(), body=body))
    sent = response["body"]
    assert (base64.b64decode(sent) if response["isBase64Encoded"] else sent.encode()) == body
