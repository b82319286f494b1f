"""The desk of the publisher: where what happens to APIs is decided, and what their providers decide about subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.deciding import OwnDesk
from gatehouse.controlplane.workflows.subscriptions import SubscriptionEffects

if TYPE_CHECKING:
    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.ports.applications import Subscriptions
    from gatehouse.ports.policies import Policies


def publisher_desk(approvals: Approvals, subscriptions: Subscriptions, policies: Policies) -> OwnDesk:
    """Decides about subscriptions."""
    effects = SubscriptionEffects(subscriptions=subscriptions, policies=policies).all()
    return OwnDesk(workflows=approvals.workflows, effects=effects, clock=approvals.clock)
