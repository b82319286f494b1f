"""Policies that talk to others or write down: a mirror, a function, the log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.ports.backends import BackendTimeout
from tests.unit.mediation.messages import JSON, Answering, answering, copy, request, response, run, situation


def test_the_mirror_gets_a_copy_without_secrets() -> None:
    mirror = answering(status=202)
    about = situation(backends=mirror)
    message = request(
        "{}",
        JSON,
        (("authorization", "Bearer x"), ("x", "1"), ("x", "2"), ("content-length", "2")),
        query="a=%20",
        path="/a b",
    )
    before = copy(message)
    assert run("mirrorRequest", message, about, url="http://mirror.example/copy/") is None
    assert message == before
    (sent,) = mirror.asked
    assert (sent.method, sent.url, sent.body) == ("POST", "http://mirror.example/copy/a%20b?a=%20", b"{}")
    assert sent.headers == {"content-type": JSON, "x": "1, 2"}
    assert about.note == {"mirror": 202}


def test_the_mirror_can_get_credentials_and_no_body() -> None:
    mirror = answering()
    message = request("{}", JSON, (("authorization", "Bearer x"),))
    run(
        "mirrorRequest",
        message,
        situation(backends=mirror),
        url="http://m.example",
        includeBody="false",
        includeCredentials="true",
    )
    assert (mirror.asked[0].body, mirror.asked[0].headers["authorization"]) == (b"", "Bearer x")


def test_a_mirror_that_fails_changes_nothing_and_is_noted() -> None:
    about = situation(backends=Answering(BackendTimeout("late")))
    assert run("mirrorRequest", request(), about, url="http://m.example") is None
    assert about.note == {"mirror": "101504"}


def test_a_mirror_is_never_waited_for_longer_than_the_most() -> None:
    mirror = answering()
    run("mirrorRequest", request(), situation(backends=mirror), url="http://m.example", timeoutMilliseconds=60_000)
    assert mirror.asked[0].read_seconds == 5


def test_a_functions_answer_replaces_the_body() -> None:
    functions = answering("<a/>", content_type="application/xml")
    about = situation(functions=functions)
    message = request('{"a": 1 }', JSON)
    assert run("callAwsLambda", message, about, functionName="price", timeoutMilliseconds=1500) is None
    assert (functions.asked[0].payload, functions.asked[0].function) == (b'{"a": 1 }', "price")
    assert functions.asked[0].seconds == 1.5
    assert (message.body, message.media_type) == (b"<a/>", "application/xml")


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (b"", {}),
        (b"hello", {"body": "hello", "isBase64Encoded": False}),
        (b"\xff", {"body": "/w==", "isBase64Encoded": True}),
        (b"\xef\xbb\xbf[1]", [1]),
    ],
)
def test_a_function_always_gets_json(body: bytes, payload: Any) -> None:
    functions = answering("{}")
    run("callAwsLambda", request(body), situation(functions=functions), functionName="f")
    assert json.loads(functions.asked[0].payload) == payload


@pytest.mark.parametrize("functions", [answering("{}", status=502), Answering(BackendTimeout("late"))])
def test_500_601000_when_the_new_body_does_not_come(functions: Answering) -> None:
    message = request("{}", JSON)
    stop = run("callAwsLambda", message, situation(functions=functions), functionName="f")
    assert stop is not None
    assert (stop.status, stop.code) == (500, "601000")
    assert message.body == b"{}"


@pytest.mark.parametrize("functions", [answering("{}", status=502), Answering(BackendTimeout("late")), answering("x")])
def test_a_function_that_is_only_told_never_stops_the_call(functions: Answering) -> None:
    message, about = response("{}", JSON), situation(functions=functions)
    before = copy(message)
    assert run("callAwsLambda", message, about, functionName="f", replaceBody="false") is None
    assert message == before
    assert "lambda" in about.note


def test_a_log_message_keeps_secrets_to_itself() -> None:
    about = situation(claims={"sub": "mary"})
    headers = (
        ("authorization", "s3cret"),
        ("x-api-token", "s3cret"),
        ("x", "1"),
        ("cookie", "s3cret"),
        ("apikey", "s3cret"),
    )
    message = request("s3cret", headers=headers, query="password=s3cret&q=2")
    text = "${claim.sub} ${header.x} ${query.q} ${header.authorization} ${query.password} ${body}"
    assert run("addLogMessage", message, about, message=text, logHeaders="true") is None
    (entry,) = about.note["log"]
    assert entry["message"] == "mary 1 2 *** *** (6 bytes)"
    assert entry["headers"]["x"] == "1"
    assert "s3cret" not in json.dumps(about.note)


def test_a_call_writes_no_more_than_a_line_can_hold() -> None:
    about = situation()
    message = request(headers=(("x", "y" * 100_000),))
    for _ in range(50):
        run("addLogMessage", message, about, message="${header.x}" * 50, logHeaders="true")
    assert len(about.note["log"]) == 20
    assert len(json.dumps(about.note)) < 100_000


def test_without_words_a_log_message_says_what_was_called() -> None:
    about = situation()
    run("addLogMessage", request(), about)
    assert about.note["log"] == [{"message": "POST /items/7"}]
