"""What API Gateway asks an authorizer becomes the call that the gateway would have seen."""

from __future__ import annotations

from typing import Any

import pytest

from functions.authorizer.events import Form, asked
from tests.events import METHOD_ARN, ROUTE_ARN, authorizer_event, rest_authorizer_event

NOW = 1_700_000_000.0
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


def path_of(event: dict[str, Any]) -> str:
    return asked(event, NOW).call.path


def test_an_http_api_s_event_is_the_call_without_its_body() -> None:
    question = asked(authorizer_event(cookies=["a=1", "b=2"]), NOW)
    assert (question.form, question.arn) == (Form.SIMPLE, ROUTE_ARN)
    call = question.call
    assert (call.id, call.received_at, call.method, call.path) == ("request-1", NOW, "GET", "/menu/1.0.0/items")
    assert (call.query, call.source_ip, call.body) == ("size=2&size=3", "203.0.113.7", b"")
    assert call.headers == {"authorization": "Bearer token", "x-one": "1", "cookie": "a=1; b=2"}


@pytest.mark.parametrize(
    ("path", "stage", "expected"),
    [
        ("/menu/1.0.0/items", "$default", "/menu/1.0.0/items"),
        ("/prod/menu/1.0.0/items", "prod", "/menu/1.0.0/items"),
        ("/production/1.0.0", "prod", "/production/1.0.0"),
        ("/prod", "prod", "/"),
    ],
)
def test_an_http_api_s_stage_is_no_part_of_the_path(path: str, stage: str, expected: str) -> None:
    context_of = {**authorizer_event()["requestContext"], "stage": stage}
    assert path_of(authorizer_event(rawPath=path, requestContext=context_of)) == expected


def test_payload_1_0_of_an_http_api_is_answered_with_a_policy() -> None:
    question = asked(rest_authorizer_event(version="1.0", path="/prod/menu/1.0.0/items"), NOW)
    assert (question.form, question.call.path) == (Form.POLICY, "/menu/1.0.0/items")


def test_a_rest_api_s_event_is_the_call_without_its_body() -> None:
    question = asked(rest_authorizer_event(), NOW)
    assert (question.form, question.arn) == (Form.REST_POLICY, METHOD_ARN)
    call = question.call
    assert (call.method, call.path, call.query) == ("GET", "/menu/1.0.0/items", "size=2&size=3")
    assert call.headers == {"authorization": "Bearer token", "x-two": "a,b"}
    assert (call.source_ip, call.id) == ("203.0.113.7", "request-1")


def test_a_rest_api_may_leave_out_whatever_it_has_nothing_for() -> None:
    call = asked(
        rest_authorizer_event(
            headers=None,
            multiValueHeaders=None,
            multiValueQueryStringParameters=None,
            stageVariables=None,
            requestContext={"stage": "prod"},
        ),
        NOW,
    ).call
    assert (call.headers, call.query, call.source_ip, call.id) == ({}, "", "", "")


def test_a_rest_api_s_path_is_decoded_and_keeps_the_slash_within_a_segment() -> None:
    assert (
        path_of(rest_authorizer_event(path="/menu/1.0.0/items/caf%C3%A9%2Flatte")) == "/menu/1.0.0/items/café%2Flatte"
    )


@pytest.mark.parametrize(
    ("arn", "method", "path"),
    [
        (METHOD_ARN, "GET", "/menu/1.0.0/items"),
        ("arn:aws:execute-api:us-east-1:123456789012:abc123/prod/POST/", "POST", "/"),
        ("arn:aws:execute-api:us-east-1:123456789012:abc123/prod/GET", "GET", "/"),
        ("arn:aws:execute-api:us-east-1:123456789012:abc123/prod/GET/a:b/c", "GET", "/a:b/c"),
    ],
)
def test_a_token_authorizer_reads_the_path_in_the_arn(arn: str, method: str, path: str) -> None:
    question = asked({"type": "TOKEN", "authorizationToken": "Bearer token", "methodArn": arn}, NOW)
    assert (question.form, question.call.method, question.call.path) == (Form.REST_POLICY, method, path)
    assert question.call.headers == {"authorization": "Bearer token"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"gatehouseApi": "/menu/1.0.0"}, "/menu/1.0.0/items"),
        ({"gatehouseApi": "menu/1.0.0/"}, "/menu/1.0.0/items"),
        ({"gatehouseApi": "/menu/1.0.0", "gatehouseTenant": "kitchen.example"}, "/t/kitchen.example/menu/1.0.0/items"),
        ({"gatehouseTenant": "kitchen.example"}, "/t/kitchen.example/items"),
        ({"other": "x"}, "/items"),
    ],
)
def test_stage_variables_say_which_api_a_foreign_path_is_of(variables: dict[str, str], expected: str) -> None:
    assert path_of(authorizer_event(rawPath="/items", stageVariables=variables)) == expected
    assert path_of(rest_authorizer_event(path="/items", stageVariables=variables)) == expected


def test_a_client_certificate_comes_from_the_connection() -> None:
    shown = {"clientCert": {"clientCertPem": PEM}}
    context_of = {**authorizer_event()["requestContext"], "authentication": shown}
    assert asked(authorizer_event(requestContext=context_of), NOW).call.client_certificate == PEM
    context_of = {**rest_authorizer_event()["requestContext"], "identity": shown}
    assert asked(rest_authorizer_event(requestContext=context_of), NOW).call.client_certificate == PEM
    assert asked(authorizer_event(), NOW).call.client_certificate == ""


def test_a_text_that_no_table_could_hold_is_replaced() -> None:
    assert path_of(authorizer_event(rawPath="/menu/\ud800")) == "/menu/?"
