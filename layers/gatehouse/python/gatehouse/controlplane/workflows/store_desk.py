"""The desk of the store: where what developers ask for is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.deciding import OwnDesk
from gatehouse.controlplane.workflows.subjects.applications import ApplicationEffects
from gatehouse.controlplane.workflows.subjects.keys import KeyEffects
from gatehouse.controlplane.workflows.subjects.subscriptions import SubscriptionEffects

if TYPE_CHECKING:
    from gatehouse.controlplane.store.keys import OwnKeys


def store_desk(keys: OwnKeys) -> OwnDesk:
    """Decides about applications, their keys and their subscriptions."""
    own = keys.applications
    effects = {
        **ApplicationEffects(
            applications=own.applications, removal=own.removal, policies=own.policies, clock=own.clock
        ).all(),
        **KeyEffects(keys).all(),
        **SubscriptionEffects(subscriptions=own.subscriptions, policies=own.policies).all(),
    }
    return OwnDesk(workflows=own.approvals.workflows, effects=effects, clock=own.approvals.clock)
