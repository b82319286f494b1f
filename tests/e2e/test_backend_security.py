"""How the deployed gateway proves itself to backends that look closely, and AWS Lambda functions as backends."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from local.stack import ACCOUNT, REGION
from tests.house import House, emulated, unique
from tests.rogue import Seen, response

if TYPE_CHECKING:
    from collections.abc import Iterator

OPEN = ({"verb": "GET", "target": "/*", "authType": "None"}, {"verb": "POST", "target": "/*", "authType": "None"})
UNAUTHORIZED = "401 Unauthorized"
COOK = b"""
import json

def handler(event, context):
    if event["path"] == "/burnt":
        raise ValueError("s3cret")
    return {"statusCode": 201, "headers": {"x-cook": "lambda"}, "body": json.dumps(event)}
"""


def guarded(house: House, url: str, **security: Any) -> str:
    """The base path of an open API whose backend asks for this."""
    sides = {"production": {"enabled": True, **security}}
    config = {"endpoint_type": "http", "production_endpoints": {"url": url}, "endpoint_security": sides}
    return house.base_path(house.publish(*OPEN, endpointConfig=config))


class DigestBackend:
    """Takes who knows mary's password (RFC 7616, SHA-256, quality of protection `auth`), each count of a nonce once."""

    def __init__(self) -> None:
        self.counts: list[str] = []

    def __call__(self, seen: Seen) -> bytes:
        pairs = re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', seen.header("authorization"))
        given = {name: quoted or plain for name, quoted, plain in pairs}
        if given and given["response"] == self._expected(seen, given) and given["nc"] not in self.counts:
            self.counts.append(given["nc"])
            return response(b"served")
        challenge = 'Digest realm="kitchen", nonce="n1", algorithm=SHA-256, qop="auth"'
        return response(b"", ("WWW-Authenticate", challenge), status=UNAUTHORIZED)

    def _expected(self, seen: Seen, given: dict[str, str]) -> str:
        def digest(text: str) -> str:
            return hashlib.sha256(text.encode()).hexdigest()

        method = seen.head.split(" ", 1)[0]
        secret, what = digest("mary:kitchen:p@ss"), digest(f"{method}:{seen.path}")
        return digest(f"{secret}:{given['nonce']}:{given['nc']}:{given['cnonce']}:auth:{what}")


def test_digest_is_answered_and_its_nonce_counted(house: House, rogues: Any) -> None:
    backend = DigestBackend()
    base = guarded(house, rogues(backend).url, type="DIGEST", username="mary", password="p@ss")
    answers = [house.gateway(f"{base}/x?a=1", method="POST", content=b"{}") for _ in range(3)]
    assert [answer.text for answer in answers] == ["served"] * 3
    assert backend.counts == ["00000001", "00000002", "00000003"]


@pytest.mark.parametrize("grant", ["CLIENT_CREDENTIALS", "PASSWORD"])
def test_oauth_fetches_a_token_once_and_another_when_the_backend_refuses_it(
    house: House, rogues: Any, grant: str
) -> None:
    issued: Counter[str] = Counter()

    def issue(seen: Seen) -> bytes:
        form = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
        client = base64.b64decode(seen.header("authorization").removeprefix("Basic ")).decode()
        wanted = {"grant_type": grant.lower(), "scope": "cook"}
        wanted |= {"username": "mary", "password": "p@ss"} if grant == "PASSWORD" else {}
        if client != "kiosk:s3cret" or form != wanted:
            return response(json.dumps({"error": "invalid_client"}).encode(), status=UNAUTHORIZED)
        issued[grant] += 1
        token = {"access_token": f"t{issued[grant]}", "token_type": "Bearer", "expires_in": 3600}
        return response(json.dumps(token).encode(), ("Content-Type", "application/json"))

    good = {"t1"}

    def serve(seen: Seen) -> bytes:
        token = seen.header("authorization").removeprefix("Bearer ")
        return response(token.encode()) if token in good else response(b"", status=UNAUTHORIZED)

    tokens, backend = rogues(issue), rogues(serve)
    security = {"tokenUrl": f"{tokens.url}/token", "clientId": "kiosk", "clientSecret": "s3cret", "grantType": grant}
    more = {"username": "mary", "password": "p@ss"} if grant == "PASSWORD" else {}
    base = guarded(house, backend.url, type="OAUTH", customParameters={"scope": "cook"}, **security, **more)
    assert [house.gateway(f"{base}/x", "a.callers.token").text for _ in range(3)] == ["t1"] * 3
    good.clear()
    good.add("t2")
    assert house.gateway(f"{base}/x").text == "t2"
    assert issued == {grant: 2}


