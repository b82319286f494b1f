"""Which requests of a tenant wait for an approval, as its configuration says under `Workflows`.

Nothing waits unless it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.publishing.workflow import WorkflowKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.tenant_configuration import TenantConfigurations

SECTION = "Workflows"
EXECUTOR, STATES = "executor", "stateList"
SIMPLE, APPROVAL, WEBHOOK = "simple", "approval", "webhook"
WAITING = frozenset({APPROVAL, WEBHOOK})
"""Executors by which a request waits: for an administrator, or for another system that is asked as well."""

ELEMENTS: dict[WorkflowKind, str] = {
    WorkflowKind.APPLICATION_CREATION: "ApplicationCreation",
    WorkflowKind.APPLICATION_UPDATE: "ApplicationUpdate",
    WorkflowKind.APPLICATION_DELETION: "ApplicationDeletion",
    WorkflowKind.APPLICATION_REGISTRATION_PRODUCTION: "ProductionApplicationRegistration",
    WorkflowKind.APPLICATION_REGISTRATION_SANDBOX: "SandboxApplicationRegistration",
    WorkflowKind.SUBSCRIPTION_CREATION: "SubscriptionCreation",
    WorkflowKind.SUBSCRIPTION_UPDATE: "SubscriptionUpdate",
    WorkflowKind.SUBSCRIPTION_DELETION: "SubscriptionDeletion",
    WorkflowKind.API_STATE: "APIStateChange",
    WorkflowKind.API_PRODUCT_STATE: "APIProductStateChange",
    WorkflowKind.REVISION_DEPLOYMENT: "APIRevisionDeployment",
    WorkflowKind.USER_SIGNUP: "UserSignUp",
}
"""What WSO2's `workflow-extensions.xml` calls each kind, and our configuration with it."""

WITH_STATES = frozenset({WorkflowKind.API_STATE, WorkflowKind.API_PRODUCT_STATE})


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """Asked with each request, so the configurations should be remembered ones (`RememberedConfigurations`)."""

    configurations: TenantConfigurations

    def needed(self, tenant: str, kind: WorkflowKind) -> bool:
        """Whether requests of this kind wait."""
        return self._element(tenant, kind).get(EXECUTOR) in WAITING

    def needed_for_step(self, tenant: str, kind: WorkflowKind, state: str, event: str) -> bool:
        """Whether this event waits in this state (as life-cycle answers spell it), for a kind `WITH_STATES`.

        `stateList` is `Created:Publish,Published:Block`; without one every step waits.
        """
        element = self._element(tenant, kind)
        if element.get(EXECUTOR) not in WAITING:
            return False
        steps = element.get(STATES)
        return not steps or (state.lower(), event.lower()) in set(steps_of(str(steps)))

    def _element(self, tenant: str, kind: WorkflowKind) -> Mapping[str, Any]:
        section = self.configurations.get(tenant).get(SECTION)
        element = section.get(ELEMENTS[kind]) if isinstance(section, dict) else None
        return element if isinstance(element, dict) else {}


def steps_of(text: str) -> list[tuple[str, str]]:
    """`Created:Publish,Published:Block` → (state, event) in lower case; a part without a colon has the event ""."""
    parts = (part.strip().partition(":") for part in text.split(",") if part.strip())
    return [(state.strip().lower(), event.strip().lower()) for state, _, event in parts]
