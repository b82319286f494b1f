"""The admin interface, as a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.admin.routes import routes
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from gatehouse.controlplane.key_managers import KeyManagement
    from gatehouse.controlplane.policies import Throttling


def interface(throttling: Throttling, key_management: KeyManagement) -> Interface:
    """`/api/am/admin/v4`."""
    return Interface(
        name="admin",
        title="Gatehouse Admin",
        base="/api/am/admin",
        version="v4",
        operations=routes(throttling, key_management),
    )
