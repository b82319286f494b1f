"""A small world to call: one API, one application with keys and a subscription, tokens signed with a real key."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from gatehouse.adapters.expressions import CelExpressions
from gatehouse.adapters.graphql import CoreQueries
from gatehouse.adapters.keys.tokens import JwtVerifier
from gatehouse.adapters.login import PasswordLogin, RememberedPasswords
from gatehouse.adapters.schemas import JsonSchemas
from gatehouse.dataplane.answers.response_cache import ResponseCache
from gatehouse.dataplane.authenticate import Authenticator
from gatehouse.dataplane.call import Call
from gatehouse.dataplane.credentials.api_key import ApiKeys
from gatehouse.dataplane.credentials.basic import BasicCredentials
from gatehouse.dataplane.credentials.bearer import BearerTokens
from gatehouse.dataplane.credentials.internal_key import InternalKeys
from gatehouse.dataplane.credentials.key_uses import KeyUses
from gatehouse.dataplane.credentials.mutual_tls import ClientCertificates
from gatehouse.dataplane.credentials.signed_key import SignedKeys
from gatehouse.dataplane.endpoints import EndpointChoice
from gatehouse.dataplane.entrance import Entrance
from gatehouse.dataplane.forward import Forwarder
from gatehouse.dataplane.gateway import Gateway
from gatehouse.dataplane.knowledge.catalogue import Catalogue
from gatehouse.dataplane.mediate import Mediator
from gatehouse.dataplane.quota import Quotas
from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.domain.applications.grant import ApplicationGrant, KeyType, SubscriptionGrant, SubscriptionStatus
from gatehouse.domain.artifact import (
    Artifact,
    client_key,
    keys_key,
    policy_key,
    revision_key,
    route_key,
    state_key,
    subscription_key,
)
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import DeployedApi, DeployedOperation, Endpoint, EndpointGroup
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from gatehouse.domain.tokens.token import issuer_of
from gatehouse.ports.backends import BackendReply
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.hub import InMemoryHub
from tests.fakes.identity import InMemoryUsers
from tests.fakes.issuers import InMemoryIssuers
from tests.fakes.key_uses import InMemoryKeyUses
from tests.fakes.lockouts import InMemoryLockouts, guard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor

    from gatehouse.ports.backends import BackendFailed, BackendRequest, Backends, Invocation
    from gatehouse.ports.throttling.counters import Counters

MAX_STALENESS, REFRESH_AFTER = 5.0, 1.0
KEY_USE_SECONDS = 3600
MANAGEMENT_URL = "https://localhost:9443"
TRUSTED_PROXIES = ("10.0.0.0/24",)
API_ID = "0d6f0a3e-5f5b-4c6f-9d53-0c1b8d1d7a01"
APPLICATION_ID = "6c4f27a2-4d1e-4f5e-8f14-1d6b6ab0c702"
CONSUMER_KEY = "menuConsumerKey"
KEY_ID = "key-1"
PRIVATE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(key: rsa.RSAPrivateKey = PRIVATE_KEY, kid: str = KEY_ID) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "RS256", "use": "sig"}


def backend(*urls: str, **changes: Any) -> EndpointGroup:
    return EndpointGroup(members=tuple(Endpoint(url=url) for url in urls), **changes)


def menu_api(**changes: Any) -> DeployedApi:
    values: dict[str, Any] = {
        "id": API_ID,
        "tenant": SUPER_TENANT,
        "name": "Menu",
        "version": "1.0.0",
        "context": "/menu",
        "base_path": "/menu/1.0.0",
        "provider": "admin",
        "revision": 1,
        "production": backend("http://backend.example:9000/v1"),
        "sandbox": backend("http://sandbox.example:9000/v1"),
        "operations": (
            DeployedOperation(verb="GET", target="/items"),
            DeployedOperation(verb="GET", target="/items/{id}"),
            DeployedOperation(verb="POST", target="/orders", scopes=("order",)),
            DeployedOperation(verb="GET", target="/health", authenticated=False),
        ),
    }
    return DeployedApi(**{**values, **changes})


class RecordingBackend:
    """Answers 200 and keeps what it was sent; or fails the way it is told to. By the clock it takes `seconds`."""

    def __init__(self, clock: StoppedClock | None = None) -> None:
        self._clock = clock
        self.seconds = 0.0
        self.requests: list[BackendRequest] = []
        self.invocations: list[Invocation] = []
        self.failures: dict[str, BackendFailed] = {}
        self.failure: BackendFailed | None = None
        self.reply = BackendReply(status=200, headers=(("content-type", "application/json"),), body=b'{"ok":true}')

    def send(self, request: BackendRequest) -> BackendReply:
        self.requests.append(request)
        if self._clock is not None:
            self._clock.advance(self.seconds)
        if self.failure is not None:
            raise self.failure
        for url, failure in self.failures.items():
            if request.url.startswith(url):
                raise failure
        return self.reply

    def invoke(self, invocation: Invocation) -> BackendReply:
        self.invocations.append(invocation)
        if self.failure is not None:
            raise self.failure
        return self.reply


class CountingPasswords:
    """Compares plainly, and counts: comparing costs 50 ms when it is done in earnest."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def matches(self, password: str, password_hash: str) -> bool:
        self.asked.append(password_hash)
        return password_hash == f"plain:{password}"


