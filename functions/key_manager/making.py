"""How the key manager's parts are made of its world: each once, when the first other part asks for it."""

from __future__ import annotations

from functools import cached_property
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
from gatehouse.controlplane.oauth.key_signing import KeySigning
from gatehouse.controlplane.oauth.keys import PublishedKeys
from gatehouse.controlplane.oauth.login import UserLogin
from gatehouse.controlplane.oauth.resident import ResidentKeyManager
from gatehouse.controlplane.oauth.revocation import Revocation
from gatehouse.controlplane.oauth.scope_grant import ScopeGrant
from gatehouse.controlplane.oauth.tokens import Tokens
from gatehouse.controlplane.oauth.voiding import Voiding
from gatehouse.controlplane.openid.id_token import IdTokens
from gatehouse.controlplane.openid.session import BrowserSessions
from gatehouse.edge.errors import oauth_terms

if TYPE_CHECKING:
    from functions.key_manager.parts import World

GRANTS = (
    PasswordGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
    DeviceCodeGrant,
    JwtBearerGrant,
    Saml2BearerGrant,
    TokenExchangeGrant,
)


class Making:
    """Makes parts. What is a part to itself has the name that it has in `Parts`."""

    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def keys(self) -> PublishedKeys:
        """Public keys, where verifiers look."""
        world = self._world
        return PublishedKeys(
            world.keyring, world.assertion_keyring, world.artifacts, world.publication, world.key_lifetimes
        )

    @cached_property
    def key_rotation(self) -> KeyRotation:
        """The replacement of signing keys."""
        world = self._world
        return KeyRotation(
            keyrings=(world.keyring, world.assertion_keyring),
            keys=self.keys,
            lifetimes=world.key_lifetimes,
            tenants=world.tenants,
            clock=world.clock,
            seconds=world.key_rotation_seconds,
        )

    @cached_property
    def scopes(self) -> ScopeGrant:
        """Which scopes a user's roles allow."""
        return ScopeGrant(artifacts=self._world.artifacts)

    @cached_property
    def authenticate(self) -> ClientAuthentication:
        """Who a client is."""
        world = self._world
        assertions = ClientAssertions(
            verifier=world.verifier,
            assertions=world.assertions,
            clock=world.clock,
            management_url=world.management_url,
        )
        return ClientAuthentication(clients=world.clients, clock=world.clock, assertions=assertions)

    @cached_property
    def registration(self) -> Registration:
        """Clients that come, change and go."""
        world = self._world
        return Registration(
            clients=world.clients,
            tenants=world.tenants,
            publication=world.publication,
            keyring=world.keyring,
            clock=world.clock,
        )

    @cached_property
    def dynamic_registration(self) -> DynamicRegistration:
        """Registration in WSO2's form."""
        return DynamicRegistration(users=self._world.users, registration=self.registration)

    @cached_property
    def metadata(self) -> MetadataRegistration:
        """Registration by the standard."""
        return MetadataRegistration(
            clients=self._world.clients,
            registration=self.registration,
            dynamic=self.dynamic_registration,
            keyring=self._world.keyring,
        )

    @cached_property
    def reader(self) -> TokenReader:
        """What a token says."""
        world = self._world
        return TokenReader(
            verifier=world.verifier,
            keyring=world.keyring,
            artifacts=world.artifacts,
            families=world.families,
            clock=world.clock,
            management_url=world.management_url,
        )

    @cached_property
    def revocation(self) -> Revocation:
        """Tokens that are given back."""
        world = self._world
        return Revocation(families=world.families, publication=world.publication, reader=self.reader, clock=world.clock)

    @cached_property
    def tokens(self) -> Tokens:
        """Tokens that are given out."""
        world = self._world
        issuer = Issuer(
            keyring=world.keyring,
            keys=self.keys,
            publication=world.publication,
            clock=world.clock,
            management_url=world.management_url,
        )
        return Tokens(
            users=world.users,
            artifacts=world.artifacts,
            codes=world.codes,
            families=world.families,
            scopes=self.scopes,
            issuer=issuer,
            revocation=self.revocation,
            clock=world.clock,
        )

    @cached_property
    def resident(self) -> ResidentKeyManager:
        """What other functions may ask."""
        world = self._world
        return ResidentKeyManager(
            registration=self.registration,
            tokens=self.tokens,
            revocation=self.revocation,
            key_signing=KeySigning(world.keyring, self.keys, world.management_url),
        )

    @cached_property
    def login(self) -> UserLogin:
        """A user's name and password."""
        return UserLogin(authentication=self._world.authentication)

    @cached_property
    def trusted(self) -> ExchangeableTokens:
        """Whose word counts as a log-in."""
        world = self._world
        return ExchangeableTokens(
            artifacts=world.artifacts,
            verifier=world.verifier,
            keys=FetchedKeys(world.key_source),
            clock=world.clock,
            management_url=world.management_url,
        )

    @cached_property
    def server(self) -> ProtocolServer:
        """The protocol."""
        world = self._world
        saml = SamlAssertions(artifacts=world.artifacts, clock=world.clock, management_url=world.management_url)
        rules = Rules(
            authenticate=self.authenticate,
            clients=world.clients,
            codes=world.codes,
            login=self.login,
            tokens=self.tokens,
            devices=world.devices,
            assertions=world.assertions,
            trusted=self.trusted,
            saml=saml,
            clock=world.clock,
        )
        server = ProtocolServer(rules)
        for grant in GRANTS:
            server.register_grant(grant)
        server.register_grant(AuthorizationCodeGrant, [ClientChallenge()])
        if world.implicit_allowed:
            server.register_grant(ImplicitGrant)
        return server

    @cached_property
    def id_tokens(self) -> IdTokens:
        """Id tokens that come back."""
        return IdTokens(self._world.verifier, self._world.keyring, self._world.management_url)

    @cached_property
    def authorization(self) -> AuthorizationEndpoint:
        """The authorization endpoint, short of its pages."""
        return AuthorizationEndpoint(
            server=self.server,
            management_url=self._world.management_url,
            terms=oauth_terms,
            subject_of=self.id_tokens.subject,
        )

    def devices_endpoint(self) -> DeviceAuthorizationEndpoint:
        """Where devices get their codes; one for each request."""
        return DeviceAuthorizationEndpoint(self.server, self._world.management_url)

    @cached_property
    def sessions(self) -> BrowserSessions:
        """Who is at a browser."""
        world = self._world
        return BrowserSessions(
            sessions=world.sessions,
            families=world.families,
            revocation=self.revocation,
            users=world.users,
            artifacts=world.artifacts,
            keyring=world.keyring,
            clock=world.clock,
            seconds=world.session_seconds,
        )

    @cached_property
    def voiding(self) -> Voiding:
        """Tokens that are taken back."""
        world = self._world
        return Voiding(
            clients=world.clients,
            users=world.users,
            tenants=world.tenants,
            publication=world.publication,
            clock=world.clock,
        )

    @cached_property
    def introspection(self) -> Introspection:
        """What tokens are worth."""
        world = self._world
        return Introspection(
            reader=self.reader, management_url=world.management_url, across_tenants=world.introspects_across_tenants
        )
