"""Whatever comes in at the front door: an answer, and never a 500 without a code."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.authorizer.answers import UNAUTHORIZED, answer
from functions.authorizer.events import asked
from functions.gateway.http import call_of, response_of
from gatehouse.dataplane.answers.refusal import UNEXPECTED, UNREADABLE
from gatehouse.dataplane.decision import Decider
from gatehouse.domain.publishing.deployed import Access, Cors, DeployedOperation
from tests.calls import MAX_STALENESS, menu_api
from tests.events import METHOD_ARN, ROUTE_ARN, authorizer_event, http_event, rest_authorizer_event

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

ANY = st.text(st.characters(), max_size=30)
PATHS = st.one_of(ANY, st.builds("/menu/1.0.0{}".format, ANY), st.builds("/menu/1.0.0/items/{}".format, ANY))
NAMES = st.one_of(
    ANY, st.sampled_from(["authorization", "accept", "content-type", "origin", "cookie", "apikey", "connection"])
)
METHODS = st.sampled_from(["GET", "POST", "OPTIONS", "HEAD", "TRACE", "", "get", "X" * 50])


@pytest.fixture
def open_api(running: Running) -> Running:
    operations = tuple(
        DeployedOperation(verb=verb, target=target, authenticated=False)
        for verb in ("GET", "POST", "HEAD")
        for target in ("/items", "/items/{id}", "/*")
    )
    running.world.deploy(menu_api(cors=Cors(), access=Access(api_key=True), operations=operations, cache_seconds=5))
    return running


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(path=PATHS, query=ANY, method=METHODS, headers=st.dictionaries(NAMES, ANY, max_size=4), body=ANY)
def test_every_input_has_an_answer_with_a_code_when_it_is_an_error(
    open_api: Running, path: str, query: str, method: str, headers: dict[str, str], body: str
) -> None:
    event = {**http_event("GET", "/"), "rawPath": path, "rawQueryString": query, "headers": headers, "body": body}
    event["requestContext"]["http"]["method"] = method
    answered(open_api, event)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3),
    max_leaves=8,
)
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "version": JSON,
        "rawPath": JSON | PATHS,
        "rawQueryString": JSON,
        "cookies": JSON | st.lists(ANY),
        "headers": JSON | st.dictionaries(NAMES, JSON, max_size=4),
        "body": JSON | st.just("no base64"),
        "isBase64Encoded": JSON,
        "requestContext": JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "requestId": JSON,
                "authentication": JSON | st.fixed_dictionaries({"clientCert": JSON}),
                "http": JSON
                | st.fixed_dictionaries(
                    {}, optional={"method": JSON | METHODS, "sourceIp": JSON, "path": JSON, "protocol": JSON}
                ),
            },
        ),
    },
)


def answered(running: Running, event: Any) -> dict[str, Any]:
    """The response to an event, which has a code when it is an error and is no fault of ours."""
    response = response_of(running.gateway.handle(call_of(event, running.world.clock.now())))
    assert "activityid" in response["headers"]
    assert response["statusCode"] != 500, running.lines[-1]
    if response["statusCode"] >= 400:
        assert "code" in response["body"]
    assert json.dumps(response)
    return response


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(event=EVENT)
def test_whoever_invokes_the_function_with_whatever_gets_an_answer(open_api: Running, event: dict[str, Any]) -> None:
    answered(open_api, event)


def decided(running: Running, event: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the authorizer answers to an event, and the line it logs of it; {} where a REST API is to answer 401."""
    lines: list[str] = []
    clock = running.world.clock
    decider = Decider(
        entrance=running.gateway.entrance, max_staleness_seconds=MAX_STALENESS, now=clock.now, write=lines.append
    )
    question = asked(event, clock.now())
    decision = decider.decide(question.call)
    try:
        told = answer(question, decision)
    except Exception as error:
        if str(error) != UNAUTHORIZED:
            raise
        told = {}
    assert json.dumps(told)
    [line] = lines
    return told, json.loads(line)


VARIED = st.sampled_from([authorizer_event(), rest_authorizer_event(), rest_authorizer_event(version="1.0")])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    event=JSON | EVENT | st.builds(lambda whole, part: {**whole, **part}, VARIED, EVENT),
    more=st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["TOKEN", "REQUEST"]) | JSON,
            "version": st.sampled_from(["1.0", "2.0"]),
            "methodArn": JSON | st.just(METHOD_ARN),
            "routeArn": JSON | st.just(ROUTE_ARN),
            "authorizationToken": JSON,
            "path": JSON | PATHS,
            "httpMethod": JSON | METHODS,
            "multiValueHeaders": JSON | st.dictionaries(NAMES, JSON, max_size=2),
            "multiValueQueryStringParameters": JSON,
            "stageVariables": JSON | st.fixed_dictionaries({"gatehouseApi": JSON, "gatehouseTenant": JSON}),
        },
    ),
)
def test_whoever_asks_the_authorizer_whatever_is_told_yes_or_no(running: Running, event: Any, more: Any) -> None:
    told, line = decided(running, {**event, **more} if isinstance(event, dict) else event)
    assert line["allowed"] is False, "no credential of ours is among them"
    assert line["error_code"]
    if told:
        effect = [one["Effect"] for one in told.get("policyDocument", {}).get("Statement", [])]
        assert told.get("isAuthorized") is False or effect == ["Deny"]