class World:
    """Everything the call path looks up, in memory, with a clock that stands still."""

    def __init__(self) -> None:
        self.clock = StoppedClock()
        self.artifacts = InMemoryArtifacts(self.clock)
        self.backend = RecordingBackend(self.clock)
        self.issuers = InMemoryIssuers()
        self.users = InMemoryUsers(self.artifacts)
        self.passwords = CountingPasswords()
        self.lockouts = InMemoryLockouts()
        self.guard = guard(self.lockouts, self.clock)
        self.key_uses = InMemoryKeyUses()
        self.hub = InMemoryHub()
        self.publish_keys()
        self.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Gold", limits=(Rate(count=5000, seconds=60),)))
        self.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Unauthenticated", limits=(Rate(count=500, seconds=60),)))
        self.set_policy(PolicyKind.APPLICATION, Terms(name="50PerMin", limits=(Rate(count=50, seconds=60),)))
        self.set_policy(PolicyKind.APPLICATION, Terms(name="Unlimited"))
        self.set_policy(PolicyKind.ADVANCED, Terms(name="Unlimited"))
        self.deploy(menu_api())
        self.grant_application()
        self.subscribe()

    def gateway(
        self,
        counters: Counters,
        executor: Executor,
        write: Callable[[str], object],
        *,
        backends: Backends | None = None,
        environments_max: int = 10,
    ) -> Gateway:
        """An environment of the gateway, put together as its function does."""
        clock, sender = self.clock, backends or self.backend
        catalogue = Catalogue(self.artifacts, clock, max_staleness=MAX_STALENESS, refresh_after=REFRESH_AFTER)
        throttle = Throttle(counters, clock, executor, environments_max=environments_max)
        return Gateway(
            entrance=Entrance(
                catalogue=catalogue,
                authenticate=self._authenticator(catalogue),
                quotas=Quotas(catalogue, throttle, CelExpressions()),
                queries=CoreQueries(),
                key_uses=KeyUses(self.key_uses, executor, every_seconds=KEY_USE_SECONDS),
            ),
            mediator=Mediator(
                catalogue=catalogue, schemas=JsonSchemas(), backends=sender, functions=self.backend, signer=self
            ),
            cache=ResponseCache(clock),
            forward=Forwarder(
                catalogue=catalogue,
                backends=sender,
                functions=self.backend,
                choice=EndpointChoice(clock, first=lambda _: 0),
                clock=clock,
                seconds=28.0,
                connect_seconds=3.0,
                read_seconds=25.0,
                pause=self.clock.advance,
            ),
            hub=lambda: self.hub,
            beside=executor,
            now=clock.now,
            write=write,
        )

    def _authenticator(self, catalogue: Catalogue) -> Authenticator:
        return Authenticator(
            bearer=BearerTokens(
                catalogue, JwtVerifier(), MANAGEMENT_URL, key_source=self.issuers, introspector=self.issuers
            ),
            basic=BasicCredentials(catalogue, self.login(), remembered_seconds=MAX_STALENESS),
            api_key=ApiKeys(catalogue, SignedKeys(catalogue, JwtVerifier(), MANAGEMENT_URL)),
            internal_key=InternalKeys(catalogue),
            mutual_tls=ClientCertificates(catalogue, TRUSTED_PROXIES),
        )

    def login(self) -> PasswordLogin:
        """Who logs in. What the gateway remembers of it, it remembers itself."""
        return PasswordLogin(self.users, RememberedPasswords(self.passwords, self.clock, 0.0), self.guard)

    def sign(self, tenant: str, claims: Mapping[str, Any], seconds: int) -> str:
        """As `mediation.message.Signer` has it, with the key that tokens are signed with here."""
        now = int(self.clock.now())
        times = {"iat": now, "exp": now + seconds}
        return jwt.encode(
            {**claims, **times, "tenant": tenant}, PRIVATE_KEY, algorithm="RS256", headers={"kid": KEY_ID}
        )

    def publish_keys(self, *keys: dict[str, Any]) -> None:
        body = {"keys": list(keys or (public_jwk(),))}
        self.artifacts.publish([Artifact(keys_key(SUPER_TENANT), body)])

    def set_policy(self, kind: PolicyKind, terms: Terms) -> None:
        self.artifacts.publish([Artifact(policy_key(SUPER_TENANT, kind, terms.name), terms.to_body())])

    def deploy(self, api: DeployedApi, state: str = "PUBLISHED") -> None:
        changes = [
            Artifact(route_key(api.tenant, api.base_path), {"api_id": api.id}),
            # As the table does: bodies come back as JSON, tuples as lists.
            Artifact(revision_key(api.tenant, api.id), json.loads(json.dumps(api.to_body()))),
            Artifact(state_key(api.tenant, api.id), {"state": state}),
        ]
        self.artifacts.publish(changes)

    def grant_application(self, policy: str = "Unlimited", key_type: KeyType = KeyType.PRODUCTION) -> None:
        grant = ApplicationGrant(
            application_id=APPLICATION_ID, name="Kiosk", owner="mary@carbon.super", policy=policy, key_type=key_type
        )
        self.artifacts.publish([Artifact(client_key(SUPER_TENANT, CONSUMER_KEY), grant.to_body())])

    def subscribe(self, status: SubscriptionStatus = SubscriptionStatus.UNBLOCKED, policy: str = "Gold") -> None:
        grant = SubscriptionGrant(subscription_id="s-1", policy=policy, status=status)
        key = subscription_key(SUPER_TENANT, APPLICATION_ID, API_ID)
        self.artifacts.publish([Artifact(key, grant.to_body())])

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(self.clock.now())
        return {
            "iss": issuer_of(MANAGEMENT_URL, SUPER_TENANT),
            "sub": CONSUMER_KEY,
            "username": "mary@carbon.super",
            "aud": CONSUMER_KEY,
            "azp": CONSUMER_KEY,
            "aut": "APPLICATION",
            "scope": "default",
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            **changes,
        }

    def token(self, key: Any = PRIVATE_KEY, *, algorithm: str = "RS256", kid: str = KEY_ID, **changes: Any) -> str:
        return jwt.encode(self.claims(**changes), key, algorithm=algorithm, headers={"kid": kid})

    def call(self, method: str = "GET", path: str = "/menu/1.0.0/items", **parts: Any) -> Call:
        headers = {name.lower(): value for name, value in parts.pop("headers", {}).items()}
        if (token := parts.pop("token", None)) is not None:
            headers["authorization"] = f"Bearer {token}"
        values: dict[str, Any] = {"query": "", "body": b"", "source_ip": "203.0.113.7"}
        return Call(
            id=str(uuid.uuid4()),
            received_at=self.clock.now(),
            method=method,
            path=path,
            headers=headers,
            **{**values, **parts},
        )