def test_500_101507_when_the_backend_s_token_endpoint_gives_none(house: House, rogues: Any) -> None:
    backend = rogues(lambda _: response(b"never"))
    tokens = rogues(lambda _: response(b"", status=UNAUTHORIZED))
    security = {"tokenUrl": f"{tokens.url}/token", "clientId": "kiosk", "clientSecret": "s3cret"}
    answer = house.gateway(f"{guarded(house, backend.url, type='OAUTH', **security)}/x")
    assert (answer.status_code, answer.json()["code"]) == (500, "101507")
    assert "s3cret" not in answer.text
    assert backend.seen == []


def test_a_key_for_the_query_is_added_to_it_in_place_of_the_caller_s(house: House, rogues: Any) -> None:
    backend = rogues(lambda _: response(b"ok"))
    key = {"apiKeyIdentifier": "key", "apiKeyValue": "k&1", "apiKeyIdentifierType": "QUERY_PARAMETER"}
    base = guarded(house, backend.url, type="apikey", **key)
    house.gateway(f"{base}/x?a=1&key=theirs")
    path, _, query = backend.seen[0].path.partition("?")
    assert (path, parse_qs(query)) == ("/x", {"a": ["1"], "key": ["k&1"]})


def test_aws_requests_have_the_signature_that_botocore_computes_for_them(house: House, rogues: Any) -> None:
    signer = SigV4Auth(ReadOnlyCredentials("AKEY", "s3cret", None), "execute-api", "eu-west-1")

    def verify(seen: Seen) -> bytes:
        authorization = seen.header("authorization")
        named = re.search(r"SignedHeaders=([^,]+)", authorization)
        assert named is not None
        headers = {name: seen.header(name) for name in named[1].split(";")}
        method = seen.head.split(" ", 1)[0]
        request = AWSRequest(
            method=method, url=f"http://{seen.header('host')}{seen.path}", headers=headers, data=seen.body
        )
        request.context["timestamp"] = seen.header("x-amz-date")
        expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        given = authorization.rpartition("Signature=")[2]
        return response(b"verified") if given == expected else response(expected.encode(), status="403 Forbidden")

    security = {"accessKey": "AKEY", "secretKey": "s3cret", "region": "eu-west-1", "service": "execute-api"}
    base = guarded(house, rogues(verify).url, type="aws", **security)
    headers = {"Content-Type": "application/json"}
    answer = house.gateway(f"{base}/a%20b?b=2&a=1%2F", method="POST", content=b'{"order": 1}', headers=headers)
    assert (answer.status_code, answer.text) == (200, "verified")


@pytest.fixture(scope="module")
def cook(house: House) -> Iterator[str]:
    """The ARN of a function that answers with its event."""
    client, name = emulated(house, "lambda"), unique("cook")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("cook.py", COOK)
    made = client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=f"arn:aws:iam::{ACCOUNT}:role/cook",
        Handler="cook.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    yield str(made["FunctionArn"])
    client.delete_function(FunctionName=name)


def test_a_function_is_invoked_with_the_stored_keys_and_its_answer_is_the_reply(house: House, cook: str) -> None:
    config = {
        "endpoint_type": "awslambda",
        "access_method": "stored",
        "amznAccessKey": ACCOUNT,
        "amznSecretKey": "local",
        "amznRegion": REGION,
    }
    function = {"amznResourceName": cook, "amznResourceTimeout": 5000, "authType": "None"}
    operations = [
        {"verb": verb, "target": target, **function} for verb, target in (("POST", "/dishes/{id}"), ("GET", "/*"))
    ]
    base = house.base_path(house.publish(*operations, endpointConfig=config))
    answer = house.gateway(
        f"{base}/dishes/7?size=2", method="POST", content=b'{"with": "rice"}', headers={"X-Table": "9"}
    )
    assert (answer.status_code, answer.headers["x-cook"]) == (201, "lambda")
    event = answer.json()
    assert (event["httpMethod"], event["path"], event["pathParameters"]) == ("POST", "/dishes/7", {"id": "7"})
    assert (event["queryStringParameters"], event["body"]) == ({"size": "2"}, '{"with": "rice"}')
    assert event["headers"]["x-table"] == "9"
    burnt = house.gateway(f"{base}/burnt")
    assert (burnt.status_code, burnt.json()["code"]) == (503, "101505")
    assert "s3cret" not in burnt.text


def test_a_policy_puts_the_answer_of_a_function_in_the_body_s_place(house: House, cook: str) -> None:
    policy = {"policyName": "callAwsLambda", "parameters": {"functionName": cook}}
    operation = {**OPEN[1], "operationPolicies": {"request": [policy], "response": [], "fault": []}}
    base = house.base_path(house.publish({**operation, "target": "/echo"}))
    seen = house.gateway(f"{base}/echo", method="POST", json={"path": "/rice"}).json()
    assert json.loads(seen["body"]) == {"path": "/rice"}, (
        "the function answers with its event, and the backend got that"
    )
    failed = house.gateway(f"{base}/echo", method="POST", json={"path": "/burnt"})
    assert (failed.status_code, failed.json()["code"]) == (500, "601000")
    assert "s3cret" not in failed.text
