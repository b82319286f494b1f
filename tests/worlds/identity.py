"""Users, roles and tenants in memory, kept through identity's surfaces, with tokens that are signed in earnest."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from functions.identity.account.password import password_interface
from functions.identity.interface import account_interface, scim_interface
from functions.identity.parts import World, assemble
from functions.identity.server.interface import server_interface
from functions.identity.server.tenants import tenant_operations
from functions.identity.soap.messages import fault
from functions.identity.soap.routes import soap_interface
from gatehouse.adapters.keys.tokens import JwtVerifier
from gatehouse.controlplane.identity.account_locks import AccountLocks
from gatehouse.controlplane.identity.directory_accounts import DirectoryAccounts
from gatehouse.controlplane.identity.identity_providers import IdentityProviderAdministration
from gatehouse.controlplane.identity.user_stores import UserStoreAdministration
from gatehouse.controlplane.organizations import Organizations
from gatehouse.domain.artifact import Artifact, keys_key
from gatehouse.domain.people.identity import (
    ADMIN,
    BUILT_IN_ROLES,
    CREATOR,
    EVERYONE,
    PUBLISHER,
    SUBSCRIBER,
    SUPER_TENANT,
    Tenant,
    User,
    qualified,
    split_username,
)
from gatehouse.domain.tokens.token import issuer_of
from gatehouse.edge.auth import Callers
from gatehouse.edge.post import LoggedMail
from gatehouse.edge.scim import scim_error
from gatehouse.edge.surface import Surface
from tests.callers import OTHER_TENANT, PASSWORD, PlainPasswords, Reply
from tests.events import CONTEXT, basic, http_event
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.denials import InMemoryTenantConfigurations
from tests.fakes.erasure import InMemoryEstate
from tests.fakes.identity import InMemoryRoles, InMemoryTenants, InMemoryUsers
from tests.fakes.identity_providers import InMemoryIdentityProviders
from tests.fakes.lockouts import InMemoryLockouts, Journal
from tests.fakes.policies import InMemoryPolicies
from tests.fakes.records import InMemoryRecords
from tests.fakes.recovery import InMemoryRecoveryCodes, LetterBox
from tests.fakes.user_stores import InMemoryUserStores, OneDirectory
from tests.worlds.approvals import approvals_of

if TYPE_CHECKING:
    from gatehouse.ports.people.identity import UserLookup

MANAGEMENT_URL = "https://localhost:9443"
USERS, GROUPS, ME = "/scim2/Users", "/scim2/Groups", "/scim2/Me"


@cache
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def person(name: str, *roles: str, tenant: str = SUPER_TENANT, active: bool = True) -> User:
    return User(
        tenant=tenant,
        id=str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.{tenant}")),
        name=name,
        roles=frozenset({*roles, EVERYONE}),
        password_hash=f"plain:{PASSWORD}",
        active=active,
        created_at=1_700_000_000,
        modified_at=1_700_000_000,
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


@dataclass(frozen=True)
class PlainLogin:
    """Logging in with a password that is kept as it is."""

    users: UserLookup

    def account(self, username: str) -> tuple[str, str]:
        return split_username(username)

    def authenticate(self, tenant: str, name: str, password: str, *, address: str = "") -> User | None:  # noqa: ARG002 -- the port has it
        found = self.users.get(tenant, name)
        fits = found is not None and found.active and PlainPasswords().matches(password, found.password_hash)
        return found if fits else None


class IdentityWorld:
    def __init__(self) -> None:
        self.clock = StoppedClock()
        self.artifacts = InMemoryArtifacts(self.clock)
        self.tenants = InMemoryTenants(self.artifacts)
        for domain in (SUPER_TENANT, OTHER_TENANT):
            tenant = Tenant(domain=domain, id=str(uuid.uuid5(uuid.NAMESPACE_DNS, domain)), owner="admin", version=1)
            self.tenants.provision(tenant, BUILT_IN_ROLES)
            jwk = {**RSAAlgorithm.to_jwk(signing_key().public_key(), as_dict=True), "kid": "1", "alg": "RS256"}
            self.artifacts.publish([Artifact(keys_key(domain), {"keys": [jwk]})])
        self.users = InMemoryUsers(self.artifacts, PEOPLE, tenants=self.tenants)
        self.roles = InMemoryRoles(self.tenants, self.users)
        self.configurations = InMemoryTenantConfigurations()
        self.settings = InMemoryRecords(self.artifacts)
        self.policies = InMemoryPolicies(self.artifacts)
        self.letters = LetterBox()
        self.estate = InMemoryEstate(self.users)
        self.pauses: list[float] = []
        self.callers = Callers(
            users=self.users,
            authentication=PlainLogin(self.users),
            verifier=JwtVerifier(),
            artifacts=self.artifacts,
            clock=self.clock,
            management_url=MANAGEMENT_URL,
        )
        self.approvals = approvals_of(self.configurations, self.clock)
        self.parts = assemble(
            World(
                users=self.users,
                roles=self.roles,
                tenants=self.tenants,
                configurations=self.configurations,
                policies=self.policies,
                estate=self.estate,
                passwords=PlainPasswords(),
                recovery_codes=InMemoryRecoveryCodes(),
                approvals=self.approvals,
                mail=LoggedMail(self.letters),
                clock=self.clock,
                pause=self.pauses.append,
                management_url=MANAGEMENT_URL,
            )
        )
        self.lockouts = InMemoryLockouts()
        self.journal = Journal()
        self.locks = AccountLocks(lockouts=self.lockouts, journal=self.journal, clock=self.clock)
        self.stores = InMemoryUserStores()
        self.directories = OneDirectory()
        administration = UserStoreAdministration(
            stores=self.stores, directories=self.directories, seal=self.directories
        )
        self.interface = scim_interface(
            self.parts,
            self.locks,
            DirectoryAccounts(stores=administration, publication=self.artifacts, clock=self.clock),
        )
        self._scim = Surface(self.interface, self.callers, render_error=scim_error)
        self.account_interface = account_interface(self.parts)
        self._account = Surface(self.account_interface, self.callers)
        providers = IdentityProviderAdministration(providers=InMemoryIdentityProviders(), seal=self.directories)
        tenants = tenant_operations(self.parts.tenancy, self.users)
        self.server_interface = server_interface(administration, providers, *tenants)
        self._server = Surface(self.server_interface, self.callers)
        self.password_interface = password_interface(self.parts.own_account, Organizations(settings=self.settings))
        self._password = Surface(self.password_interface, self.callers)
        self._soap = Surface(soap_interface(self.parts), self.callers, render_error=fault)
        self.users.writes = 0

    def token(self, name: str, *scopes: str, tenant: str = SUPER_TENANT) -> str:
        """An access token of this user, issued now."""
        now = int(self.clock.now())
        claims = {
            "iss": issuer_of(MANAGEMENT_URL, tenant),
            "sub": qualified(tenant, name),
            "username": qualified(tenant, name),
            "aut": "APPLICATION_USER",
            "aud": "client",
            "azp": "client",
            "client_id": "client",
            "scope": " ".join(scopes) or "default",
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
        }
        return jwt.encode(claims, signing_key(), "RS256", {"kid": "1"})

    def scim(
        self,
        method: str,
        path: str = USERS,
        body: Any = None,
        *,
        by: str | None = "admin",
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        return self._call(self._scim, method, path, body, by=by, query=query, headers=headers)

    def raw(self, method: str, path: str, body: Any, *, headers: dict[str, str], query_string: str) -> Reply:
        """A request with a query as it is written."""
        event = {**http_event(method, path, headers=headers, body=body), "rawQueryString": query_string}
        return _reply(self._scim(event, CONTEXT))

    def account(self, path: str, body: Any, *, root: str = "", by: str | None = None) -> Reply:
        """A POST below `/api/identity`, of nobody in particular."""
        return self._call(self._account, "POST", f"{root}/api/identity{path}", body, by=by)

    def change_password(self, current: Any, new: Any, **parts: Any) -> Reply:
        body = {"currentPassword": current, "newPassword": new}
        path = "/api/am/devportal/v3/me/change-password"
        return self._call(self._password, "POST", path, body, **{"by": "mary", **parts})

    def organization(self, by: str = "mary") -> Any:
        """What the store says of the organization that somebody belongs to."""
        return self._call(self._password, "GET", "/api/am/devportal/v3/me/organization-information", None, by=by).json

    def server(self, method: str, path: str, body: Any = None, **parts: Any) -> Reply:
        """A request below `/api/server/v1`, by the super tenant's administrator unless said otherwise."""
        return self._call(self._server, method, f"/api/server/v1{path}", body, **{"by": "admin", **parts})

    def soap(self, method: str, path: str, body: Any, *, headers: dict[str, str], query: str = "") -> Reply:
        """A request below `/services`, with whatever credentials the headers hold."""
        event = {**http_event(method, path, headers=headers, body=body), "rawQueryString": query}
        return _reply(self._soap(event, CONTEXT))

    def add(self, username: str = "sarah", /, *roles: str, **more: Any) -> Reply:
        body = {"userName": username, "password": "sesame", "roles": [{"value": role} for role in roles], **more}
        return self.scim("POST", USERS, body)

    def patch(self, path: str, *operations: dict[str, Any], **parts: Any) -> Reply:
        schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        return self.scim("PATCH", path, {"schemas": schemas, "Operations": list(operations)}, **parts)

    def group(self, name: str) -> dict[str, Any]:
        """The group of this name, which there is."""
        page = self.scim("GET", GROUPS, query={"filter": f'displayName eq "{name}"'}).json
        (found,) = page["Resources"]
        return dict(found)

    def _call(
        self,
        surface: Surface,
        method: str,
        path: str,
        body: Any,
        *,
        by: str | None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        sent = {**(basic(by, PASSWORD) if by else {}), **(headers or {})}
        return _reply(surface(http_event(method, path, headers=sent, query=query, body=body), CONTEXT))


def _reply(answer: dict[str, Any]) -> Reply:
    text = answer["body"] or ""
    return Reply(
        status=answer["statusCode"],
        headers=answer["headers"],
        text=text,
        json=json.loads(text) if "json" in answer["headers"].get("Content-Type", "") else None,
    )
