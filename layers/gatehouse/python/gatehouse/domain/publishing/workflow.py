"""A workflow is something that somebody asked for and that waits until somebody else approves or rejects it.

What is asked for, its subject, knows the reference of the workflow that it waits for; a workflow that is neither approved
nor rejected never outlives its subject.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - `body.from_body` reads the hints at run time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gatehouse.domain.people.identity import display_username


class WorkflowKind(StrEnum):
    """What can be made to wait. The value is the name that WSO2's interfaces filter by."""

    APPLICATION_CREATION = "AM_APPLICATION_CREATION"
    APPLICATION_UPDATE = "AM_APPLICATION_UPDATE"
    APPLICATION_DELETION = "AM_APPLICATION_DELETION"
    APPLICATION_REGISTRATION_PRODUCTION = "AM_APPLICATION_REGISTRATION_PRODUCTION"
    APPLICATION_REGISTRATION_SANDBOX = "AM_APPLICATION_REGISTRATION_SANDBOX"
    SUBSCRIPTION_CREATION = "AM_SUBSCRIPTION_CREATION"
    SUBSCRIPTION_UPDATE = "AM_SUBSCRIPTION_UPDATE"
    SUBSCRIPTION_DELETION = "AM_SUBSCRIPTION_DELETION"
    API_STATE = "AM_API_STATE"
    API_PRODUCT_STATE = "AM_API_PRODUCT_STATE"
    REVISION_DEPLOYMENT = "AM_REVISION_DEPLOYMENT"
    USER_SIGNUP = "AM_USER_SIGNUP"

    @property
    def short(self) -> str:
        """As a workflow's own `workflowType` spells it: without `AM_`."""
        return self.removeprefix("AM_")


PROVIDER_KINDS = frozenset({WorkflowKind.SUBSCRIPTION_CREATION, WorkflowKind.SUBSCRIPTION_UPDATE})
"""What providers decide about, for the APIs that they see; administrators decide about everything."""

API_KINDS = frozenset({WorkflowKind.API_STATE, WorkflowKind.API_PRODUCT_STATE, WorkflowKind.REVISION_DEPLOYMENT})


class WorkflowStatus(StrEnum):
    """CREATED is waiting."""

    CREATED = "CREATED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


class WorkflowTurn(StrEnum):
    """What has just become of a workflow: it began to wait, it was decided, or it was given up with what it was about."""

    OPENED = "OPENED"
    DECIDED = "DECIDED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """What waits, or was decided. `id` is its reference, `subject` the id of what it is about; times are epoch milliseconds.

    `api_id` is the API or product that it concerns, "" for none. `details` are what carrying it out needs, `properties` what
    who decides is shown. `by` asked for it, `decided_by` decided: user names without their tenant. `home` is the tenant of who
    asked where it is another, "" where it is this. `answer` is what was decided: WSO2's `attributes` and `description` of the
    decision.
    """

    tenant: str
    id: str
    kind: WorkflowKind
    subject: str
    by: str
    description: str
    created_at: int
    updated_at: int
    api_id: str = ""
    status: WorkflowStatus = WorkflowStatus.CREATED
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)
    details: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    decided_by: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict, hash=False)
    home: str = ""

    @property
    def asker(self) -> str:
        """Who asked for it, as people of this tenant know them."""
        return display_username(self.home, self.by) if self.home else self.by


class WorkflowNotFound(NotFound):
    """There is no workflow of this reference, or the caller may not learn that there is."""

    code = 900551
    message = "Workflow not found"

    @classmethod
    def by_id(cls, reference: str) -> WorkflowNotFound:
        """The one sentence for absent and forbidden alike."""
        return cls(f"No workflow '{reference}' waits for a decision")


class WorkflowDecided(Invalid):
    """Somebody has approved or rejected it before."""

    code = 900552
    message = "Workflow is already completed"

    @classmethod
    def as_it_is(cls, workflow: Workflow) -> WorkflowDecided:
        """Names the decision that stands."""
        return cls(f"Workflow '{workflow.id}' is {workflow.status} already")


class WorkflowPending(Conflict):
    """What is asked for must wait until something that was asked for before is decided."""

    code = 900553
    message = "Workflow is pending"
    default_description = "It waits for an approval. Ask again when that is decided."


class NothingPending(Conflict):
    """There is nothing that waits and could be given up."""

    code = 900557
    message = "No pending workflow task"
    default_description = "Nothing waits for an approval here."


class RejectedRequest(Forbidden):
    """What is asked for was rejected."""

    code = 900558
    message = "Workflow is rejected"


class NotForPublishers(Invalid):
    """Only an administrator decides about this kind."""

    code = 900559
    message = "Workflow request is incompatible with the publisher"


class DecisionMissing(Invalid):
    """A decision needs a body."""

    code = 902035
    message = "Workflow payload is missing"
    default_description = 'Send a decision: {"status": "APPROVED"} or {"status": "REJECTED"}.'


class DecisionUnknown(Invalid):
    """A decision is neither an approval nor a rejection."""

    code = 902036
    message = "Workflow status is not defined"
