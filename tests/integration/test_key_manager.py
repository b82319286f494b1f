"""The handlers of identity and the key manager as Lambda starts them, on the emulator: deploy, register, log in, revoke."""

from __future__ import annotations

import importlib
import json
import sys
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from gatehouse.adapters.aws import secrets_client
from gatehouse.settings import IdentitySettings, KeyManagerSettings
from tests.callers import Reply
from tests.events import CONTEXT, basic, bearer, http_event
from tests.worlds.key_manager import FORM, MANAGEMENT_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import DynamoDB

HANDLERS = ("functions.key_manager.handler", "functions.identity.handler")
PASSWORD = "first-password"

pytestmark = pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)


@dataclass
class CloudFormation:
    """Takes the answers of deploy-time calls where CloudFormation would."""

    url: str
    answers: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    answers: list[dict[str, Any]] = []

    class Bucket(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            answers.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Bucket) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield CloudFormation(f"http://127.0.0.1:{server.server_port}/answer", answers)
        server.shutdown()
        thread.join()


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Both functions, started with the environment that infra would write."""

    key_manager: Callable[..., Any]
    identity: Callable[..., Any]
    cloudformation: CloudFormation

    def provision(self, handler: Callable[..., Any], kind: str = "Create") -> dict[str, Any]:
        event = {
            "RequestType": kind,
            "ResponseURL": self.cloudformation.url,
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Resource",
            "ResourceProperties": {},
        }
        assert handler(event, CONTEXT) is None
        return self.cloudformation.answers[-1]

    def register(self, **changes: Any) -> Reply:
        body = {"clientName": "cli", "owner": "admin", "grantType": "password refresh_token client_credentials"}
        path = "/client-registration/v0.17/register"
        event = http_event("POST", path, headers=basic("admin", PASSWORD), body={**body, **changes})
        return _reply(self.key_manager(event, CONTEXT))

    def form(self, path: str, client: dict[str, Any], **fields: str) -> Reply:
        headers = {"content-type": FORM, **basic(client["clientId"], client["clientSecret"])}
        event = http_event("POST", path, headers=headers, body=urlencode(fields).encode())
        return _reply(self.key_manager(event, CONTEXT))

    def users(self, token: str) -> Reply:
        return _reply(self.identity(http_event("GET", "/scim2/Users", headers=bearer(token)), CONTEXT))


def _reply(answer: dict[str, Any]) -> Reply:
    text = answer["body"] or ""
    return Reply(
        status=answer["statusCode"], headers=answer["headers"], text=text, json=json.loads(text) if text else None
    )


@pytest.fixture
def deployment(
    dynamodb: DynamoDB, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    secrets = secrets_client()

    def secret(value: str) -> str:
        return str(secrets.create_secret(Name=f"secret-{uuid.uuid4().hex}", SecretString=value)["ARN"])

    shared: dict[str, Any] = {
        "stage": "test",
        "management_url": MANAGEMENT_URL,
        "gateway_url": "",
        "max_staleness_seconds": 5.0,
        "identity_table": dynamodb.table("identity"),
        "user_store_secret": secret(json.dumps({"key": "k" * 64})),
        "lockout_threshold": 5,
        "lockout_first_seconds": 300,
        "lockout_growth": 2.0,
        "lockout_seconds_max": 86400,
        "address_failures": 100,
        "address_seconds": 60,
        "artifacts_table": dynamodb.table("artifacts"),
    }
    key_manager = KeyManagerSettings(
        **shared,
        oauth_table=dynamodb.table("oauth"),
        signing_secret=secret("random text of CloudFormation"),
        assertion_secret=secret("random text of CloudFormation"),
        session_seconds=3600,
        key_rotation_seconds=0,
        introspects_across_tenants=False,
        implicit_allowed=False,
        local_backends_allowed=True,
    )
    identity = IdentitySettings(
        **shared,
        settings_table=dynamodb.table("settings"),
        mail_sender="",
        apis_table=dynamodb.table("apis"),
        applications_table=dynamodb.table("applications"),
        oauth_table=key_manager.oauth_table,
        content_bucket="content",
        workflows_table=dynamodb.table("workflows"),
        first_admin_secret=secret(json.dumps({"username": "admin", "password": PASSWORD})),
    )
    for name, value in (key_manager.to_environment() | identity.to_environment()).items():
        monkeypatch.setenv(name, value)
    first, second = (importlib.import_module(name).handler for name in HANDLERS)
    yield Deployment(key_manager=first, identity=second, cloudformation=cloudformation)
    for name in HANDLERS:
        del sys.modules[name]


@pytest.fixture
def deployed(deployment: Deployment) -> Deployment:
    for handler in (deployment.key_manager, deployment.identity):
        assert deployment.provision(handler)["Status"] == "SUCCESS"
    return deployment


def test_before_its_deployment_nothing_is_signed(deployment: Deployment) -> None:
    deployment.provision(deployment.identity)
    assert deployment.register().status == 503


def test_the_main_path_from_the_first_login_to_a_revoked_token(deployed: Deployment) -> None:
    client = deployed.register().json
    issued = deployed.form(
        "/oauth2/token", client, grant_type="password", username="admin", password=PASSWORD, scope="apim:admin"
    ).json
    assert issued["scope"] == "apim:admin"
    renewed = deployed.form(
        "/oauth2/token", client, grant_type="refresh_token", refresh_token=issued["refresh_token"]
    ).json
    listed = deployed.users(renewed["access_token"])
    assert [user["userName"] for user in listed.json["Resources"]] == ["admin"]
    assert deployed.form("/oauth2/revoke", client, token=renewed["access_token"]).status == 200
    assert deployed.users(renewed["access_token"]).status == 401
    assert deployed.users(issued["access_token"]).status == 200


def test_an_update_keeps_keys_secrets_and_the_changed_password(deployed: Deployment) -> None:
    client = deployed.register().json
    token = deployed.form(
        "/oauth2/token", client, grant_type="password", username="admin", password=PASSWORD, scope="apim:admin"
    )
    user = deployed.users(token.json["access_token"]).json["Resources"][0]
    event = http_event(
        "PUT",
        f"/scim2/Users/{user['id']}",
        headers=basic("admin", PASSWORD),
        body={"userName": "admin", "password": "second-password"},
    )
    assert deployed.identity(event, CONTEXT)["statusCode"] == 200
    for handler in (deployed.key_manager, deployed.identity):
        assert deployed.provision(handler, "Update")["Status"] == "SUCCESS"
    assert deployed.register().status == 401
    form = {"grant_type": "password", "username": "admin", "password": "second-password"}
    assert deployed.form("/oauth2/token", client, **form).status == 200


def test_a_deletion_keeps_everything(deployed: Deployment) -> None:
    client = deployed.register().json
    for handler in (deployed.key_manager, deployed.identity):
        assert deployed.provision(handler, "Delete")["Status"] == "SUCCESS"
    assert deployed.register().json == client


def test_another_function_asks_by_invoking(deployed: Deployment) -> None:
    arguments = {"tenant": "carbon.super", "owner": "admin", "name": "app", "grant_types": ["client_credentials"]}
    made = deployed.key_manager({"action": "create_client", "arguments": arguments}, CONTEXT)["result"]
    client = {"clientId": made["client_id"], "clientSecret": made["client_secret"]}
    assert deployed.form("/oauth2/token", client, grant_type="client_credentials").status == 200
    again = deployed.key_manager({"action": "create_client", "arguments": arguments}, CONTEXT)
    assert again["error"]["kind"] == "ClientExists"


def test_an_http_event_is_never_taken_for_an_action(deployed: Deployment) -> None:
    arguments = {"tenant": "carbon.super", "owner": "admin", "name": "app", "grant_types": []}
    event = http_event("POST", "/oauth2/token", body={"action": "create_client", "arguments": arguments})
    answer = deployed.key_manager({**event, "action": "create_client", "arguments": arguments}, CONTEXT)
    assert answer["statusCode"] == 400
