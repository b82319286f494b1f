"""Governance: rulesets say what APIs shall be like, policies say which APIs that holds for, when, and what follows.

A rule that is broken gives findings. A policy that a finding falls under blocks the step that was asked for, or only
notifies: then the finding is shown with the API's compliance and nothing else happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Conflict, FieldError, Invalid, NotFound
from gatehouse.domain.publishing.deployed import ApiType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EVERYWHERE = "GLOBAL"
"""In place of a label's id: the policy holds for every API."""


class Severity(StrEnum):
    """How bad it is to break a rule, worst first."""

    ERROR = "ERROR"
    WARN = "WARN"
    INFO = "INFO"


class RuleType(StrEnum):
    """What of an API a ruleset is about."""

    API_METADATA = "API_METADATA"
    API_DEFINITION = "API_DEFINITION"
    API_DOCUMENTATION = "API_DOCUMENTATION"


class ArtifactType(StrEnum):
    """Which kind of APIs a ruleset is about."""

    REST_API = "REST_API"
    ASYNC_API = "ASYNC_API"
    MCP = "MCP"


class GovernedState(StrEnum):
    """The steps of an API's life at which policies are asked."""

    API_CREATE = "API_CREATE"
    API_UPDATE = "API_UPDATE"
    API_DEPLOY = "API_DEPLOY"
    API_PUBLISH = "API_PUBLISH"


class Reaction(StrEnum):
    """What follows from a broken rule."""

    BLOCK = "BLOCK"
    NOTIFY = "NOTIFY"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as lists show it."""

    name: str
    severity: Severity
    description: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule. `path` is dotted, from the root of what was looked at; "" is the root itself.

    One that is not conclusive counts as broken because it could not be judged in time; another time it may be.
    """

    rule: str
    severity: Severity
    path: str
    message: str
    conclusive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """A ruleset of a tenant. Times are epoch milliseconds; `content` is the blob key of its text, as it was sent."""

    tenant: str
    id: str
    name: str
    description: str
    rule_type: RuleType
    artifact_type: ArtifactType
    provider: str
    documentation: str
    content: str
    rules: tuple[Rule, ...]
    created_at: int
    updated_at: int
    by: str
    updated_by: str
    stored_version: int = 0


@dataclass(frozen=True, slots=True)
class Action:
    """What follows in a state from findings of a severity."""

    state: GovernedState
    severity: Severity
    reaction: Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A governance policy of a tenant. `rulesets` and `labels` are ids; a label may be EVERYWHERE."""

    tenant: str
    id: str
    name: str
    description: str
    states: tuple[GovernedState, ...]
    actions: tuple[Action, ...]
    rulesets: tuple[str, ...]
    labels: tuple[str, ...]
    created_at: int
    updated_at: int
    by: str
    updated_by: str
    stored_version: int = 0

    def holds_for(self, labels: Sequence[str]) -> bool:
        """Whether it is about an API with these labels."""
        return EVERYWHERE in self.labels or not set(labels).isdisjoint(self.labels)

    def may_block(self, state: GovernedState) -> bool:
        """Whether there are findings that it blocks this state for."""
        return any(self.reaction(state, severity) is Reaction.BLOCK for severity in Severity)

    def reaction(self, state: GovernedState, severity: Severity) -> Reaction:
        """What follows from a finding. What is not said notifies."""
        blocks = Action(state, severity, Reaction.BLOCK) in self.actions
        return Reaction.BLOCK if blocks and state in self.states else Reaction.NOTIFY


@dataclass(frozen=True, slots=True)
class Violation:
    """A finding that a policy forbids."""

    policy: str
    ruleset: str
    finding: Finding


def artifact_type_of(document: Mapping[str, object]) -> ArtifactType | None:
    """Which kind of rulesets an API's document falls under; None for kinds that no ruleset is about."""
    match str(document.get("type") or ApiType.HTTP):
        case "HTTP" | "SOAPTOREST":
            return ArtifactType.REST_API
        case "WS" | "WEBSUB" | "SSE" | "WEBHOOK" | "ASYNC":
            return ArtifactType.ASYNC_API
        case "MCP":
            return ArtifactType.MCP
        case _:
            return None


class RulesetInvalid(Invalid):
    """The text is no ruleset that can be run here."""

    message = "The ruleset is not valid"

    @classmethod
    def of(cls, problems: Sequence[FieldError]) -> RulesetInvalid:
        """The error that names every problem."""
        sentences = (f"{one.path}: {one.problem}" if one.path else one.problem for one in problems)
        return cls("; ".join(sentences), fields=tuple(problems))


class RulesetNotFound(NotFound):
    """The tenant has no such ruleset."""

    message = "Ruleset not found"

    @classmethod
    def by_id(cls, ruleset_id: str) -> RulesetNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Ruleset with Id '{ruleset_id}' not found")


class RulesetTaken(Conflict):
    """The tenant has a ruleset of this name."""

    message = "The ruleset already exists"


class RulesetInUse(Conflict):
    """Policies have it."""

    message = "The ruleset is in use"


class GovernancePolicyNotFound(NotFound):
    """The tenant has no such governance policy."""

    message = "Governance policy not found"

    @classmethod
    def by_id(cls, policy_id: str) -> GovernancePolicyNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Governance policy with Id '{policy_id}' not found")


class GovernancePolicyTaken(Conflict):
    """The tenant has a governance policy of this name."""

    message = "The governance policy already exists"


class NotCompliant(Invalid):
    """The API breaks rules that block this step."""

    code = 903300
    message = "The API breaks rules of the organization"

    @classmethod
    def of(cls, violations: Sequence[Violation]) -> NotCompliant:
        """The refusal that lists the violations."""
        fields = tuple(
            FieldError(
                one.finding.path,
                f"{one.finding.message} ({one.finding.severity}: rule '{one.finding.rule}' of ruleset '{one.ruleset}', "
                f"by policy '{one.policy}')",
            )
            for one in violations
        )
        rules = ", ".join(dict.fromkeys(one.finding.rule for one in violations))
        return cls(f"{len(violations)} violations of governance policies: {rules}", fields=fields)
