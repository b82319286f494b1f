"""Rulesets and policies as they are kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gatehouse.domain.publishing.governance import (
    Action,
    ArtifactType,
    GovernedState,
    Policy,
    Reaction,
    Rule,
    Ruleset,
    RuleType,
    Severity,
)
from gatehouse.domain.record import Kind, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_RECORDS = ("tenant", "id", "name", "created_at", "updated_at", "by", "updated_by")


def ruleset_of(record: Record) -> Ruleset:
    """A ruleset as it was kept."""
    body = record.body
    return Ruleset(
        **_common(record),
        description=body["description"],
        rule_type=RuleType(body["rule_type"]),
        artifact_type=ArtifactType(body["artifact_type"]),
        provider=body["provider"],
        documentation=body["documentation"],
        content=body["content"],
        rules=tuple(Rule(name, Severity(severity), told) for name, severity, told in body["rules"]),
    )


def record_of_ruleset(ruleset: Ruleset) -> Record:
    """A ruleset to be kept."""
    rules = [[rule.name, rule.severity.value, rule.description] for rule in ruleset.rules]
    return _record(Kind.RULESET, ruleset, {**_own(ruleset), "rules": rules})


def policy_of(record: Record) -> Policy:
    """A policy as it was kept."""
    body = record.body
    return Policy(
        **_common(record),
        description=body["description"],
        states=tuple(GovernedState(state) for state in body["states"]),
        actions=tuple(
            Action(GovernedState(one), Severity(two), Reaction(three)) for one, two, three in body["actions"]
        ),
        rulesets=tuple(body["rulesets"]),
        labels=tuple(body["labels"]),
    )


def record_of_policy(policy: Policy) -> Record:
    """A policy to be kept."""
    actions = [[one.state.value, one.severity.value, one.reaction.value] for one in policy.actions]
    more = {"actions": actions, "states": [state.value for state in policy.states]}
    return _record(Kind.GOVERNANCE_POLICY, policy, {**_own(policy), **more})


def _common(record: Record) -> dict[str, Any]:
    return {**{name: getattr(record, name) for name in _OF_RECORDS}, "stored_version": record.version}


def _own(noun: Ruleset | Policy) -> dict[str, Any]:
    body = asdict(noun)
    for name in (*_OF_RECORDS, "stored_version"):
        del body[name]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in body.items()}


def _record(kind: Kind, noun: Ruleset | Policy, body: Mapping[str, Any]) -> Record:
    common = {name: getattr(noun, name) for name in _OF_RECORDS}
    return Record(kind=kind, body=body, version=noun.stored_version, **common)
