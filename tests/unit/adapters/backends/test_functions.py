"""AWS Lambda functions as backends: what they answer, and how they fail."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
from typing import Any

import pytest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from gatehouse.adapters import aws
from gatehouse.adapters.backends.functions import INVOKE_SECONDS_MAX, ROLE_MARGIN_SECONDS, LambdaFunctions
from gatehouse.domain.publishing.deployed import EndpointSecurity, SecurityKind
from gatehouse.ports.backends import (
    BackendClosed,
    BackendConnectTimeout,
    BackendFailed,
    BackendReply,
    BackendSecurityFailed,
    BackendTimeout,
    BackendTooLarge,
    BackendUnreachable,
    Invocation,
)
from tests.fakes.clock import StoppedClock

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:menu"
JSON = ("content-type", "application/json")
KEYS = EndpointSecurity(kind=SecurityKind.AWS, access_key="AKEY", secret_key="s3cret", region="ap-south-1")


class Aws:
    """Stands in for botocore: clients that answer what they are told to."""

    def __init__(self) -> None:
        self.clock = StoppedClock()
        self.made: list[tuple[str, str, ReadOnlyCredentials | None, float, float]] = []
        self.invoked: list[dict[str, Any]] = []
        self.assumed: list[dict[str, Any]] = []
        self.payload: bytes = b"{}"
        self.function_error = ""
        self.failure: Exception | None = None
        self.functions = LambdaFunctions(connect_seconds=3, read_seconds=25, create=self._create, now=self.clock.now)

    def _create(
        self, service: str, region: str, credentials: ReadOnlyCredentials | None, connect_seconds: float, seconds: float
    ) -> Aws:
        self.made.append((service, region, credentials, connect_seconds, seconds))
        return self

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        if self.failure is not None:
            raise self.failure
        self.invoked.append(arguments)
        error = {"FunctionError": self.function_error} if self.function_error else {}
        return {"StatusCode": 200, "Payload": io.BytesIO(self.payload), **error}

    def assume_role(self, **arguments: Any) -> dict[str, Any]:
        if self.failure is not None:
            raise self.failure
        self.assumed.append(arguments)
        number = len(self.assumed)
        expiration = dt.datetime.fromtimestamp(self.clock.now() + 3600, dt.UTC)
        keys = {"AccessKeyId": f"A{number}", "SecretAccessKey": "s3cret", "SessionToken": "token"}
        return {"Credentials": {**keys, "Expiration": expiration}}

    def call(self, function: str = ARN, **more: Any) -> BackendReply:
        return self.functions.invoke(Invocation(function=function, payload=b'{"path": "/"}', **more))

    def answers(self, answer: object) -> BackendReply:
        self.payload = json.dumps(answer).encode()
        return self.call()


@pytest.fixture
def lambdas() -> Aws:
    return Aws()


def test_a_function_is_invoked_once_and_waited_for(lambdas: Aws) -> None:
    lambdas.call()
    assert lambdas.invoked == [
        {"FunctionName": ARN, "InvocationType": "RequestResponse", "Payload": b'{"path": "/"}'},
    ]


def test_an_answer_in_proxy_format_is_the_reply_it_describes(lambdas: Aws) -> None:
    answer = {
        "statusCode": 201,
        "headers": {"X-One": "1", "x-both": "single", "X-Number": 5, "Content-Length": "99", "transfer-encoding": "x"},
        "multiValueHeaders": {"X-Both": ["a", "b"], "x-none": []},
        "cookies": ["c=1", "d=2"],
        "body": "größe",
        "isBase64Encoded": False,
    }
    assert lambdas.answers(answer) == BackendReply(
        status=201,
        headers=(
            ("X-One", "1"),
            ("X-Number", "5"),
            ("X-Both", "a"),
            ("X-Both", "b"),
            ("set-cookie", "c=1"),
            ("set-cookie", "d=2"),
            JSON,
        ),
        body="größe".encode(),
    )


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({"statusCode": "204"}, 204, b""),
        ({"statusCode": 200, "body": None, "headers": None}, 200, b""),
        ({"statusCode": 200, "body": {"a": 1}}, 200, b'{"a": 1}'),
        ({"statusCode": 200, "body": base64.b64encode(b"\xff\0").decode(), "isBase64Encoded": True}, 200, b"\xff\0"),
        ({"message": "no proxy format"}, 200, b'{"message": "no proxy format"}'),
        ([1, 2], 200, b"[1, 2]"),
        ("text", 200, b'"text"'),
        (None, 200, b"null"),
    ],
)
def test_an_answer_without_a_type_is_json(lambdas: Aws, answer: object, status: int, body: bytes) -> None:
    assert lambdas.answers(answer) == BackendReply(status=status, headers=(JSON,), body=body)


def test_a_type_of_its_own_is_kept(lambdas: Aws) -> None:
    reply = lambdas.answers({"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>"})
    assert reply.headers == (("Content-Type", "text/html"),)


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": 99},
        {"statusCode": 600},
        {"statusCode": True},
        {"statusCode": "²00"},
        {"statusCode": None},
        {"statusCode": 200, "headers": {"x": "a\r\nb: c"}},
        {"statusCode": 200, "headers": {"x\r\n": "a"}},
        {"statusCode": 200, "headers": ["x"]},
        {"statusCode": 200, "multiValueHeaders": "x"},
        {"statusCode": 200, "cookies": ["a\nb"]},
        {"statusCode": 200, "body": "!!", "isBase64Encoded": True},
        {"statusCode": 200, "body": "\ud800"},
    ],
)
def test_an_answer_that_breaks_the_format_it_claims_is_no_reply(lambdas: Aws, answer: object) -> None:
    with pytest.raises(BackendClosed):
        lambdas.answers(answer)


@pytest.mark.parametrize("payload", [b"", b"<html>", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_no_json_is_no_reply(lambdas: Aws, payload: bytes) -> None:
    lambdas.payload = payload
    with pytest.raises(BackendClosed):
        lambdas.call()


def test_an_answer_larger_than_the_platform_passes_on_is_too_large(lambdas: Aws) -> None:
    with pytest.raises(BackendTooLarge):
        lambdas.answers("x" * 6_300_000)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        ({"errorType": "ZeroDivisionError", "errorMessage": "s3cret"}, BackendClosed),
        ({"errorMessage": "2026-01-01T00:00:00Z 1234 Task timed out after 3.00 seconds"}, BackendTimeout),
        ({"errorType": "Sandbox.Timedout", "errorMessage": "Error: Task timed out"}, BackendTimeout),
        ("odd", BackendClosed),
    ],
)
def test_a_function_that_failed_gave_no_reply(lambdas: Aws, error: object, failure: type[BackendFailed]) -> None:
    lambdas.function_error = "Unhandled"
    with pytest.raises(failure) as failed:
        lambdas.answers(error)
    assert failed.value.sent
    assert "s3cret" not in repr(failed.value)


def client_error(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "s3cret"}, "ResponseMetadata": {"HTTPStatusCode": status}},
        "Invoke",
    )


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (ReadTimeoutError(endpoint_url="u"), BackendTimeout),
        (ConnectTimeoutError(endpoint_url="u"), BackendConnectTimeout),
        (ConnectionClosedError(endpoint_url="u"), BackendClosed),
        (ResponseStreamingError(error="x"), BackendClosed),
        (EndpointConnectionError(endpoint_url="u"), BackendUnreachable),
        (client_error("ResourceNotFoundException", 404), BackendUnreachable),
        (client_error("AccessDeniedException", 403), BackendUnreachable),
        (client_error("TooManyRequestsException", 429), BackendUnreachable),
        (client_error("ServiceException", 500), BackendClosed),
    ],
)
def test_each_cause_has_its_failure(lambdas: Aws, error: Exception, failure: type[BackendFailed]) -> None:
    lambdas.failure = error
    with pytest.raises(failure) as failed:
        lambdas.call()
    assert type(failed.value) is failure
    assert "s3cret" not in str(failed.value)


def test_a_client_is_made_once_for_each_region_credentials_and_time_out(lambdas: Aws) -> None:
    for _ in range(2):
        lambdas.call()
        lambdas.call(seconds=5)
        lambdas.call(seconds=500)
        lambdas.call("menu", access=KEYS)
    assert [(service, region, seconds) for service, region, _, _, seconds in lambdas.made] == [
        ("lambda", "eu-west-1", 25),
        ("lambda", "eu-west-1", 5),
        ("lambda", "eu-west-1", INVOKE_SECONDS_MAX),
        ("lambda", "ap-south-1", 25),
    ]
    assert lambdas.made[0][2] is None
    assert lambdas.made[3][2] == ReadOnlyCredentials("AKEY", "s3cret", None)


def test_a_role_is_assumed_until_shortly_before_its_credentials_expire(lambdas: Aws) -> None:
    role = "arn:aws:iam::123456789012:role/menu"
    for _ in range(2):
        lambdas.call(access=KEYS, assumed_role=role)
    assert lambdas.assumed == [{"RoleArn": role, "RoleSessionName": "gatehouse"}]
    assert [(made[0], made[2]) for made in lambdas.made] == [
        ("sts", ReadOnlyCredentials("AKEY", "s3cret", None)),
        ("lambda", ReadOnlyCredentials("A1", "s3cret", "token")),
    ]
    lambdas.clock.advance(3600 - ROLE_MARGIN_SECONDS)
    lambdas.call(access=KEYS, assumed_role=role)
    assert lambdas.made[-1][2] == ReadOnlyCredentials("A2", "s3cret", "token")


def test_a_role_that_cannot_be_assumed_is_a_failure_of_security(lambdas: Aws) -> None:
    lambdas.failure = client_error("AccessDenied", 403)
    with pytest.raises(BackendSecurityFailed, match="AccessDenied") as failed:
        lambdas.call(assumed_role="arn:aws:iam::123456789012:role/menu")
    assert not failed.value.sent


def test_the_real_client_makes_one_attempt_within_its_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    aws.session.cache_clear()
    try:
        with pytest.raises(BackendUnreachable, match="EndpointConnectionError"):
            LambdaFunctions(connect_seconds=1, read_seconds=1).invoke(Invocation(function=ARN, payload=b""))
    finally:
        aws.session.cache_clear()
