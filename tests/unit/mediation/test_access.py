"""Policies that decide who gets through: claims, an agent, a cookie."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.ports.backends import BackendTimeout, BackendUnreachable
from tests.unit.mediation.messages import Answering, answering, request, run, situation

if TYPE_CHECKING:
    from gatehouse.mediation.message import Stop

VALIDATOR = "jwtClaimBasedAccessValidator"
OPA = {"serverUrl": "http://opa.example:8181/v1/data/", "policy": "menu.orders", "rule": "allow"}


def by_claim(claims: dict[str, Any], value: str = "APPLICATION", **parameters: Any) -> Stop | None:
    about = situation(claims=claims)
    return run(
        VALIDATOR, request(), about, accessVerificationClaim="aut", accessVerificationClaimValue=value, **parameters
    )


@pytest.mark.parametrize("claim", ["APPLICATION", ["X", "APPLICATION"]])
def test_a_token_with_the_claim_gets_through(claim: Any) -> None:
    assert by_claim({"aut": claim}) is None


@pytest.mark.parametrize("claims", [{}, {"aut": ""}, {"aut": None}, {"aut": []}, {"aut": " "}])
@pytest.mark.parametrize("allowing", ["true", "false"])
def test_401_900913_a_token_without_the_claim(claims: dict[str, Any], allowing: str) -> None:
    stop = by_claim(claims, shouldAllowValidation=allowing)
    assert stop is not None
    assert (stop.status, stop.code) == (401, "900913")


def test_401_900912_a_token_with_another_value() -> None:
    stop = by_claim({"aut": "APPLICATION_USER"})
    assert stop is not None
    assert (stop.status, stop.code) == (401, "900912")
    assert "APPLICATION" not in stop.description


def test_another_value_gets_through_where_that_is_allowed() -> None:
    assert by_claim({"aut": "APPLICATION_USER"}, shouldAllowValidation="true") is None


@pytest.mark.parametrize(
    ("claim", "pattern", "passes"),
    [("USER", "^[A-Z]+$", True), ("USER", "[A-Z]", False), ("user", "[A-Z]+", False), (["user", "X"], "[A-Z]+", True)],
)
def test_a_pattern_must_match_the_value_as_a_whole(claim: Any, pattern: str, passes: bool) -> None:  # noqa: FBT001
    assert (by_claim({"aut": claim}, accessVerificationClaimValueRegex=pattern) is None) is passes


def test_a_pattern_must_match_the_configured_value_too() -> None:
    assert by_claim({"aut": "USER"}, value="app", accessVerificationClaimValueRegex="[A-Z]+") is not None


@pytest.mark.parametrize(("claim", "value"), [(True, "true"), (7, "7"), ({"a": 1}, '{"a": 1}')])
def test_claims_that_are_no_text_are_compared_as_json(claim: Any, value: str) -> None:
    assert by_claim({"aut": claim}, value=value) is None


def test_the_agent_is_told_what_the_call_is_and_no_secret() -> None:
    agent = answering('{"result": true}')
    about = situation(
        backends=agent,
        claims={"sub": "mary", "dept": "kitchen", "azp": "key-1"},
        request_headers={"authorization": "Bearer t0ken"},
    )
    message = request(headers=(("x-a", "1"), ("cookie", "s3cret"), ("x-session-id", "s3cret")), query="q=1")
    extra = {"accessKey": "k", "additionalProperties": "dept, nothing", "timeoutMilliseconds": 250}
    assert run("opaPolicy", message, about, **OPA, **extra) is None
    (asked,) = agent.asked
    assert asked.url == "http://opa.example:8181/v1/data/menu/orders/allow"
    assert (asked.method, asked.read_seconds, asked.headers["authorization"]) == ("POST", 0.25, "Bearer k")
    told = json.loads(asked.body)["input"]
    assert (told["path"], told["method"], told["dept"]) == ("/menu/1.0.0/items/7", "POST", "kitchen")
    assert told["transportHeaders"] == {"x-a": "1"}
    assert told["apiContext"]["consumerKey"] == "key-1"
    assert b"s3cret" not in asked.body
    assert b"t0ken" not in asked.body


def test_the_agent_is_told_the_token_where_that_is_asked_for() -> None:
    agent = answering('{"result": true}')
    about = situation(backends=agent, request_headers={"authorization": "Bearer t0ken"})
    run("opaPolicy", request(), about, **OPA, sendAccessToken="true")
    assert json.loads(agent.asked[0].body)["input"]["apiContext"]["accessToken"] == "t0ken"


def test_a_claim_cannot_pass_for_what_the_gateway_knows() -> None:
    agent = answering('{"result": true}')
    about = situation(backends=agent, claims={"method": "GET", "path": "/free"})
    run("opaPolicy", request(), about, **OPA, additionalProperties="method,path")
    told = json.loads(agent.asked[0].body)["input"]
    assert (told["method"], told["path"]) == ("POST", "/menu/1.0.0/items/7")


@pytest.mark.parametrize(
    "agent",
    [
        answering('{"result": false}'),
        answering('{"result": "true"}'),
        answering('{"result": 1}'),
        answering('{"result": {"allow": true}}'),
        answering("{}"),
        answering("[true]"),
        answering("not json"),
        answering('{"result": true}', status=500),
        answering('{"result": true}' + " " * 100_000),
        Answering(BackendUnreachable("refused")),
        Answering(BackendTimeout("late")),
    ],
)
def test_403_unless_the_agent_says_true(agent: Answering) -> None:
    about = situation(backends=agent)
    stop = run("opaPolicy", request(), about, **OPA)
    assert stop is not None
    assert (stop.status, stop.code) == (403, "403")
    assert "opa" in about.note


@pytest.mark.parametrize(("answer", "passes"), [('{"result": {"allow": true}}', True), ('{"result": {}}', False)])
def test_without_a_rule_the_policys_allow_decides(answer: str, passes: bool) -> None:  # noqa: FBT001
    about = situation(backends=answering(answer))
    assert (run("opaPolicy", request(), about, serverUrl="http://opa.example", policy="a/b") is None) is passes


def cookie(*cookies: str, header: str = "") -> Any:
    pairs = [("cookie", value) for value in cookies] + ([("x-xsrf-token", header)] if header else [])
    return request(headers=tuple(pairs))


def test_the_cookies_value_in_the_header_opens() -> None:
    assert run("validateCsrfCookie", cookie("a=b; XSRF-TOKEN=abc=", header="abc=")) is None


@pytest.mark.parametrize(
    "message",
    [
        cookie(),
        cookie("XSRF-TOKEN=abc"),
        cookie(header="abc"),
        cookie("XSRF-TOKEN=abc", header="abd"),
        cookie("XSRF-TOKEN=", header=""),
        cookie("XSRF-TOKEN=evil; XSRF-TOKEN=abc", header="evil"),
    ],
)
def test_403_a_request_that_another_site_could_have_made(message: Any) -> None:
    stop = run("validateCsrfCookie", message)
    assert stop is not None
    assert stop.status == 403


def test_what_changes_nothing_needs_no_cookie() -> None:
    assert run("validateCsrfCookie", request(), situation(verb="GET")) is None


def test_a_changed_method_does_not_excuse_from_the_cookie() -> None:
    assert run("validateCsrfCookie", request(method="GET"), situation(verb="DELETE")) is not None


def test_cookie_and_header_can_have_other_names() -> None:
    message = request(headers=(("cookie", "c=1"), ("x-c", "1")))
    assert run("validateCsrfCookie", message, cookieName="c", headerName="X-C") is None
