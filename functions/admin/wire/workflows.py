"""What a tenant's configuration says about the lives of APIs and about approvals, as far as it has a meaning here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from gatehouse.controlplane.workflows.rules import steps_of
from gatehouse.edge.wire import Wire

APPROVERS_MAX = 20
"""How many addresses are written to about one request. A list of the mail server's own may stand behind one."""

MailAddress = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]  # RFC 5321 §4.5.3.1.3


def _steps(text: str) -> str:
    """Raises ValueError for what is not `State:Event,State:Event`."""
    if not all(state and event for state, event in steps_of(text)):
        message = "must be of the form State:Event,State:Event"
        raise ValueError(message)
    return text


class WorkflowElement(Wire):
    """How requests of one kind are carried out: at once, or when somebody has approved them."""

    executor: Literal["simple", "approval"] = "simple"


class SteppedElement(WorkflowElement):
    """The same, for steps of the life cycle. `stateList` says which steps wait; without one all do."""

    stateList: Annotated[str, Field(max_length=2_000), AfterValidator(_steps)] = ""


class WorkflowNotifications(Wire):
    """Who gets mail: `requester`, whoever asked, when it is decided; `approvers`, addresses, when something begins to wait."""

    requester: bool = False
    approvers: Annotated[list[MailAddress], Field(default_factory=list, max_length=APPROVERS_MAX)]


class WorkflowSection(Wire):
    """One element per kind, named as in WSO2's `workflow-extensions.xml`. What is left out is carried out at once."""

    ApplicationCreation: WorkflowElement = WorkflowElement()
    ApplicationUpdate: WorkflowElement = WorkflowElement()
    ApplicationDeletion: WorkflowElement = WorkflowElement()
    ProductionApplicationRegistration: WorkflowElement = WorkflowElement()
    SandboxApplicationRegistration: WorkflowElement = WorkflowElement()
    SubscriptionCreation: WorkflowElement = WorkflowElement()
    SubscriptionUpdate: WorkflowElement = WorkflowElement()
    SubscriptionDeletion: WorkflowElement = WorkflowElement()
    APIStateChange: SteppedElement = SteppedElement()
    APIProductStateChange: SteppedElement = SteppedElement()
    APIRevisionDeployment: WorkflowElement = WorkflowElement()
    UserSignUp: WorkflowElement = WorkflowElement()
    Notifications: WorkflowNotifications = WorkflowNotifications(approvers=[])
