"""An external key manager from the admin interface to a call, with the functions as Lambda starts them, on the emulator."""

from __future__ import annotations

import importlib
import json
import sys
import time
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters import aws
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.identity import UserTable
from gatehouse.adapters.dynamo.settings import PolicyTable
from gatehouse.adapters.keys.passwords import Argon2Passwords
from gatehouse.controlplane.throttling.policies import seed
from gatehouse.domain.applications.grant import SubscriptionGrant, SubscriptionStatus
from gatehouse.domain.artifact import Artifact, revision_key, route_key, state_key, subscription_key
from gatehouse.domain.people.identity import ADMIN, SUPER_TENANT, User
from gatehouse.domain.publishing.deployed import DeployedOperation
from gatehouse.settings import AdminSettings, GatewaySettings, StoreSettings
from tests.calls import API_ID, backend, menu_api
from tests.events import CONTEXT, basic, http_event
from tests.worlds.issuers import CLIENT, ISSUER, IssuerServer, claims, rsa_key, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import DynamoDB

PASSWORD = "first-password"
STORE, ADMINISTRATION = "/api/am/devportal/v3", "/api/am/admin/v4"
NAMES = ("admin", "store", "gateway")

pytestmark = pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)


class Stack:
    """`made` sends a management request that must succeed; `call` calls the API with a token."""

    def __init__(self, handlers: dict[str, Any], artifacts: ArtifactTable, server: IssuerServer) -> None:
        self._handlers, self.artifacts, self.server = handlers, artifacts, server

    def made(self, method: str, path: str, body: Any = None) -> Any:
        handler = self._handlers["admin" if path.startswith(ADMINISTRATION) else "store"]
        answer = handler(http_event(method, path, headers=basic("admin", PASSWORD), body=body), CONTEXT)
        assert answer["statusCode"] < 300, answer["body"]
        return json.loads(answer["body"]) if answer["body"] else None

    def call(self, token: str) -> tuple[int, str]:
        headers = {"authorization": f"Bearer {token}"}
        answer = self._handlers["gateway"](http_event("GET", "/menu/1.0.0/jwks", headers=headers), CONTEXT)
        body = json.loads(answer["body"])
        return answer["statusCode"], body.get("code", "")

    def deploy(self) -> None:
        api = menu_api(production=backend(self.server.url), operations=(DeployedOperation(verb="GET", target="/jwks"),))
        self.artifacts.publish(
            [
                Artifact(route_key(api.tenant, api.base_path), {"api_id": api.id}),
                Artifact(revision_key(api.tenant, api.id), api.to_body()),
                Artifact(state_key(api.tenant, api.id), {"state": "PUBLISHED"}),
            ]
        )

    def subscribe(self, application_id: str) -> None:
        grant = SubscriptionGrant(subscription_id="s", policy="Unlimited", status=SubscriptionStatus.UNBLOCKED)
        self.artifacts.publish([Artifact(subscription_key(SUPER_TENANT, application_id, API_ID), grant.to_body())])


def told(kind: type[Any], tables: dict[str, str]) -> Any:
    """Settings of this kind, the rest of them plausible."""
    known = {
        **tables,
        "management_url": "https://localhost:9443",
        "local_backends_allowed": True,
        "hostname_verification": "Strict",
        "tls_minimum": "1.2",
        "throttle_preset": "balanced",
        "throttle_on_fault": "closed",
        # Off, as they are by default.
        "trace_endpoint": "",
        "responses_table": "",
    }
    plain = {"str": "x", "int": 5, "float": 5.0, "bool": True}
    return kind(**{field.name: known.get(field.name, plain.get(str(field.type), ())) for field in fields(kind)})


@pytest.fixture
def stack(dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    names = ("identity", "artifacts", "apis", "applications", "settings", "counters")
    tables = {f"{name}_table": dynamodb.table(name, sorted_by_key=name != "counters") for name in names}
    for kind in (AdminSettings, StoreSettings, GatewaySettings):
        for name, value in told(kind, tables).to_environment().items():
            monkeypatch.setenv(name, value)
    artifacts = ArtifactTable(tables["artifacts_table"])
    seed(PolicyTable(tables["settings_table"], artifacts), SUPER_TENANT)
    hashed = Argon2Passwords().hash(PASSWORD)
    admin = User(tenant=SUPER_TENANT, id="1", name="admin", roles=frozenset({ADMIN}), password_hash=hashed)
    UserTable(tables["identity_table"], artifacts).add(admin)
    monkeypatch.setattr(aws, "invoke_client", lambda: None)
    server = IssuerServer()
    yield Stack(
        {name: importlib.import_module(f"functions.{name}.handler").handler for name in NAMES}, artifacts, server
    )
    server.close()
    for name in NAMES:
        del sys.modules[f"functions.{name}.handler"]


def test_from_a_registered_key_manager_to_a_call_and_back(stack: Stack) -> None:
    stack.deploy()
    document = {
        "name": "Theirs",
        "type": "custom",
        "issuer": ISSUER,
        "alias": "menu",
        "certificates": {"type": "JWKS", "value": f"{stack.server.url}/jwks"},
        "introspectionEndpoint": f"{stack.server.url}/introspect",
        "enableMapOAuthConsumerApps": True,
    }
    key_manager = stack.made("POST", f"{ADMINISTRATION}/key-managers", document)
    application = {"name": "Kiosk", "throttlingPolicy": "Unlimited"}
    application_id = stack.made("POST", f"{STORE}/applications", application)["applicationId"]
    stack.subscribe(application_id)
    wanted = {"consumerKey": CLIENT, "keyManager": "Theirs", "keyType": "PRODUCTION"}
    key = stack.made("POST", f"{STORE}/applications/{application_id}/map-keys", wanted)

    token = signed(claims(time.time()))
    stack.server.active["opaque"] = {"active": True, "client_id": CLIENT, "aud": "menu"}
    assert stack.call(token) == (200, "")
    assert stack.call("opaque") == (200, "")
    assert stack.call("unknown") == (401, "900901")
    assert stack.call(signed(claims(time.time()), rsa_key("stranger"))) == (401, "900901")
    assert stack.call(signed(claims(time.time(), aud="elsewhere"))) == (401, "900901")
    assert stack.call(signed(claims(time.time(), azp="another"))) == (403, "900908")

    stack.made("DELETE", f"{STORE}/applications/{application_id}/oauth-keys/{key['keyMappingId']}")
    stack.made("DELETE", f"{ADMINISTRATION}/key-managers/{key_manager['id']}")
    time.sleep(5.5)  # max_staleness_seconds: a token that was good is not asked again before
    assert stack.call(token) == (401, "900901")
