"""The desk of the publisher: where what happens to APIs is decided, and what their providers decide about subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.deciding import OwnDesk
from gatehouse.controlplane.workflows.subjects.deployments import DeploymentEffects
from gatehouse.controlplane.workflows.subjects.lifecycle import StateEffects

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.controlplane.workflows.subjects.subscriptions import SubscriptionEffects


def publisher_desk(
    subscriptions: SubscriptionEffects,
    lives: tuple[Lifecycles, Lifecycles],
    revisions: tuple[Revisions, Revisions],
) -> OwnDesk:
    """Decides about subscriptions, changes of state and deployments; of the pairs, APIs come first, then API products."""
    lifecycles, revised = lives[0], revisions[0]
    effects = {
        **subscriptions.all(),
        **StateEffects(apis=lifecycles.apis, lifecycles=lifecycles, products=lives[1]).all(),
        **DeploymentEffects(apis=revised.apis, revisions=revised, products=revisions[1]).all(),
    }
    approvals = lifecycles.approvals
    return OwnDesk(workflows=approvals.workflows, effects=effects, clock=approvals.clock)
