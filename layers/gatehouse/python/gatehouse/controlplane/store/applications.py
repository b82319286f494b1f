"""A developer's own applications. Somebody else's application answers as one that does not exist, to everybody."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.controlplane.store.removal import Removal
from gatehouse.controlplane.workflows.subjects.application_terms import (
    ApplicationTerms,
    changed,
    require_tier,
    terms_of,
)
from gatehouse.controlplane.workflows.subjects.applications import question, question_of_change
from gatehouse.domain.applications.application import (
    DEFAULT_APPLICATION,
    Application,
    ApplicationExists,
    ApplicationInactive,
    ApplicationNotFound,
    ApplicationStatus,
)
from gatehouse.domain.applications.sharing import NotTheOwner
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import qualified, split_username
from gatehouse.domain.publishing.workflow import WorkflowKind, WorkflowPending
from gatehouse.domain.throttling.counter_key import application_counter
from gatehouse.domain.throttling.policy import UNLIMITED
from gatehouse.ports.applications.application_directory import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.controlplane.store.attributes import Attributes
    from gatehouse.controlplane.store.external_clients import ExternalClients
    from gatehouse.controlplane.store.sharing import Sharing
    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.applications.application_directory import Listed
    from gatehouse.ports.applications.applications import ApplicationKeys, Applications, Subscriptions
    from gatehouse.ports.throttling.counters import CounterReset
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.tokens.key_manager import KeyManager
    from gatehouse.ports.world import Clock


class SortBy(StrEnum):
    """What a list of applications can be sorted by, as the interface names it."""

    NAME = "name"
    POLICY = "throttlingPolicy"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a developer decides about an application. `groups` and `with_organization` None leave it shared as it is."""

    name: str
    policy: str
    description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    groups: tuple[str, ...] | None = None
    with_organization: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnApplications:
    """The applications of the caller."""

    applications: Applications
    keys: ApplicationKeys
    subscriptions: Subscriptions
    policies: Policies
    key_manager: KeyManager
    external_clients: ExternalClients
    approvals: Approvals
    attributes: Attributes
    sharing: Sharing
    counters: CounterReset
    clock: Clock

    def search(
        self, principal: Principal, query: str, *, sort_by: SortBy | None = None, descending: bool = False
    ) -> list[Listed]:
        """Those whose name contains the query; one with exactly that name comes first unless a sorting is asked for.

        They are lines of the directory: `some` has the applications of those that are shown.

        Everybody finds a `DefaultApplication` the first time, as in WSO2; who deletes it does not get it back.
        """
        self.applications.add_default(self._new(principal, Draft(name=DEFAULT_APPLICATION, policy=UNLIMITED), {}))
        wanted = query.lower()
        found = [line for line in self.lines(principal) if wanted in line.name]
        match sort_by:
            case SortBy.POLICY:
                return sorted(found, key=lambda line: line.policy.lower(), reverse=descending)
            case SortBy.STATUS:
                return sorted(found, key=lambda line: line.status, reverse=descending)
            case SortBy.NAME:
                return sorted(found, key=lambda line: line.name, reverse=descending)
            case None:
                return sorted(found, key=lambda line: line.name != wanted)

    def some(self, principal: Principal, lines: Sequence[Listed]) -> dict[str, Application]:
        """The applications of these lines by id; one that has gone meanwhile is missing."""
        return self.applications.some(principal.tenant, [line.id for line in lines])

    def lines(self, principal: Principal) -> list[Listed]:
        """As `all`, in lines of the directory."""
        own, circles = self.applications.owned_by(principal.tenant, principal.user), self.sharing.circles(principal)
        if not circles:
            return own
        known = {line.id for line in own}
        others = [listed(one) for one in self.applications.shared(principal.tenant, circles) if one.id not in known]
        return sorted([*own, *others], key=lambda line: line.name)

    def owned(self, principal: Principal) -> list[Application]:
        """Every one that belongs to the caller, by name."""
        return self.applications.owned(principal.tenant, principal.user)

    def all(self, principal: Principal) -> list[Application]:
        """Every one of them, by name, and those that are shared with them."""
        own, circles = self.owned(principal), self.sharing.circles(principal)
        if not circles:
            return own
        known = {application.id for application in own}
        others = [one for one in self.applications.shared(principal.tenant, circles) if one.id not in known]
        return sorted([*own, *others], key=lambda application: application.name.lower())

    def find(self, principal: Principal, application_id: str) -> Application | None:
        """The application with this id, or None, also when it is somebody else's and not shared with the caller."""
        found = self.applications.get(principal.tenant, application_id)
        if found is None or _owns(principal, found) or self.sharing.reaches(found, principal):
            return found
        return None

    def get(self, principal: Principal, application_id: str) -> Application:
        """Raises ApplicationNotFound."""
        found = self.find(principal, application_id)
        if found is None:
            raise ApplicationNotFound.by_id(application_id)
        return found

    def active(self, principal: Principal, application_id: str) -> Application:
        """One that something can be added to. Raises ApplicationNotFound, ApplicationInactive."""
        found = self.get(principal, application_id)
        if not found.status.is_open:
            raise ApplicationInactive.because(found)
        return found

    def create(self, principal: Principal, draft: Draft) -> Application:
        """A new one, CREATED where it must wait for an approval.

        Raises TierInvalid, AttributesMissing, SharingRefused, ApplicationExists.
        """
        self._check_tier(principal, draft.policy)
        new = self._new(principal, draft, self.attributes.settled(principal.tenant, draft.attributes, {}))
        if not self.approvals.needed(principal.tenant, WorkflowKind.APPLICATION_CREATION):
            return self.applications.add(new)
        reference, opening = self.approvals.ask(question(WorkflowKind.APPLICATION_CREATION, new))
        waiting = replace(new, status=ApplicationStatus.CREATED, workflow=reference)
        return self.applications.add(waiting, along=[opening])

    def update(self, principal: Principal, application_id: str, draft: Draft) -> Application:
        """Change it, who uses it included; as it was but UPDATE_PENDING where that must wait for an approval.

        Raises ApplicationNotFound, ApplicationInactive, NotTheOwner, WorkflowPending, TierInvalid, AttributesMissing,
        SharingRefused, ApplicationExists, Changed.
        """
        found = _own(principal, self.active(principal, application_id))
        if found.status is ApplicationStatus.UPDATE_PENDING:
            raise WorkflowPending("A change of the application waits for an approval already")
        self._check_tier(principal, draft.policy)
        wanted = ApplicationTerms(
            name=draft.name,
            policy=draft.policy,
            description=draft.description,
            attributes=self.attributes.settled(found.tenant, draft.attributes, found.attributes),
            groups=self.sharing.groups(principal, draft.groups, found.groups),
            organization=self.sharing.organization(principal, draft.with_organization, found.organization),
        )
        if wanted != terms_of(found) and self.approvals.needed(found.tenant, WorkflowKind.APPLICATION_UPDATE):
            return self._ask_for(principal, found, wanted)
        return self.applications.save(changed(found, wanted, int(self.clock.now())))

    def delete(self, principal: Principal, application_id: str) -> Application | None:
        """As `Removal` does it; the application when that must wait for an approval.

        Raises ApplicationNotFound, NotTheOwner, WorkflowPending, Changed, RegistrationRefused, RegistrationFailed, Unavailable.
        """
        found, kind = _own(principal, self.get(principal, application_id)), WorkflowKind.APPLICATION_DELETION
        if found.status is ApplicationStatus.DELETE_WAITING:
            raise WorkflowPending("The deletion of the application waits for an approval already")
        if not found.status.is_open or not self.approvals.needed(found.tenant, kind):
            self.removal.remove(found)
            return None
        reference, opening = self.approvals.ask(question(kind, found))
        waiting = replace(found, status=ApplicationStatus.DELETE_WAITING, workflow=reference)
        return self.applications.save(waiting, along=[opening, *self.approvals.given_up(found.tenant, found.workflow)])

    @property
    def removal(self) -> Removal:
        """How applications end."""
        return Removal(
            applications=self.applications,
            keys=self.keys,
            subscriptions=self.subscriptions,
            key_manager=self.key_manager,
            external_clients=self.external_clients,
            approvals=self.approvals,
        )

    def reset_counters(self, principal: Principal, application_id: str, user: str) -> None:
        """Let a user of the application begin anew with its tier. `user` is of the application's tenant unless it says so.

        Tokens of the application itself, and those of external key managers, are counted by their subject as it is.

        Raises ApplicationNotFound, Invalid, Unavailable.
        """
        application = self.get(principal, application_id)
        if not user.strip():
            raise Invalid.field("userName", "is required: whose calls are counted anew")
        tenant, name = split_username(user) if "@" in user else (application.tenant, user)
        for caller in {qualified(tenant, name), qualified(application.tenant, user), user}:
            self.counters.reset(application_counter(application.tenant, application.id, caller))

    def _ask_for(self, principal: Principal, found: Application, wanted: ApplicationTerms) -> Application:
        """Keep a change until it is approved. Raises ApplicationExists: to wait for it would be of no use."""
        if any(one.name.lower() == wanted.name.lower() and one.id != found.id for one in self.owned(principal)):
            raise ApplicationExists(application=wanted.name, owner=found.owner)
        reference, opening = self.approvals.ask(question_of_change(found, wanted))
        waiting = replace(found, status=ApplicationStatus.UPDATE_PENDING, workflow=reference)
        return self.applications.save(waiting, along=[opening])

    def _check_tier(self, principal: Principal, name: str) -> None:
        require_tier(self.policies, principal.tenant, name)

    def _new(self, principal: Principal, draft: Draft, attributes: Mapping[str, str]) -> Application:
        now = int(self.clock.now())
        return Application(
            tenant=principal.tenant,
            id=str(uuid.uuid4()),
            name=draft.name,
            owner=principal.user,
            policy=draft.policy,
            description=draft.description,
            attributes=attributes,
            groups=self.sharing.groups(principal, draft.groups),
            organization=self.sharing.organization(principal, draft.with_organization),
            created_at=now,
            updated_at=now,
        )


def _owns(principal: Principal, application: Application) -> bool:
    return application.owner.lower() == principal.user.lower()


def _own(principal: Principal, application: Application) -> Application:
    """Raises NotTheOwner."""
    if not _owns(principal, application):
        raise NotTheOwner(application=application.id)
    return application
