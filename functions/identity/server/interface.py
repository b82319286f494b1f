"""The server configuration interface, as a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.identity.server.identity_providers import IdentityProviderRoutes
from functions.identity.server.user_stores import UserStoreRoutes
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from gatehouse.controlplane.identity.identity_providers import IdentityProviderAdministration
    from gatehouse.controlplane.identity.user_stores import UserStoreAdministration
    from gatehouse.edge.operation import Operation

SERVER_BASE = "/api/server"


def server_interface(
    user_stores: UserStoreAdministration, identity_providers: IdentityProviderAdministration, *more: Operation
) -> Interface:
    """`/api/server/v1`, also below `/t/{tenant}`, with these operations besides."""
    return Interface(
        name="server",
        title="Server configuration",
        base=SERVER_BASE,
        version="v1",
        tenanted=True,
        operations=(
            *UserStoreRoutes(user_stores).operations(),
            *IdentityProviderRoutes(identity_providers).operations(),
            *more,
        ),
    )
