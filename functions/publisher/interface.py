"""The publisher interface, as a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import apis, lifecycle, policies, revisions
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.controlplane.publishing.revisions import Revisions


def interface(design: Design, snapshots: Revisions, lifecycles: Lifecycles, *, gateway_url: str) -> Interface:
    """`/api/am/publisher/v4`."""
    served = (*apis.routes(design), *revisions.routes(snapshots), *lifecycle.routes(lifecycles, design))
    scopes = tuple(sorted({scope for operation in served for scope in operation.scopes}))
    return Interface(
        name="publisher",
        title="Gatehouse Publisher",
        base="/api/am/publisher",
        version="v4",
        operations=(*served, *policies.routes(design.policies, design, gateway_url=gateway_url, scopes=scopes)),
    )
