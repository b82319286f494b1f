"""The store, the admin and the publisher as Lambda starts them, on the emulator: from a design to a deleted application."""

from __future__ import annotations

import importlib
import io
import json
import sys
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters import aws
from gatehouse.adapters.aws import secrets_client
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.identity import UserTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.settings import PolicyTable
from gatehouse.adapters.keys.passwords import Argon2Passwords
from gatehouse.adapters.objects.blobs import blob_client
from gatehouse.controlplane.throttling.policies import seed
from gatehouse.domain.artifact import client_key, subscription_key
from gatehouse.domain.people.identity import ADMIN, SUPER_TENANT, User
from gatehouse.settings import KeyManagerSettings, PublisherSettings, StoreSettings, ThrottlingSettings
from tests.callers import Reply
from tests.events import CONTEXT, basic, http_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import DynamoDB

PASSWORD = "first-password"
PUBLISHER, STORE, THROTTLING = "/api/am/publisher/v4", "/api/am/devportal/v3", "/api/am/admin/v4/throttling"

pytestmark = pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)


class DirectInvocation:
    """Lambda's `Invoke`, without Lambda: the key manager's handler, in this process."""

    def __init__(self) -> None:
        self.handler: Any = None

    def invoke(self, **asked: Any) -> dict[str, Any]:
        answer = self.handler(json.loads(asked["Payload"]), CONTEXT)
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}


@dataclass(frozen=True, kw_only=True)
class Stack:
    handlers: dict[str, Any]
    artifacts: ArtifactLookup

    def call(self, method: str, path: str, body: Any = None, *, query: dict[str, Any] | None = None) -> Reply:
        name = next(name for name, base in _BASES.items() if path.startswith(base))
        event = http_event(method, path, headers=basic("admin", PASSWORD), body=body, query=query)
        answer = self.handlers[name](event, CONTEXT)
        text = answer["body"] or ""
        return Reply(
            status=answer["statusCode"], headers=answer["headers"], text=text, json=json.loads(text) if text else None
        )

    def made(self, path: str, body: Any, *, status: int = 201) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status == status, answer.text
        return answer.json


_BASES = {"publisher": PUBLISHER, "store": STORE, "throttling": THROTTLING}


