"""What the key manager is made of, put together: once in the handler out of the world, once in each test out of fakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.key_manager.making import Making
from gatehouse.controlplane.openid.form_token import FormTokens
from gatehouse.controlplane.openid.logout import Logout
from gatehouse.controlplane.openid.userinfo import UserInfo
from gatehouse.edge.effect import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.adapters.oauth.authorization import AuthorizationEndpoint
    from gatehouse.adapters.oauth.device_authorization import DeviceAuthorizationEndpoint
    from gatehouse.adapters.oauth.server import ProtocolServer
    from gatehouse.controlplane.clients.client_authentication import ClientAuthentication
    from gatehouse.controlplane.clients.client_metadata import MetadataRegistration
    from gatehouse.controlplane.clients.dynamic_registration import DynamicRegistration
    from gatehouse.controlplane.clients.registration import Registration
    from gatehouse.controlplane.identity.federation import Federation
    from gatehouse.controlplane.oauth.introspection import Introspection
    from gatehouse.controlplane.oauth.key_rotation import KeyRotation
    from gatehouse.controlplane.oauth.keys import PublishedKeys
    from gatehouse.controlplane.oauth.login import UserLogin
    from gatehouse.controlplane.oauth.resident import ResidentKeyManager
    from gatehouse.controlplane.oauth.revocation import Revocation
    from gatehouse.controlplane.oauth.scope_grant import ScopeGrant
    from gatehouse.controlplane.oauth.voiding import Voiding
    from gatehouse.controlplane.openid.session import BrowserSessions
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.artifacts import Artifacts, Publication
    from gatehouse.ports.people.identity import Authentication, Tenants, UserLookup
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
    from gatehouse.ports.tokens.signing import Keyring
    from gatehouse.ports.tokens.tokens import KeySource, TokenVerifier
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
    make = Making(world)
    return Parts(
        authenticate=make.authenticate,
        server=make.server,
        authorization=make.authorization,
        login=make.login,
        federation=world.federation,
        sessions=make.sessions,
        forms=FormTokens(keyring=world.keyring, clock=world.clock),
        consents=world.consents,
        clients=world.clients,
        devices=world.devices,
        devices_endpoint=make.devices_endpoint,
        scopes=make.scopes,
        clock=world.clock,
        revocation=make.revocation,
        voiding=make.voiding,
        effect=Effect(world.max_staleness_seconds),
        introspection=make.introspection,
        userinfo=UserInfo(reader=make.reader, users=world.users),
        logout=Logout(clients=world.clients, id_tokens=make.id_tokens),
        identify=world.identify,
        registration=make.registration,
        dynamic_registration=make.dynamic_registration,
        metadata=make.metadata,
        resident=make.resident,
        keys=make.keys,
        key_rotation=make.key_rotation,
        keyring=world.keyring,
        tenants=world.tenants,
        management_url=world.management_url,
    )
