"""A standing: how an API stands with the policies that hold for it, as far as it has been judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.publishing.governance import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.publishing.governance import Policy, Ruleset

    Violated = Mapping[str, Mapping[str, str]]
    """The rules that are broken, by ruleset, each with the value of its severity, as results are kept."""


class ApiStatus(StrEnum):
    """Of an API."""

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON-COMPLIANT"
    NOT_APPLICABLE = "NOT-APPLICABLE"
    PENDING = "PENDING"


class PolicyStatus(StrEnum):
    """Of a policy, for one API or for all."""

    FOLLOWED = "FOLLOWED"
    VIOLATED = "VIOLATED"
    UNAPPLIED = "UNAPPLIED"
    PENDING = "PENDING"


class RulesetStatus(StrEnum):
    """Of a ruleset, for one API."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    UNAPPLIED = "UNAPPLIED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`policies` hold for the API; `rulesets` are those of them that are about APIs of its kind, by id.

    `violated` is None while it has not been judged as it is now.
    """

    summary: ApiSummary
    policies: tuple[Policy, ...]
    rulesets: Mapping[str, Ruleset]
    violated: Violated | None

    @property
    def status(self) -> ApiStatus:
        """How it stands on the whole."""
        if not self.rulesets:
            return ApiStatus.NOT_APPLICABLE
        if self.violated is None:
            return ApiStatus.PENDING
        return ApiStatus.NON_COMPLIANT if any(self.violated.values()) else ApiStatus.COMPLIANT

    def with_policy(self, policy: Policy) -> PolicyStatus:
        """How it stands with one of its policies."""
        applied = [ruleset_id for ruleset_id in policy.rulesets if ruleset_id in self.rulesets]
        if not applied:
            return PolicyStatus.UNAPPLIED
        if self.violated is None:
            return PolicyStatus.PENDING
        is_broken = any(self.violated.get(ruleset_id) for ruleset_id in applied)
        return PolicyStatus.VIOLATED if is_broken else PolicyStatus.FOLLOWED

    def with_ruleset(self, ruleset_id: str) -> RulesetStatus:
        """How it stands with one of its rulesets."""
        if ruleset_id not in self.rulesets or self.violated is None:
            return RulesetStatus.UNAPPLIED
        return RulesetStatus.FAILED if self.violated.get(ruleset_id) else RulesetStatus.PASSED

    def broken(self) -> Counter[Severity]:
        """How many rules of each severity it breaks."""
        rules = (self.violated or {}).values()
        return Counter(Severity(severity) for one in rules for severity in one.values())


def adherence(policy: Policy, standings: list[Standing]) -> tuple[PolicyStatus, list[tuple[Standing, ApiStatus]]]:
    """How all APIs stand with a policy, and each that it could be judged by."""
    statuses = {
        PolicyStatus.FOLLOWED: ApiStatus.COMPLIANT,
        PolicyStatus.VIOLATED: ApiStatus.NON_COMPLIANT,
    }
    held = ((one, one.with_policy(policy)) for one in standings if policy.id in [each.id for each in one.policies])
    judged = [(one, statuses[status]) for one, status in held if status in statuses]
    if not judged:
        return PolicyStatus.UNAPPLIED, []
    violated = any(status is ApiStatus.NON_COMPLIANT for _, status in judged)
    return PolicyStatus.VIOLATED if violated else PolicyStatus.FOLLOWED, judged
