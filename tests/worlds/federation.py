"""Users who come from identity providers, over tables in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.user_stores.sealing import SecretSeal
from gatehouse.controlplane.identity.federation import Federation, context_of
from gatehouse.domain.people.identity import BUILT_IN_ROLES, SUPER_TENANT, Tenant
from gatehouse.domain.people.identity_provider import IdentityProvider, Protocol, provider_id
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.identity import InMemoryTenants, InMemoryUsers
from tests.fakes.identity_providers import InMemoryIdentityProviders
from tests.fakes.lockouts import InMemoryLockouts, Journal
from tests.fakes.secrets import InMemorySecrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.people.identity_providers import Vouching
    from gatehouse.ports.world import Clock

MANAGEMENT_URL = "https://localhost:9443"
CALLBACK = f"{MANAGEMENT_URL}/commonauth"
RETURN_TO = "/oauth2/authorize?client_id=x"
ROLES = [
    {"idpRole": "cooks", "localRole": "Internal/creator"},
    {"idpRole": "Waiters", "localRole": "Internal/subscriber"},
    {"idpRole": "guests", "localRole": "no-such-role"},
]


class FederationWorld:
    def __init__(self, protocols: Mapping[Protocol, Vouching], clock: Clock | None = None) -> None:
        self.clock = clock or StoppedClock()
        self.artifacts = InMemoryArtifacts(StoppedClock())
        self.tenants = InMemoryTenants()
        self.tenants.provision(Tenant(domain=SUPER_TENANT), BUILT_IN_ROLES)
        self.users = InMemoryUsers(self.artifacts, tenants=self.tenants)
        self.providers = InMemoryIdentityProviders()
        self.lockouts = InMemoryLockouts()
        self.journal = Journal()
        self.seal = SecretSeal(SecretDocument(InMemorySecrets(stores='{"key": "k"}'), "stores"))
        self.federation = Federation(
            providers=self.providers,
            protocols=protocols,
            users=self.users,
            tenants=self.tenants,
            seal=self.seal,
            lockouts=self.lockouts,
            journal=self.journal,
            clock=self.clock,
            management_url=MANAGEMENT_URL,
        )

    def provider(
        self,
        name: str = "Corp",
        *,
        protocol: Protocol = Protocol.OIDC,
        issuer: str = "https://id.corp.example",
        settings: Mapping[str, str] | None = None,
        secret: str = "",
        provisions: bool = True,
        **document: Any,
    ) -> IdentityProvider:
        made = IdentityProvider(
            tenant=SUPER_TENANT,
            id=provider_id(SUPER_TENANT, name),
            name=name,
            protocol=protocol,
            issuer=issuer,
            settings=settings or {},
            document={
                "isEnabled": True,
                "roles": {"mappings": ROLES},
                "provisioning": {"jit": {"isEnabled": provisions}},
                **document,
            },
        )
        sealed = self.seal.seal(secret, context_of(made)) if secret else ""
        return self.providers.add(
            IdentityProvider(**{name: getattr(made, name) for name in made.__slots__} | {"sealed_secret": sealed})
        )
