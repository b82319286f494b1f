"""Offices: where a tenant's administrator decides, and hands things over from one person to another; and their routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.admin.routes.handing_over import api_handover, application_handover
from gatehouse.controlplane.workflows.office import AdminOffice
from gatehouse.edge.shared.workflows import workflow_routes

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.administration import ApiAdministration
    from gatehouse.controlplane.publishing.external.accounts import Accounts
    from gatehouse.controlplane.store.administration import ApplicationAdministration
    from gatehouse.controlplane.workflows.deciding import Decisions
    from gatehouse.controlplane.workflows.hooks import Hooks
    from gatehouse.edge.operation import Operation

_VIEW = ("apim:admin", "apim:api_workflow_view")
_APPROVE = ("apim:admin", "apim:api_workflow_approve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """The rules behind these routes."""

    decisions: Decisions
    hooks: Hooks
    accounts: Accounts
    apis: ApiAdministration


def office_routes(offices: Offices, applications: ApplicationAdministration) -> tuple[Operation, ...]:
    """Every operation of these concerns."""
    return (
        *workflow_routes(AdminOffice(offices.decisions), view=_VIEW, decide=_APPROVE),
        *application_handover(applications),
        *api_handover(offices.apis),
    )
