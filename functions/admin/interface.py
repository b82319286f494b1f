"""The admin interface, as a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.admin.offices import office_routes
from functions.admin.premises import premises_routes
from functions.admin.routes.applications import application_routes
from functions.admin.routes.key_managers import key_manager_routes
from functions.admin.routes.system_scopes import system_scope_routes
from functions.admin.routes.tenant_configuration import tenant_configuration_routes
from functions.admin.routes.vocabulary import vocabulary_routes
from functions.admin.wire.key_managers import connectors
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Interface, Operation

if TYPE_CHECKING:
    from functions.admin.offices import Offices
    from functions.admin.premises import Premises
    from gatehouse.controlplane.key_management.administration import KeyManagement
    from gatehouse.controlplane.store.administration import ApplicationAdministration
    from gatehouse.controlplane.system_scopes import SystemScopes
    from gatehouse.controlplane.vocabulary import Vocabulary
    from gatehouse.edge.http import Request
    from gatehouse.ports.tenant_configuration import TenantConfigurations

ROOT = "/api/am/admin/v4"

THROTTLING_SCOPES = frozenset(
    {
        "apim:admin_tier_manage",
        "apim:admin_tier_view",
        "apim:bl_manage",
        "apim:bl_view",
        "apim:policies_import_export",
        "apim:tier_manage",
        "apim:tier_view",
    }
)
"""Scopes of the operations below `/throttling`: who logs in asks for those of the whole interface."""


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
        operations=_routes(key_management, configurations, system_scopes, applications, vocabulary, premises, offices),
    )


def _routes(
    key_management: KeyManagement,
    configurations: TenantConfigurations,
    system_scopes: SystemScopes,
    applications: ApplicationAdministration,
    vocabulary: Vocabulary,
    premises: Premises,
    offices: Offices,
) -> tuple[Operation, ...]:
    """Every operation of this part of the interface."""
    secured = (
        *key_manager_routes(key_management, ROOT),
        *tenant_configuration_routes(configurations, offices.hooks, offices.accounts),
        *system_scope_routes(system_scopes),
        *application_routes(applications),
        *vocabulary_routes(vocabulary, ROOT),
        *premises_routes(premises, ROOT),
        *office_routes(offices, applications),
    )
    scopes = sorted({scope for operation in secured for scope in operation.scopes} | THROTTLING_SCOPES)

    def settings(_request: Request) -> Answer:
        return Answer(
            body={
                "scopes": scopes,
                "IsJWTEnabledForLoginTokens": True,
                "analyticsEnabled": False,
                "keyManagerConfiguration": connectors(),
            }
        )

    about = Operation(
        method="GET",
        path="/settings",
        id="getAdminSettings",
        route=settings,
        summary="What the admin portal must know before anybody has logged in",
        tag="Settings",
        authenticated=False,
    )
    return (*secured, about)
