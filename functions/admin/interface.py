"""The admin interface, as a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.admin.routes import routes
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from functions.admin.offices import Offices
    from functions.admin.premises import Premises
    from gatehouse.controlplane.key_management.administration import KeyManagement
    from gatehouse.controlplane.store.administration import ApplicationAdministration
    from gatehouse.controlplane.system_scopes import SystemScopes
    from gatehouse.controlplane.vocabulary import Vocabulary
    from gatehouse.ports.tenant_configuration import TenantConfigurations


def interface(
    key_management: KeyManagement,
    configurations: TenantConfigurations,
    system_scopes: SystemScopes,
    applications: ApplicationAdministration,
    vocabulary: Vocabulary,
    premises: Premises,
    offices: Offices,
) -> Interface:
    """`/api/am/admin/v4`, but for what is below `/throttling`."""
    return Interface(
        name="admin",
        title="Gatehouse Admin",
        base="/api/am/admin",
        version="v4",
        operations=routes(key_management, configurations, system_scopes, applications, vocabulary, premises, offices),
    )
