"""Governance policies: kept by those who govern."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.governance.records import policy_of, record_of_policy
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.portal.search import terms_of
from gatehouse.domain.publishing.governance import (
    EVERYWHERE,
    Action,
    GovernancePolicyNotFound,
    GovernancePolicyTaken,
    GovernedState,
    Policy,
)
from gatehouse.domain.record import Kind, new_id

if TYPE_CHECKING:
    from gatehouse.controlplane.governance.rulesets import RulesetShelf
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.portal.records import RecordLookup, Records
    from gatehouse.ports.world import Clock

RULESETS_MAX = 20
POLICIES_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a policy shall be like."""

    name: str
    description: str
    states: tuple[GovernedState, ...]
    actions: tuple[Action, ...]
    rulesets: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernancePolicies:
    """The governance policies of a tenant."""

    records: Records
    shelf: RulesetShelf
    clock: Clock

    def search(self, tenant: str, query: str) -> list[Policy]:
        """Those that match `name:…`, `state:…`; a bare word is a part of the name."""
        terms = terms_of(query)
        found = kept_policies(self.records, tenant)
        return [one for one in found if all(term.matches(_texts(one, term.attribute)) for term in terms)]

    def get(self, tenant: str, policy_id: str) -> Policy:
        """One. Raises GovernancePolicyNotFound."""
        record = self.records.get(tenant, Kind.GOVERNANCE_POLICY, policy_id)
        if record is None:
            raise GovernancePolicyNotFound.by_id(policy_id)
        return policy_of(record)

    def add(self, principal: Principal, wanted: Wanted) -> Policy:
        """A new one. Raises Invalid, GovernancePolicyTaken."""
        self._check(principal.tenant, wanted)
        if len(self.records.all(principal.tenant, Kind.GOVERNANCE_POLICY)) >= POLICIES_MAX:
            raise Invalid.field("", f"there are {POLICIES_MAX} governance policies already, and no more may be")
        now, user = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        policy = Policy(
            tenant=principal.tenant,
            id=new_id(),
            name=wanted.name,
            description=wanted.description,
            states=wanted.states,
            actions=wanted.actions,
            rulesets=wanted.rulesets,
            labels=wanted.labels,
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )
        return policy_of(self.records.add(record_of_policy(policy), taken=_taken(wanted.name)))

    def update(self, principal: Principal, policy_id: str, wanted: Wanted) -> Policy:
        """Replace one. Raises Invalid, GovernancePolicyNotFound, GovernancePolicyTaken, Changed."""
        before = self.get(principal.tenant, policy_id)
        self._check(principal.tenant, wanted)
        changed = replace(
            before,
            name=wanted.name,
            description=wanted.description,
            states=wanted.states,
            actions=wanted.actions,
            rulesets=wanted.rulesets,
            labels=wanted.labels,
            updated_at=int(self.clock.now() * 1000),
            updated_by=display_username(principal.tenant, principal.user),
        )
        kept = self.records.replace(record_of_policy(before), record_of_policy(changed), taken=_taken(wanted.name))
        return policy_of(kept)

    def remove(self, tenant: str, policy_id: str) -> None:
        """Forget one. Raises GovernancePolicyNotFound, Changed."""
        self.records.remove([record_of_policy(self.get(tenant, policy_id))])

    def _check(self, tenant: str, wanted: Wanted) -> None:
        if not wanted.rulesets or len(wanted.rulesets) > RULESETS_MAX:
            raise Invalid.field("rulesets", f"must be 1 to {RULESETS_MAX} ids")
        if len(set(wanted.rulesets)) != len(wanted.rulesets):
            raise Invalid.field("rulesets", "names one twice")
        if not wanted.states:
            raise Invalid.field("governableStates", "must name at least one state")
        for index, ruleset_id in enumerate(wanted.rulesets):
            if self.shelf.find(tenant, ruleset_id) is None:
                raise Invalid.field(f"rulesets.{index}", f"there is no ruleset with Id '{ruleset_id}'")
        for index, label in enumerate(wanted.labels):
            if label != EVERYWHERE and self.records.get(tenant, Kind.LABEL, label) is None:
                raise Invalid.field(
                    f"labels.{index}", f"there is no label with Id '{label}', and it is not {EVERYWHERE}"
                )
        for index, action in enumerate(wanted.actions):
            if action.state not in wanted.states:
                raise Invalid.field(f"actions.{index}.state", f"'{action.state}' is none of governableStates")


def kept_policies(records: RecordLookup, tenant: str) -> list[Policy]:
    """Every policy of the tenant, by name."""
    found = [policy_of(record) for record in records.all(tenant, Kind.GOVERNANCE_POLICY)]
    return sorted(found, key=lambda policy: policy.name.lower())


def _texts(policy: Policy, attribute: str) -> list[str]:
    known: dict[str, list[str]] = {"": [policy.name], "name": [policy.name], "state": list(policy.states)}
    return known.get(attribute, [])


def _taken(name: str) -> GovernancePolicyTaken:
    return GovernancePolicyTaken(f"name: there is a governance policy '{name}' already")
