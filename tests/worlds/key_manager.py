"""A key manager to talk to in unit tests: real signing and real surfaces over tables in memory."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt

from functions.key_manager.interface import (
    dcr_interface,
    is_page,
    metadata_interface,
    oauth2_interface,
    pages_interface,
    revocations_interface,
)
from functions.key_manager.pages import page_error
from functions.key_manager.parts import World, assemble
from functions.key_manager.routes.client_metadata import metadata_error
from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.keys.signing import SecretKeyring
from gatehouse.adapters.keys.tokens import JwtVerifier
from gatehouse.adapters.login import PasswordLogin, RememberedPasswords
from gatehouse.adapters.user_stores.sealing import SecretSeal
from gatehouse.controlplane.identity.federation import Federation
from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.people.identity import (
    ADMIN,
    CREATOR,
    EVERYONE,
    PUBLISHER,
    SUBSCRIBER,
    SUPER_TENANT,
    Tenant,
    User,
)
from gatehouse.domain.people.identity_provider import Protocol
from gatehouse.edge.auth import Callers
from gatehouse.edge.errors import oauth_error
from gatehouse.edge.surface import Surface
from gatehouse.ports.tokens.signing import RS256
from tests.callers import OTHER_TENANT, PASSWORD, PlainPasswords, Reply
from tests.events import CONTEXT, basic, bearer, http_event
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.identity import InMemoryTenants, InMemoryUsers
from tests.fakes.identity_providers import InMemoryIdentityProviders, SaidSo
from tests.fakes.issuers import InMemoryIssuers
from tests.fakes.lockouts import InMemoryLockouts, Journal, guard
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
from tests.fakes.secrets import InMemorySecrets

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import ClientCredentials

MANAGEMENT_URL = "https://localhost:9443"
FORM = "application/x-www-form-urlencoded"
SESSION_SECONDS = 3600
KEY_ROTATION_SECONDS = 90 * 86400
EVERY_GRANT = ("password", "client_credentials", "refresh_token")


@cache
def signing_secret(algorithms: tuple[str, ...] = (RS256,)) -> str:
    """The document of a provisioned signing secret; making a key takes a while, so all tests share one."""
    secrets = InMemorySecrets(signing=None)
    SecretKeyring(SecretDocument(secrets, "signing"), StoppedClock(), algorithms).create_unless_there()
    return secrets.values["signing"] or ""


def person(name: str, *roles: str, tenant: str = SUPER_TENANT, active: bool = True) -> User:
    return User(
        tenant=tenant,
        id=f"{tenant}-{name}",
        name=name,
        roles=frozenset({*roles, EVERYONE}),
        password_hash=f"plain:{PASSWORD}",
        active=active,
    )


PEOPLE = (
    person("admin", ADMIN),
    person("carol", CREATOR),
    person("paul", PUBLISHER),
    person("mary", SUBSCRIBER),
    person("gone", SUBSCRIBER, active=False),
    person("nobody"),
    person("mary", SUBSCRIBER, tenant=OTHER_TENANT),
    person("admin", ADMIN, tenant=OTHER_TENANT),
)


class KeyManagerWorld:
    def __init__(self, *, implicit_allowed: bool = False, algorithms: tuple[str, ...] = (RS256,)) -> None:
        self.clock = StoppedClock()
        self.artifacts = InMemoryArtifacts(self.clock)
        self.users = InMemoryUsers(self.artifacts, PEOPLE)
        self.tenants = InMemoryTenants()
        for domain in (SUPER_TENANT, OTHER_TENANT):
            self.tenants.provision(Tenant(domain=domain), [])
        self.clients = InMemoryClients(self.artifacts)
        self.families = InMemoryFamilies(self.clock, self.artifacts)
        self.codes = InMemoryCodes(self.clock, self.families)
        self.sessions = InMemorySessions(self.clock)
        self.consents = InMemoryConsents()
        self.devices = InMemoryDevices(self.clock)
        self.issuers = InMemoryIssuers()
        self.key_lifetimes = InMemoryKeyLifetimes()
        self.secrets = InMemorySecrets(signing=signing_secret(algorithms), assertion=signing_secret())
        self.lockouts = InMemoryLockouts()
        self.journal = Journal()
        self.keyring = SecretKeyring(SecretDocument(self.secrets, "signing"), self.clock)
        self.callers = Callers(
            users=self.users,
            authentication=PasswordLogin(
                self.users,
                RememberedPasswords(PlainPasswords(), self.clock, 10.0),
                guard(self.lockouts, self.clock, self.journal),
            ),
            verifier=JwtVerifier(),
            artifacts=self.artifacts,
            clock=self.clock,
            management_url=MANAGEMENT_URL,
        )
        self.providers = InMemoryIdentityProviders()
        self.vouching = SaidSo()
        self.seal = SecretSeal(SecretDocument(InMemorySecrets(stores='{"key": "k"}'), "stores"))
        self.federation = Federation(
            providers=self.providers,
            protocols={Protocol.OIDC: self.vouching, Protocol.SAML: self.vouching},
            users=self.users,
            tenants=self.tenants,
            seal=self.seal,
            lockouts=self.lockouts,
            journal=self.journal,
            clock=self.clock,
            management_url=MANAGEMENT_URL,
        )
        self.parts = assemble(
            World(
                clients=self.clients,
                families=self.families,
                codes=self.codes,
                sessions=self.sessions,
                consents=self.consents,
                devices=self.devices,
                assertions=InMemoryAssertions(self.clock),
                key_lifetimes=self.key_lifetimes,
                key_source=self.issuers,
                users=self.users,
                tenants=self.tenants,
                authentication=self.callers.authentication,
                keyring=self.keyring,
                assertion_keyring=SecretKeyring(SecretDocument(self.secrets, "assertion"), self.clock),
                verifier=self.callers.verifier,
                artifacts=self.artifacts,
                publication=self.artifacts,
                clock=self.clock,
                management_url=MANAGEMENT_URL,
                session_seconds=SESSION_SECONDS,
                key_rotation_seconds=KEY_ROTATION_SECONDS,
                max_staleness_seconds=5.0,
                introspects_across_tenants=False,
                implicit_allowed=implicit_allowed,
                identify=self.callers.identify,
                federation=self.federation,
            )
        )
        self._pages = Surface(pages_interface(self.parts), self.callers, render_error=page_error)
        self._oauth2 = Surface(oauth2_interface(self.parts), self.callers, render_error=oauth_error)
        self._metadata = Surface(metadata_interface(self.parts), self.callers, render_error=metadata_error)
        self._dcr = Surface(dcr_interface(self.parts), self.callers)
        self._revocations = Surface(revocations_interface(self.parts), self.callers)

    def client(
        self,
        *,
        owner: str = "admin",
        tenant: str = SUPER_TENANT,
        name: str = "console",
        grant_types: tuple[str, ...] = EVERY_GRANT,
        saas: bool = False,
        **more: Any,
    ) -> ClientCredentials:
        registered = self.parts.registration.register(
            tenant=tenant, owner=owner, name=name, grant_types=grant_types, saas=saas, **more
        )
        return self.parts.registration.credentials(registered)

    def token(self, client: ClientCredentials | None, path: str = "/oauth2/token", **form: str) -> Reply:
        return self.post(path, form, client)

    def password(self, client: ClientCredentials, user: str = "admin", **form: str) -> Reply:
        return self.token(client, grant_type="password", username=user, password=PASSWORD, **form)

    def post(self, path: str, form: dict[str, str], client: ClientCredentials | None) -> Reply:
        headers = basic(client.client_id, client.client_secret) if client else {}
        return self.send("POST", path, urlencode(form).encode(), {"content-type": FORM, **headers})

    def send(self, method: str, path: str, body: Any = None, sent: dict[str, str] | None = None) -> Reply:
        path, _, query = path.partition("?")
        surface = next(
            (one for one in (self._dcr, self._metadata, self._revocations) if one.serves(path)), self._oauth2
        )
        surface = self._pages if is_page(path) else surface
        event = http_event(method, path, headers=sent, body=body) | {"rawQueryString": query}
        if "cookie" in event["headers"]:  # as API Gateway does it
            event["cookies"] = event["headers"].pop("cookie").split("; ")
        answer = surface(event, CONTEXT)
        text = answer["body"] or ""
        is_json = answer["headers"].get("Content-Type", "").startswith("application/json")
        cookie, *_ = answer.get("cookies") or [""]
        headers = answer["headers"] | ({"Set-Cookie": cookie} if cookie else {})
        return Reply(
            status=answer["statusCode"],
            headers=headers,
            text=text,
            json=json.loads(text) if text and is_json else None,
        )

    def register(self, by: str = "admin", path: str = "/client-registration/v0.17/register", **body: Any) -> Reply:
        document = {"clientName": "cli", "owner": by, "grantType": "password refresh_token", **body}
        document = {name: value for name, value in document.items() if value is not None}
        return self.send("POST", path, document, basic(by, PASSWORD))


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def refused(reply: Reply, status: int, error: str) -> dict[str, Any]:
    assert (reply.status, reply.json["error"]) == (status, error)
    assert set(reply.json) == {"error", "error_description"}
    assert reply.headers["Cache-Control"] == "no-store"
    document: dict[str, Any] = reply.json
    return document


def opens(world: KeyManagerWorld, token: str) -> bool:
    """Whether the management interfaces take a token."""
    try:
        world.callers.identify(bearer(token))
    except Unauthenticated:
        return False
    return True