NOT_TOLD = "a part of it is not what API Gateway sends"


@pytest.mark.parametrize(
    ("event", "policy_about", "problem"),
    [
        ({}, None, "it has no methodArn"),
        ([], None, NOT_TOLD),
        ({"version": "2.0"}, None, "it has no routeArn"),
        (authorizer_event(requestContext=None), None, NOT_TOLD),
        (authorizer_event(requestContext={}), None, "it has no http"),
        (authorizer_event(headers={"authorization": ["Bearer s3cret"]}), None, NOT_TOLD),
        (rest_authorizer_event(httpMethod=7), METHOD_ARN, NOT_TOLD),
        (rest_authorizer_event(version="1.0", requestContext={}), METHOD_ARN, "it has no stage"),
        ({"type": "TOKEN", "authorizationToken": "Bearer s3cret", "methodArn": "no ARN"}, "no ARN", NOT_TOLD),
    ],
)
def test_an_event_that_no_api_gateway_sends_is_denied_and_told_of_in_the_log(
    running: Running, event: Any, policy_about: str | None, problem: str
) -> None:
    told, line = decided(running, event)
    description = UNREADABLE.description.format(problem=problem)
    assert told["context"] == {"errorCode": UNREADABLE.code, "errorDescription": description}
    if policy_about is None:
        assert told["isAuthorized"] is False
    else:
        [statement] = told["policyDocument"]["Statement"]
        assert (statement["Effect"], statement["Resource"]) == ("Deny", policy_about)
    assert (line["status"], line["error_code"], line["problem"]) == (400, UNREADABLE.code, problem)
    assert "s3cret" not in json.dumps(line)


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


CLAIMS = st.fixed_dictionaries({}, optional=dict.fromkeys(("iss", "sub", "exp", "nbf", "aud", "azp", "jti"), JSON))
CREDENTIALS = st.one_of(
    ANY,
    st.builds("Bearer {}".format, ANY),
    st.builds("Basic {}".format, ANY),
    st.builds(
        lambda head, claims: f"Bearer {encoded(head)}.{encoded(claims)}.c2ln",
        JSON | st.fixed_dictionaries({"alg": JSON | st.sampled_from(["RS256", "none"]), "kid": JSON}),
        JSON | CLAIMS,
    ),
    st.builds(
        lambda name, password: f"Basic {base64.b64encode(f'{name}:{password}'.encode(errors='replace')).decode()}",
        NAMES,
        NAMES,
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(authorization=CREDENTIALS, key=ANY, certificate=ANY)
def test_whatever_is_shown_as_a_credential_is_refused_with_a_code(
    running: Running, authorization: str, key: str, certificate: str
) -> None:
    access = Access(api_key=True, basic=True, mutual_tls=True, application_mandatory=False)
    running.world.deploy(menu_api(access=access))
    headers = {"authorization": authorization, "apikey": key, "internal-key": key}
    event = http_event("GET", "/menu/1.0.0/items", headers=headers)
    event["requestContext"]["authentication"] = {"clientCert": {"clientCertPem": certificate}}
    # So many wrong passwords from one address are slowed down (429).
    assert answered(running, event)["statusCode"] in {401, 429}


@pytest.mark.parametrize("place", [0, 1])
def test_a_token_that_nobody_can_read_to_its_end_is_refused(running: Running, place: int) -> None:
    parts = [encoded({"alg": "RS256", "kid": "key-1"}), encoded({}), "c2ln"]
    parts[place] = base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=")
    event = http_event("GET", "/menu/1.0.0/items", headers={"authorization": f"Bearer {'.'.join(parts)}"})
    assert answered(running, event)["statusCode"] == 401


def test_a_fault_of_ours_is_answered_with_a_code_and_recorded_with_its_way(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.world.backend, "send", lambda _: 1 // 0)
    reply = running.call(token=running.world.token())
    assert (reply.status, json.loads(reply.body)["code"]) == (500, UNEXPECTED.code)
    assert "ZeroDivisionError" in running.lines[-1]["failure"]
    assert "ZeroDivisionError" not in reply.body.decode()