@pytest.fixture
def stack(dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    bucket = f"content-{uuid.uuid4().hex}"
    blob_client().create_bucket(Bucket=bucket)
    secret = secrets_client().create_secret(Name=f"secret-{uuid.uuid4().hex}", SecretString="random text")["ARN"]
    shared: dict[str, Any] = {
        "stage": "test",
        "management_url": "https://localhost:9443",
        "gateway_url": "https://localhost:8243",
        "max_staleness_seconds": 5.0,
        "identity_table": dynamodb.table("identity"),
        "user_store_secret": secret,
        "lockout_threshold": 5,
        "lockout_first_seconds": 300,
        "lockout_growth": 2.0,
        "lockout_seconds_max": 86400,
        "address_failures": 100,
        "address_seconds": 60,
        "artifacts_table": dynamodb.table("artifacts"),
    }
    archives: dict[str, Any] = {"archive_entries_max": 100, "archive_bytes_max": 1_000_000}
    apis = {
        "apis_table": dynamodb.table("apis"),
        "applications_table": dynamodb.table("applications"),
        "settings_table": dynamodb.table("settings"),
    }
    counters = dynamodb.table("counters", sorted_by_key=False)
    workflows = dynamodb.table("workflows")
    settings = (
        KeyManagerSettings(
            **shared,
            oauth_table=dynamodb.table("oauth"),
            signing_secret=secret,
            assertion_secret=secret,
            session_seconds=3600,
            key_rotation_seconds=0,
            introspects_across_tenants=False,
            implicit_allowed=False,
            local_backends_allowed=True,
        ),
        PublisherSettings(
            **shared,
            **apis,
            content_bucket=bucket,
            gateway_api="gateway",
            direct_authorizer="authorizer",
            internal_key_seconds=3600,
            workflows_table=workflows,
            mail_sender="",
            **archives,
            upload_bytes_max=1_000_000,
            upload_seconds=60,
            local_backends_allowed=True,
        ),
        StoreSettings(
            **shared,
            **apis,
            counters_table=counters,
            content_bucket=bucket,
            workflows_table=workflows,
            key_manager_function="key-manager",
            sdk_generator_function="sdk-generator",
            download_seconds=60,
            local_backends_allowed=True,
            **archives,
        ),
        ThrottlingSettings(
            **shared,
            **apis,
            counters_table=counters,
            environments_max=10,
            counter_seconds=2.0,
            refresh_after_seconds=1.0,
            throttle_preset="balanced",
            throttle_on_fault="closed",
            throttle_epsilon=0.0,
            give_back_seconds=0.25,
        ),
    )
    for told in settings:
        for name, value in told.to_environment().items():
            monkeypatch.setenv(name, value)
    artifacts = ArtifactTable(shared["artifacts_table"])
    seed(PolicyTable(apis["settings_table"], artifacts), SUPER_TENANT)
    hashed = Argon2Passwords().hash(PASSWORD)
    admin = User(tenant=SUPER_TENANT, id="1", name="admin", roles=frozenset({ADMIN}), password_hash=hashed)
    UserTable(shared["identity_table"], artifacts).add(admin)
    invocation = DirectInvocation()
    monkeypatch.setattr(aws, "invoke_client", lambda: invocation)
    names = ("key_manager", *_BASES)
    modules: dict[str, Any] = {name: importlib.import_module(f"functions.{name}.handler") for name in names}
    invocation.handler = modules["key_manager"].handler
    modules["key_manager"]._parts.keys.provision()
    yield Stack(
        handlers={name: modules[name].handler for name in _BASES},
        artifacts=ArtifactLookup(dynamodb.client, shared["artifacts_table"]),
    )
    for name in names:
        del sys.modules[f"functions.{name}.handler"]


def test_the_main_path_from_a_design_to_a_deleted_application(stack: Stack) -> None:
    limit = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"timeUnit": "min", "unitTime": 1, "requestCount": 3}}
    plan = {"policyName": "ThreePerMin", "defaultLimit": limit, "stopOnQuotaReach": True}
    policy = stack.made(f"{THROTTLING}/policies/subscription", plan)
    endpoint = {"production_endpoints": {"url": "http://backend.example"}, "endpoint_type": "http"}
    design = {
        "name": "Pizza",
        "version": "1.0.0",
        "context": "/pizza",
        "policies": ["ThreePerMin"],
        "endpointConfig": endpoint,
    }
    api_id = stack.made(f"{PUBLISHER}/apis", design)["id"]
    assert stack.call("GET", f"{STORE}/apis/{api_id}").status == 404
    published = stack.call("POST", f"{PUBLISHER}/apis/change-lifecycle", query={"action": "Publish", "apiId": api_id})
    assert published.status == 200, published.text
    assert stack.call("GET", f"{STORE}/apis").json["count"] == 1
    assert stack.call("GET", f"{STORE}/apis/{api_id}/swagger").json["info"]["title"] == "Pizza"

    application = stack.made(f"{STORE}/applications", {"name": "Kiosk", "throttlingPolicy": "10PerMin"})
    application_id = application["applicationId"]
    wish = {"applicationId": application_id, "apiId": api_id, "throttlingPolicy": "ThreePerMin"}
    subscription = stack.made(f"{STORE}/subscriptions", wish)
    assert stack.call("POST", f"{STORE}/subscriptions", wish).status == 409
    wanted = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]}
    keys = stack.made(f"{STORE}/applications/{application_id}/generate-keys", wanted, status=200)
    assert keys["token"]["accessToken"].count(".") == 2
    again = stack.call("POST", f"{STORE}/applications/{application_id}/generate-keys", wanted)
    assert (again.status, again.json["code"]) == (409, 901408)
    grants = [
        client_key(SUPER_TENANT, keys["consumerKey"]),
        subscription_key(SUPER_TENANT, application_id, api_id),
    ]
    granted, subscribed = stack.artifacts.get(grants)
    assert granted is not None
    assert subscribed is not None
    assert (granted["policy"], subscribed["policy"]) == ("10PerMin", "ThreePerMin")

    path = f"{STORE}/applications/{application_id}/keys/PRODUCTION"
    secret = stack.made(f"{path}/regenerate-secret", None, status=200)["consumerSecret"]
    assert secret != keys["consumerSecret"]
    old = stack.call("POST", f"{path}/generate-token", {"consumerSecret": keys["consumerSecret"]})
    assert (old.status, old.json["error"][0]["code"]) == (400, "400_consumerSecret")
    token = stack.made(f"{path}/generate-token", {"consumerSecret": secret, "validityPeriod": 60}, status=200)
    assert token["validityTime"] == 60

    in_use = f"{THROTTLING}/policies/subscription/{policy['policyId']}"
    assert stack.call("DELETE", in_use).status == 409
    assert stack.call("DELETE", f"{PUBLISHER}/apis/{api_id}").status == 409
    assert stack.call("DELETE", f"{STORE}/applications/{application_id}").status == 200
    assert stack.artifacts.get(grants) == [None, None]
    assert stack.call("GET", f"{STORE}/subscriptions/{subscription['subscriptionId']}").status == 404
    assert stack.call("DELETE", f"{PUBLISHER}/apis/{api_id}").status == 200
    assert stack.call("DELETE", in_use).status == 200
