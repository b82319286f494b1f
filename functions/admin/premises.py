"""Premises: what a tenant's administrator furnishes it with, and their routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.admin.routes.environments import environment_routes
from functions.admin.routes.organizations import organization_routes
from functions.admin.routes.tenants import tenant_routes
from functions.admin.routes.themes import tenant_theme_routes

if TYPE_CHECKING:
    from gatehouse.controlplane.environments.administration import EnvironmentAdministration
    from gatehouse.controlplane.organizations import OrganizationAdministration
    from gatehouse.controlplane.themes import Themes
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.people.identity import Tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """The rules behind these routes."""

    environments: EnvironmentAdministration
    organizations: OrganizationAdministration
    tenants: Tenants
    themes: Themes


def premises_routes(premises: Premises, root: str) -> tuple[Operation, ...]:
    """Every operation of these concerns. `root` is where the interface stands."""
    return (
        *environment_routes(premises.environments, root),
        *organization_routes(premises.organizations, root),
        *tenant_routes(premises.tenants),
        *tenant_theme_routes(premises.themes),
    )
