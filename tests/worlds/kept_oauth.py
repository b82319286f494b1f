"""Clients and what they are given, as it is kept: by the fakes and by DynamoDB, for the suites that both pass."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.oauth.clients import ClientTable
from gatehouse.adapters.dynamo.oauth.devices import AssertionTable, DeviceTable
from gatehouse.adapters.dynamo.oauth.key_lifetimes import KeyLifetimeTable
from gatehouse.adapters.dynamo.oauth.sessions import ConsentTable, SessionTable
from gatehouse.adapters.dynamo.oauth.tokens import CodeTable, FamilyTable
from gatehouse.domain.artifact import RevocationKind, revocation_key
from gatehouse.domain.tokens.authorization import (
    AuthorizationCode,
    DeviceGrant,
    LiveToken,
    Login,
    LoginSession,
    TokenFamily,
)
from gatehouse.domain.tokens.oauth import Client, ClientRules, Lifetimes
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.oauth import (
    InMemoryAssertions,
    InMemoryClients,
    InMemoryCodes,
    InMemoryConsents,
    InMemoryDevices,
    InMemoryFamilies,
    InMemoryKeyLifetimes,
    InMemorySessions,
)

if TYPE_CHECKING:
    from gatehouse.domain.artifact import ArtifactKey
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.tokens.oauth import (
        Assertions,
        Clients,
        Codes,
        Consents,
        DeviceGrants,
        KeyLifetimes,
        Sessions,
        TokenFamilies,
    )
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    clients: Clients
    families: TokenFamilies
    codes: Codes
    sessions: Sessions
    consents: Consents
    devices: DeviceGrants
    assertions: Assertions
    key_lifetimes: KeyLifetimes
    artifacts: Artifacts
    tenant: str


def in_memory() -> World:
    artifacts = InMemoryArtifacts(SystemClock())
    return World(
        clients=InMemoryClients(artifacts),
        families=(families := InMemoryFamilies(SystemClock(), artifacts)),
        codes=InMemoryCodes(SystemClock(), families),
        sessions=InMemorySessions(SystemClock()),
        consents=InMemoryConsents(),
        devices=InMemoryDevices(SystemClock()),
        assertions=InMemoryAssertions(SystemClock()),
        key_lifetimes=InMemoryKeyLifetimes(),
        artifacts=artifacts,
        tenant="a.example",
    )


def on_dynamodb(dynamodb: DynamoDB) -> World:
    oauth, artifacts = dynamodb.table("oauth"), dynamodb.table("artifacts")
    return World(
        clients=ClientTable(oauth, ArtifactTable(artifacts)),
        families=FamilyTable(oauth, ArtifactTable(artifacts)),
        codes=CodeTable(oauth),
        sessions=SessionTable(oauth),
        consents=ConsentTable(oauth),
        devices=DeviceTable(oauth),
        assertions=AssertionTable(oauth),
        key_lifetimes=KeyLifetimeTable(oauth),
        artifacts=ArtifactLookup(dynamodb.client, artifacts),
        tenant=f"{uuid.uuid4().hex}.example",
    )


def client(world: World, name: str = "console", **changes: Any) -> Client:
    values: dict[str, Any] = {
        "tenant": world.tenant,
        "id": uuid.uuid4().hex,
        "name": name,
        "owner": "Mary",
        "grant_types": frozenset({"password", "refresh_token"}),
        "secret_hash": "0" * 64,
        "generation": 3,
        "callback_url": "https://example.com/cb",
        "saas": True,
        "lifetimes": Lifetimes(application_seconds=1, user_seconds=-1, refresh_seconds=3, id_seconds=4),
        "rules": ClientRules(public=True, pkce_plain=True, redirect_uris=("https://a.example/",), audiences=("api",)),
        "created_at": 1_700_000_000,
        "version": 1,
    }
    return Client(**{**values, **changes})


LOGIN = Login(at=1_700_000_000, session="s1", nonce="n1")


def family(**changes: Any) -> TokenFamily:
    now = int(time.time())
    values: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "digest": uuid.uuid4().hex,
        "client_id": "client",
        "tenant": "user.example",
        "user": "Mary",
        "scopes": ("openid", "pizza:read"),
        "issued_at": now,
        "expires_at": now + 60,
        "live": (LiveToken(id="jti", tenant="user.example", expires_at=now + 30),),
        "login": LOGIN,
    }
    return TokenFamily(**{**values, **changes})


def code(**changes: Any) -> AuthorizationCode:
    values: dict[str, Any] = {
        "digest": uuid.uuid4().hex,
        "client_id": "client",
        "redirect_uri": "https://example.com/cb",
        "tenant": "user.example",
        "user": "Mary",
        "scopes": ("openid",),
        "login": LOGIN,
        "challenge": "c" * 43,
        "challenge_method": "S256",
        "expires_at": int(time.time()) + 60,
    }
    return AuthorizationCode(**{**values, **changes})


def session(world: World, **changes: Any) -> LoginSession:
    values: dict[str, Any] = {
        "digest": uuid.uuid4().hex,
        "id": "s1",
        "tenant": world.tenant,
        "user": "Mary",
        "logged_in_at": 1_700_000_000,
        "expires_at": int(time.time()) + 60,
    }
    return LoginSession(**{**values, **changes})


def device(**changes: Any) -> DeviceGrant:
    values: dict[str, Any] = {
        "digest": uuid.uuid4().hex,
        "user_code": uuid.uuid4().hex[:8],
        "client_id": "client",
        "scopes": ("openid",),
        "expires_at": int(time.time()) + 60,
        "interval": 5,
    }
    return DeviceGrant(**{**values, **changes})


def token_key(world: World) -> ArtifactKey:
    return revocation_key(world.tenant, RevocationKind.TOKEN, "jti")
