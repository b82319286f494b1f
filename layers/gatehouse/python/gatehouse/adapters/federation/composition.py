"""Federation, put together out of the key manager's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.identity_providers import IdentityProviderTable
from gatehouse.adapters.dynamo.lockouts import LockoutTable
from gatehouse.adapters.federation.oidc import OpenIdConnect
from gatehouse.adapters.federation.saml import SamlWebBrowser
from gatehouse.adapters.login import LogJournal, user_store_seal
from gatehouse.adapters.login.journal import write_line
from gatehouse.adapters.registrars.egress import Egress
from gatehouse.controlplane.identity.federation import Federation
from gatehouse.domain.people.identity_provider import Protocol

if TYPE_CHECKING:
    from gatehouse.ports.people.identity import Tenants, Users
    from gatehouse.ports.world import Clock
    from gatehouse.settings import KeyManagerSettings


def federation(
    settings: KeyManagerSettings, client: Any, *, users: Users, tenants: Tenants, clock: Clock
) -> Federation:
    """Login at identity providers. `client` is a botocore client of DynamoDB."""
    egress = Egress(internal_allowed=settings.local_backends_allowed)
    return Federation(
        providers=IdentityProviderTable(client, settings.identity_table),
        protocols={
            Protocol.OIDC: OpenIdConnect(egress=egress, clock=clock),
            Protocol.SAML: SamlWebBrowser(clock=clock),
        },
        users=users,
        tenants=tenants,
        seal=user_store_seal(settings),
        lockouts=LockoutTable(client, settings.identity_table),
        journal=LogJournal(write_line),
        clock=clock,
        management_url=settings.management_url,
    )
