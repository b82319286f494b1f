"""What rulesets, policies and results look like in the governance interface."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gatehouse.controlplane.governance import policies, rulesets
from gatehouse.controlplane.governance.standing import ApiStatus, PolicyStatus
from gatehouse.domain.publishing.governance import (
    Action,
    ArtifactType,
    GovernedState,
    Reaction,
    RuleType,
    Severity,
    artifact_type_of,
)
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gatehouse.controlplane.governance.standing import RulesetStatus, Standing
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.publishing.governance import Finding, Policy, Rule, Ruleset

State = Literal["API_CREATE", "API_UPDATE", "API_DEPLOY", "API_PUBLISH"]
Name = Annotated[str, Field(min_length=1, max_length=256)]
Description = Annotated[str, Field(max_length=1024)]


class RulesetBody(Wire):
    """The fields of a form that a ruleset is sent as, but for its content."""

    name: Name
    description: Description = ""
    ruleCategory: Literal["SPECTRAL"] = "SPECTRAL"
    ruleType: Literal["API_METADATA", "API_DEFINITION", "API_DOCUMENTATION"]
    artifactType: Literal["REST_API", "ASYNC_API", "MCP"]
    documentationLink: Annotated[str, Field(max_length=2048)] = ""
    provider: Annotated[str, Field(max_length=256)] = ""

    def wanted(self) -> rulesets.Wanted:
        """What it asks for."""
        return rulesets.Wanted(
            name=self.name,
            description=self.description,
            rule_type=RuleType(self.ruleType),
            artifact_type=ArtifactType(self.artifactType),
            provider=self.provider,
            documentation=self.documentationLink,
        )


class ActionBody(Wire):
    """What follows in a state from broken rules of a severity."""

    state: State
    ruleSeverity: Literal["ERROR", "WARN", "INFO"]
    type: Literal["BLOCK", "NOTIFY"]

    def action(self) -> Action:
        """As rules have it."""
        return Action(GovernedState(self.state), Severity(self.ruleSeverity), Reaction(self.type))


class PolicyBody(Wire):
    """A governance policy. Read-only properties may be sent, and have no effect."""

    id: str | None = None
    name: Name
    description: Description | None = None
    governableStates: list[State]
    actions: list[ActionBody]
    rulesets: list[str]
    labels: list[str]
    createdBy: str | None = None
    createdTime: str | None = None
    updatedBy: str | None = None
    updatedTime: str | None = None

    def wanted(self) -> policies.Wanted:
        """What it asks for."""
        return policies.Wanted(
            name=self.name,
            description=self.description or "",
            states=tuple(dict.fromkeys(GovernedState(state) for state in self.governableStates)),
            actions=tuple(dict.fromkeys(one.action() for one in self.actions)),
            rulesets=tuple(self.rulesets),
            labels=tuple(dict.fromkeys(self.labels)),
        )


def ruleset(one: Ruleset) -> dict[str, Any]:
    """A ruleset without its content."""
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "ruleCategory": "SPECTRAL",
        "ruleType": one.rule_type,
        "artifactType": one.artifact_type,
        "documentationLink": one.documentation,
        "provider": one.provider,
        **_history(one),
    }


def policy(one: Policy) -> dict[str, Any]:
    """A governance policy."""
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "governableStates": list(one.states),
        "actions": [
            {"state": action.state, "ruleSeverity": action.severity, "type": action.reaction} for action in one.actions
        ],
        "rulesets": list(one.rulesets),
        "labels": list(one.labels),
        **_history(one),
    }


def standing(one: Standing) -> dict[str, Any]:
    """A line of the list of APIs."""
    statuses = [one.with_policy(policy) for policy in one.policies]
    broken = one.broken()
    return {
        "id": one.summary.id,
        "status": one.status,
        "info": info(one.summary),
        "policyAdherenceSummary": adherence_counts(statuses),
        "severityBasedRuleViolationSummary": [
            {"severity": severity, "violatedRulesCount": broken[severity]} for severity in Severity
        ],
    }


def standing_in_full(one: Standing) -> dict[str, Any]:
    """How an API stands with each of its policies."""
    return {
        "id": one.summary.id,
        "status": one.status,
        "info": info(one.summary),
        "governedPolicies": [
            {
                "id": policy.id,
                "name": policy.name,
                "status": one.with_policy(policy),
                "rulesetValidationResults": [
                    {
                        "id": ruleset_id,
                        "name": one.rulesets[ruleset_id].name,
                        "ruleType": one.rulesets[ruleset_id].rule_type,
                        "status": one.with_ruleset(ruleset_id),
                    }
                    for ruleset_id in policy.rulesets
                    if ruleset_id in one.rulesets
                ],
            }
            for policy in one.policies
        ],
    }


def validation(one: Ruleset, status: RulesetStatus, findings: Sequence[Finding]) -> dict[str, Any]:
    """What of an API breaks the rules of a ruleset, and which rules it follows."""
    rules = {rule.name: rule for rule in one.rules}
    broken = {finding.rule for finding in findings}
    applied = [] if status == "UNAPPLIED" else [rule for rule in one.rules if rule.name not in broken]
    return {
        "id": one.id,
        "name": one.name,
        "status": status,
        "violatedRules": [_broken(finding, rules.get(finding.rule)) for finding in findings],
        "followedRules": [
            {
                "id": rule.name,
                "name": rule.name,
                "status": "PASSED",
                "severity": rule.severity,
                "violatedPath": None,
                "message": None,
                "description": rule.description,
            }
            for rule in applied
        ],
    }


def _broken(finding: Finding, rule: Rule | None) -> dict[str, Any]:
    return {
        "id": finding.rule,
        "name": finding.rule,
        "status": "FAILED",
        "severity": finding.severity,
        "violatedPath": {"path": finding.path, "description": finding.message},
        "message": finding.message,
        "description": rule.description if rule else "",
    }


def compliance_counts(standings: Iterable[Standing]) -> dict[str, int]:
    """How many APIs stand how."""
    counted = Counter(one.status for one in standings)
    return {
        "total": counted.total(),
        "compliant": counted[ApiStatus.COMPLIANT],
        "nonCompliant": counted[ApiStatus.NON_COMPLIANT],
        "pending": counted[ApiStatus.PENDING],
        "notApplicable": counted[ApiStatus.NOT_APPLICABLE],
    }


def adherence_counts(statuses: Iterable[PolicyStatus]) -> dict[str, int]:
    """How many policies stand how."""
    counted = Counter(statuses)
    return {
        "total": counted.total(),
        "followed": counted[PolicyStatus.FOLLOWED],
        "violated": counted[PolicyStatus.VIOLATED],
        "unApplied": counted[PolicyStatus.UNAPPLIED] + counted[PolicyStatus.PENDING],
    }


def adherence(one: Policy, status: PolicyStatus, judged: Sequence[tuple[Standing, ApiStatus]]) -> dict[str, Any]:
    """A line of the list of policies."""
    counted = Counter(each for _, each in judged)
    return {
        "id": one.id,
        "name": one.name,
        "status": status,
        "artifactComplianceSummary": {
            "compliant": counted[ApiStatus.COMPLIANT],
            "nonCompliant": counted[ApiStatus.NON_COMPLIANT],
        },
    }


def adherence_in_full(
    one: Policy, status: PolicyStatus, judged: Sequence[tuple[Standing, ApiStatus]]
) -> dict[str, Any]:
    """How each API stands with a policy."""
    return {
        "id": one.id,
        "name": one.name,
        "status": status,
        "evaluatedArtifacts": [
            {"id": each.summary.id, "status": stands, "info": info(each.summary)} for each, stands in judged
        ],
    }


def info(summary: ApiSummary) -> dict[str, Any]:
    """What an API is called."""
    return {
        "name": summary.name,
        "type": "API",
        "extendedType": artifact_type_of(summary.info),
        "version": summary.version,
        "owner": summary.provider,
    }


def _history(one: Ruleset | Policy) -> dict[str, Any]:
    return {
        "createdBy": one.by,
        "createdTime": _time(one.created_at),
        "updatedBy": one.updated_by,
        "updatedTime": _time(one.updated_at),
    }


def _time(milliseconds: int) -> str | None:
    """A moment; None for what was always there."""
    if not milliseconds:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
