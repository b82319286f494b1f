"""What the key manager is made of, put together: once in the handler out of the world, once in each test out of fakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.adapters.oauth.assertions import JwtBearerGrant, Saml2BearerGrant, TokenExchangeGrant
from gatehouse.adapters.oauth.authorization import AuthorizationEndpoint
from gatehouse.adapters.oauth.authorization_code import AuthorizationCodeGrant, ClientChallenge
from gatehouse.adapters.oauth.device_authorization import DeviceAuthorizationEndpoint, DeviceCodeGrant
from gatehouse.adapters.oauth.grants import ClientCredentialsGrant, PasswordGrant, RefreshTokenGrant
from gatehouse.adapters.oauth.implicit import ImplicitGrant
from gatehouse.adapters.oauth.saml import SamlAssertions
from gatehouse.adapters.oauth.server import ProtocolServer, Rules
from gatehouse.controlplane.clients.client_assertion import ClientAssertions
from gatehouse.controlplane.clients.client_authentication import ClientAuthentication
from gatehouse.controlplane.clients.client_metadata import MetadataRegistration
from gatehouse.controlplane.clients.dynamic_registration import DynamicRegistration
from gatehouse.controlplane.clients.registration import Registration
from gatehouse.controlplane.key_management.exchange import ExchangeableTokens, FetchedKeys
from gatehouse.controlplane.oauth.introspection import Introspection, TokenReader
from gatehouse.controlplane.oauth.issuing import Issuer
from gatehouse.controlplane.oauth.key_rotation import KeyRotation
from gatehouse.controlplane.oauth.keys import PublishedKeys
from gatehouse.controlplane.oauth.login import UserLogin
from gatehouse.controlplane.oauth.resident import ResidentKeyManager
from gatehouse.controlplane.oauth.revocation import Revocation
from gatehouse.controlplane.oauth.scope_grant import ScopeGrant
from gatehouse.controlplane.oauth.tokens import Tokens
from gatehouse.controlplane.oauth.voiding import Voiding
from gatehouse.controlplane.openid.form_token import FormTokens
from gatehouse.controlplane.openid.id_token import IdTokens
from gatehouse.controlplane.openid.logout import Logout
from gatehouse.controlplane.openid.session import BrowserSessions
from gatehouse.controlplane.openid.userinfo import UserInfo
from gatehouse.edge.effect import Effect
from gatehouse.edge.errors import oauth_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.controlplane.identity.federation import Federation
    from gatehouse.domain.identity import Principal
    from gatehouse.ports.artifacts import Artifacts, Publication
    from gatehouse.ports.identity import Authentication, Tenants, UserLookup
    from gatehouse.ports.oauth import (
        Assertions,
        Clients,
        Codes,
        Consents,
        DeviceGrants,
        KeyLifetimes,
        Sessions,
        TokenFamilies,
    )
    from gatehouse.ports.signing import Keyring
    from gatehouse.ports.tokens import KeySource, TokenVerifier
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything outside that the key manager needs."""

    clients: Clients
    families: TokenFamilies
    codes: Codes
    sessions: Sessions
    consents: Consents
    devices: DeviceGrants
    assertions: Assertions
    key_lifetimes: KeyLifetimes
    key_source: KeySource
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
    session_seconds: int
    key_rotation_seconds: int
    max_staleness_seconds: float
    introspects_across_tenants: bool
    implicit_allowed: bool
    identify: Callable[[Mapping[str, str], str], Principal]
    federation: Federation


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the routes and the actions call."""

    authenticate: ClientAuthentication
    server: ProtocolServer
    authorization: AuthorizationEndpoint
    login: UserLogin
    federation: Federation
    sessions: BrowserSessions
    forms: FormTokens
    consents: Consents
    clients: Clients
    devices: DeviceGrants
    devices_endpoint: Callable[[], DeviceAuthorizationEndpoint]
    scopes: ScopeGrant
    clock: Clock
    revocation: Revocation
    voiding: Voiding
    effect: Effect
    introspection: Introspection
    userinfo: UserInfo
    logout: Logout
    identify: Callable[[Mapping[str, str], str], Principal]
    registration: Registration
    dynamic_registration: DynamicRegistration
    metadata: MetadataRegistration
    resident: ResidentKeyManager
    keys: PublishedKeys
    key_rotation: KeyRotation
    keyring: Keyring
    tenants: Tenants
    management_url: str


def assemble(world: World) -> Parts:
    """The key manager on this world."""
    keys = PublishedKeys(
        world.keyring, world.assertion_keyring, world.artifacts, world.publication, world.key_lifetimes
    )
    issuer = Issuer(
        keyring=world.keyring,
        keys=keys,
        publication=world.publication,
        clock=world.clock,
        management_url=world.management_url,
    )
    scopes = ScopeGrant(artifacts=world.artifacts)
    authenticate = ClientAuthentication(
        clients=world.clients,
        clock=world.clock,
        assertions=ClientAssertions(
            verifier=world.verifier,
            assertions=world.assertions,
            clock=world.clock,
            management_url=world.management_url,
        ),
    )
    registration = Registration(clients=world.clients, keyring=world.keyring, clock=world.clock)
    dynamic = DynamicRegistration(users=world.users, registration=registration)
    reader = TokenReader(
        verifier=world.verifier,
        keyring=world.keyring,
        artifacts=world.artifacts,
        families=world.families,
        clock=world.clock,
        management_url=world.management_url,
    )
    revocation = Revocation(
        families=world.families,
        publication=world.publication,
        reader=reader,
        clock=world.clock,
    )
    tokens = Tokens(
        users=world.users,
        artifacts=world.artifacts,
        codes=world.codes,
        families=world.families,
        scopes=scopes,
        issuer=issuer,
        revocation=revocation,
        clock=world.clock,
    )
    login = UserLogin(authentication=world.authentication)
    rules = Rules(
        authenticate=authenticate,
        clients=world.clients,
        codes=world.codes,
        login=login,
        tokens=tokens,
        devices=world.devices,
        assertions=world.assertions,
        trusted=ExchangeableTokens(
            artifacts=world.artifacts,
            verifier=world.verifier,
            keys=FetchedKeys(world.key_source),
            clock=world.clock,
            management_url=world.management_url,
        ),
        saml=SamlAssertions(artifacts=world.artifacts, clock=world.clock, management_url=world.management_url),
        clock=world.clock,
    )
    server = _server(rules, implicit_allowed=world.implicit_allowed)
    id_tokens = IdTokens(world.verifier, world.keyring, world.management_url)
    return Parts(
        authenticate=authenticate,
        server=server,
        authorization=AuthorizationEndpoint(
            server=server,
            management_url=world.management_url,
            terms=oauth_terms,
            subject_of=id_tokens.subject,
        ),
        login=login,
        federation=world.federation,
        sessions=BrowserSessions(
            sessions=world.sessions,
            users=world.users,
            artifacts=world.artifacts,
            keyring=world.keyring,
            clock=world.clock,
            seconds=world.session_seconds,
        ),
        forms=FormTokens(keyring=world.keyring, clock=world.clock),
        consents=world.consents,
        clients=world.clients,
        devices=world.devices,
        devices_endpoint=lambda: DeviceAuthorizationEndpoint(server, world.management_url),
        scopes=scopes,
        clock=world.clock,
        revocation=revocation,
        voiding=Voiding(
            clients=world.clients,
            users=world.users,
            tenants=world.tenants,
            publication=world.publication,
            clock=world.clock,
        ),
        effect=Effect(world.max_staleness_seconds),
        introspection=Introspection(
            reader=reader, management_url=world.management_url, across_tenants=world.introspects_across_tenants
        ),
        userinfo=UserInfo(reader=reader, users=world.users),
        logout=Logout(clients=world.clients, id_tokens=id_tokens),
        identify=world.identify,
        registration=registration,
        dynamic_registration=dynamic,
        metadata=MetadataRegistration(
            clients=world.clients, registration=registration, dynamic=dynamic, keyring=world.keyring
        ),
        resident=ResidentKeyManager(registration=registration, tokens=tokens, revocation=revocation),
        keys=keys,
        key_rotation=KeyRotation(
            keyrings=(world.keyring, world.assertion_keyring),
            keys=keys,
            lifetimes=world.key_lifetimes,
            tenants=world.tenants,
            clock=world.clock,
            seconds=world.key_rotation_seconds,
        ),
        keyring=world.keyring,
        tenants=world.tenants,
        management_url=world.management_url,
    )


def _server(rules: Rules, *, implicit_allowed: bool) -> ProtocolServer:
    server = ProtocolServer(rules)
    for grant in (
        PasswordGrant,
        ClientCredentialsGrant,
        RefreshTokenGrant,
        DeviceCodeGrant,
        JwtBearerGrant,
        Saml2BearerGrant,
        TokenExchangeGrant,
    ):
        server.register_grant(grant)
    server.register_grant(AuthorizationCodeGrant, [ClientChallenge()])
    if implicit_allowed:
        server.register_grant(ImplicitGrant)
    return server
