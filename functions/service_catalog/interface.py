"""The interface of the service catalog, as a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.service_catalog.routes import routes
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from gatehouse.controlplane.service_catalog.services import Services
    from gatehouse.controlplane.service_catalog.transfers import Transfers
    from gatehouse.ports.remote import Remote


def interface(services: Services, transfers: Transfers, remote: Remote) -> Interface:
    """`/api/am/service-catalog/v1`."""
    return Interface(
        name="service-catalog",
        title="Gatehouse Service Catalog",
        base="/api/am/service-catalog",
        version="v1",
        operations=routes(services, transfers, remote),
    )
