"""Keys of applications that wait for an approval: a client is made only when there is one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.store.terms import KeyTerms, TokenTerms
from gatehouse.controlplane.workflows.approvals import Question
from gatehouse.domain.applications.application import KeyState
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.body import from_body, to_body
from gatehouse.domain.people.identity import Principal, display_username
from gatehouse.domain.publishing.workflow import WorkflowDecided, WorkflowKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.controlplane.store.keys import OwnKeys
    from gatehouse.controlplane.workflows.deciding import Effect
    from gatehouse.domain.applications.application import Application, ApplicationKey
    from gatehouse.domain.publishing.workflow import Workflow
    from gatehouse.ports.publishing.workflows import Along

_KINDS = {
    KeyType.PRODUCTION: WorkflowKind.APPLICATION_REGISTRATION_PRODUCTION,
    KeyType.SANDBOX: WorkflowKind.APPLICATION_REGISTRATION_SANDBOX,
}


def kind_of(key_type: KeyType) -> WorkflowKind:
    """What keys of this type wait for."""
    return _KINDS[key_type]


def question(application: Application, key: ApplicationKey, terms: KeyTerms, roles: Collection[str]) -> Question:
    """Asks for a client. `roles` are those of who asks: a key manager may be for some only."""
    owner = display_username(application.tenant, application.owner)
    return Question(
        kind=kind_of(key.key_type),
        tenant=application.tenant,
        by=application.owner,
        subject=key.id,
        description=f"Approve {key.key_type.lower()} keys of application [{application.name}] of {owner} at "
        f"{key.key_manager}",
        properties={
            "applicationName": application.name,
            "userName": owner,
            "keyType": key.key_type,
            "keyManager": key.key_manager,
        },
        details={"application": application.id, "roles": sorted(roles), "terms": to_body(terms)},
    )


@dataclass(frozen=True, slots=True)
class KeyEffects:
    """What decisions about keys do."""

    keys: OwnKeys

    def all(self) -> dict[WorkflowKind, Effect]:
        """The effect of each kind."""
        return dict.fromkeys(_KINDS.values(), self)

    def approve(self, workflow: Workflow, along: Along) -> None:
        """Make the client. Raises ApplicationInactive, RegistrationRefused, RegistrationFailed, Unavailable."""
        application, key = self._waiting(workflow)
        by = Principal(
            tenant=workflow.tenant,
            user=application.owner,
            roles=frozenset(workflow.details["roles"]),
            scopes=frozenset(),
        )
        terms = from_body(KeyTerms, workflow.details["terms"])
        settled = replace(key, state=KeyState.COMPLETED, workflow="")
        self.keys.made(by, application, settled, terms, TokenTerms(), [along])

    def reject(self, workflow: Workflow, along: Along) -> None:
        """Leave a key that never gets a client; its owner cleans it up."""
        _, key = self._waiting(workflow)
        self.keys.keys.save(replace(key, state=KeyState.REJECTED, workflow=""), along=[along])

    def _waiting(self, workflow: Workflow) -> tuple[Application, ApplicationKey]:
        application_id = str(workflow.details["application"])
        application = self.keys.applications.applications.get(workflow.tenant, application_id)
        known = self.keys.keys.of_application(workflow.tenant, application_id)
        key = next((one for one in known if one.workflow == workflow.id), None)
        if application is None or key is None:
            raise WorkflowDecided(f"Nothing waits for workflow '{workflow.id}' any more")
        return application, key
