"""Enforcement: a step that policies forbid is refused, with everything that stands in its way.

A tenant without policies pays one read for each step. Policies that only notify are not asked here at all: `compliance`
shows what they find.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.governance.judging import Subject
from gatehouse.controlplane.governance.policies import kept_policies
from gatehouse.domain.publishing.governance import GovernedState, NotCompliant, Reaction, Violation, artifact_type_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.controlplane.governance.judging import Judge
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.publishing.governance import Policy, Ruleset
    from gatehouse.ports.portal.records import RecordLookup


@dataclass(frozen=True, slots=True)
class Judged:
    """A violation, and what follows from it in the step that was asked about."""

    violation: Violation
    reaction: Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """Asks the policies of a tenant before a step is taken."""

    policies: RecordLookup
    judge: Judge

    def check(self, state: GovernedState, api: Api, definition: bytes | None = None) -> None:
        """Raises NotCompliant when a policy blocks this. `definition` is the API's, where it is not kept yet."""
        if artifact_type_of(api.document) is None:
            return
        policies = [one for one in self._asked(api, (state,)) if one.may_block(state)]
        blocked = [
            one.violation
            for one in self._judged(policies, (state,), Subject(api, definition))
            if one.reaction is Reaction.BLOCK
        ]
        if blocked:
            raise NotCompliant.of(blocked)

    def preview(self, states: Collection[GovernedState], api: Api, definition: bytes | None = None) -> list[Judged]:
        """What policies would say of these steps."""
        if artifact_type_of(api.document) is None:
            return []
        return self._judged(self._asked(api, states), states, Subject(api, definition))

    def _asked(self, api: Api, states: Collection[GovernedState]) -> list[Policy]:
        labels = Subject(api).labels
        kept = kept_policies(self.policies, api.tenant)
        return [one for one in kept if one.holds_for(labels) and not set(states).isdisjoint(one.states)]

    def _judged(self, policies: Sequence[Policy], states: Collection[GovernedState], subject: Subject) -> list[Judged]:
        rulesets = self._rulesets(subject.api.tenant, policies)
        found = self.judge.findings(subject, list(rulesets.values()))
        judged = []
        for policy in policies:
            for ruleset_id in policy.rulesets:
                for finding in found.get(ruleset_id, ()):
                    reactions = {policy.reaction(state, finding.severity) for state in states}
                    reaction = Reaction.BLOCK if Reaction.BLOCK in reactions else Reaction.NOTIFY
                    judged.append(Judged(Violation(policy.name, rulesets[ruleset_id].name, finding), reaction))
        return judged

    def _rulesets(self, tenant: str, policies: Sequence[Policy]) -> dict[str, Ruleset]:
        wanted = dict.fromkeys(ruleset_id for policy in policies for ruleset_id in policy.rulesets)
        found = ((one, self.judge.shelf.find(tenant, one)) for one in wanted)
        return {ruleset_id: ruleset for ruleset_id, ruleset in found if ruleset}
