"""What the key manager is made of, put together: once in the handler out of the world, once in each test out of fakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.oauth.client_authentication import ClientAuthentication
from gatehouse.controlplane.oauth.dynamic_registration import DynamicRegistration
from gatehouse.controlplane.oauth.grants import ClientCredentialsGrant, PasswordGrant, RefreshTokenGrant
from gatehouse.controlplane.oauth.issuing import Issuer
from gatehouse.controlplane.oauth.keys import PublishedKeys
from gatehouse.controlplane.oauth.registration import Registration
from gatehouse.controlplane.oauth.resident import ResidentKeyManager
from gatehouse.controlplane.oauth.revocation import Revocation
from gatehouse.controlplane.oauth.scope_grant import ScopeGrant
from gatehouse.controlplane.oauth.token_endpoint import TokenEndpoint
from gatehouse.domain.oauth import CLIENT_CREDENTIALS, PASSWORD, REFRESH_TOKEN

if TYPE_CHECKING:
    from gatehouse.controlplane.oauth.token_endpoint import Grant
    from gatehouse.ports.artifacts import Artifacts, Publication
    from gatehouse.ports.identity import Authentication, Tenants, UserLookup
    from gatehouse.ports.oauth import Clients, RefreshTokens
    from gatehouse.ports.signing import Keyring
    from gatehouse.ports.tokens import TokenVerifier
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything outside that the key manager needs."""

    clients: Clients
    refresh_tokens: RefreshTokens
    users: UserLookup
    tenants: Tenants
    authentication: Authentication
    keyring: Keyring
    assertion_keyring: Keyring
    verifier: TokenVerifier
    artifacts: Artifacts
    publication: Publication
    clock: Clock
    management_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the routes and the actions call."""

    authenticate: ClientAuthentication
    token_endpoint: TokenEndpoint
    revocation: Revocation
    registration: Registration
    dynamic_registration: DynamicRegistration
    resident: ResidentKeyManager
    keys: PublishedKeys
    keyring: Keyring
    tenants: Tenants
    management_url: str


def assemble(world: World) -> Parts:
    """The key manager on this world."""
    keys = PublishedKeys(world.keyring, world.assertion_keyring, world.artifacts, world.publication)
    issuer = Issuer(keyring=world.keyring, keys=keys, clock=world.clock, management_url=world.management_url)
    scopes = ScopeGrant(artifacts=world.artifacts)
    authenticate = ClientAuthentication(clients=world.clients)
    registration = Registration(clients=world.clients, keyring=world.keyring, clock=world.clock)
    client_credentials = ClientCredentialsGrant(users=world.users, scopes=scopes, issuer=issuer)
    revocation = Revocation(
        refresh_tokens=world.refresh_tokens,
        publication=world.publication,
        verifier=world.verifier,
        keyring=world.keyring,
        clock=world.clock,
        management_url=world.management_url,
    )
    grants: dict[str, Grant] = {CLIENT_CREDENTIALS: client_credentials, **_grants_of_users(world, scopes, issuer)}
    return Parts(
        authenticate=authenticate,
        token_endpoint=TokenEndpoint(authenticate=authenticate, grants=grants),
        revocation=revocation,
        registration=registration,
        dynamic_registration=DynamicRegistration(users=world.users, registration=registration),
        resident=ResidentKeyManager(
            registration=registration, client_credentials=client_credentials, revocation=revocation
        ),
        keys=keys,
        keyring=world.keyring,
        tenants=world.tenants,
        management_url=world.management_url,
    )


def _grants_of_users(world: World, scopes: ScopeGrant, issuer: Issuer) -> dict[str, Grant]:
    return {
        PASSWORD: PasswordGrant(
            authentication=world.authentication,
            refresh_tokens=world.refresh_tokens,
            scopes=scopes,
            issuer=issuer,
        ),
        REFRESH_TOKEN: RefreshTokenGrant(
            users=world.users,
            refresh_tokens=world.refresh_tokens,
            artifacts=world.artifacts,
            scopes=scopes,
            issuer=issuer,
            clock=world.clock,
        ),
    }
