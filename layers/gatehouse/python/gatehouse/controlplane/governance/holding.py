"""Holding: which policies and rulesets hold for an API at the moment, worked out once for all that have the same labels."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.controlplane.governance.policies import kept_policies
from gatehouse.domain.portal.vocabulary import LABELS
from gatehouse.domain.publishing.governance import RuleType, artifact_type_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.controlplane.governance.judging import Judge
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.publishing.governance import Policy, Ruleset
    from gatehouse.ports.portal.records import RecordLookup


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds for APIs of one kind with the same labels; `digest` is another when the rules are others."""

    policies: tuple[Policy, ...]
    rulesets: Mapping[str, Ruleset]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds in a tenant at the moment. `documents` says of which state the documents of each API are."""

    policies: Sequence[Policy]
    rulesets: Mapping[str, Ruleset]
    documents: Mapping[str, str]
    holding: dict[tuple[str, ...], Holding] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: RecordLookup, judge: Judge, tenant: str) -> Rules:
        """What is kept now."""
        policies = kept_policies(kept, tenant)
        wanted = {ruleset_id for policy in policies for ruleset_id in policy.rulesets}
        rulesets = {one.id: one for one in judge.shelf.all(tenant) if one.id in wanted} if wanted else {}
        documents: dict[str, str] = {}
        if any(one.rule_type is RuleType.API_DOCUMENTATION for one in rulesets.values()):
            for document in judge.documents.documents(tenant):
                documents[document.owner] = f"{documents.get(document.owner, '')} {document.id}@{document.updated_at}"
        return cls(policies=policies, rulesets=rulesets, documents=documents)

    def for_api(self, summary: ApiSummary) -> Holding:
        """The policies that hold for an API, and those of their rulesets that are about APIs of its kind."""
        kind, labels = artifact_type_of(summary.info), summary.info.get(LABELS) or ()
        key = (kind, *labels)
        if key not in self.holding:
            policies = tuple(one for one in self.policies if one.holds_for(labels))
            wanted = dict.fromkeys(ruleset_id for policy in policies for ruleset_id in policy.rulesets)
            found = {one: self.rulesets[one] for one in wanted if one in self.rulesets}
            rulesets = {one: ruleset for one, ruleset in found.items() if ruleset.artifact_type is kind}
            self.holding[key] = Holding(policies, rulesets, _digest(rulesets))
        return self.holding[key]

    def basis(self, summary: ApiSummary, holding: Holding) -> str:
        """What the result of an API depends on for which that holds: another basis is another result."""
        said = self.documents.get(summary.id, "")
        written = hashlib.sha256(said.encode()).hexdigest() if said else ""
        return f"{summary.updated_at} {summary.state} {holding.digest} {written}"


def _digest(rulesets: Mapping[str, Ruleset]) -> str:
    rules = sorted((one, ruleset.content, ruleset.rule_type) for one, ruleset in rulesets.items())
    return hashlib.sha256(json.dumps(rules).encode()).hexdigest()
