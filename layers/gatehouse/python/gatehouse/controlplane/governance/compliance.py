"""Compliance: how the APIs of a tenant stand with its policies.

APIs are judged when somebody asks, a bounded number at a time, and what came out is kept until the API or the rules change;
what could not be judged yet is pending, and will be when it is asked for again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.governance.holding import Rules
from gatehouse.controlplane.governance.judging import SECONDS, Subject
from gatehouse.controlplane.governance.standing import RulesetStatus, Standing
from gatehouse.controlplane.publishing import access
from gatehouse.domain.apis.api import summary_of
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.governance import RulesetNotFound, Severity
from gatehouse.domain.record import Kind, Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.controlplane.governance.judging import Judge
    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.governance import Finding, Ruleset
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import RecordLookup, Records

JUDGED_MAX = 50
"""How many APIs are judged for one question, unless the time is up before."""

FORGOTTEN_MAX = 40
"""How many results of APIs that are gone are forgotten at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """`results` are kept here; `policies` are those of the tenant."""

    results: Records
    policies: RecordLookup
    apis: ApiLookup
    judge: Judge

    def standings(self, principal: Principal) -> list[Standing]:
        """Every API that the caller may see, by name and version, as it was judged last."""
        tenant = principal.tenant
        known, summaries = self._known(tenant), self.apis.summaries(tenant)
        gone = known.keys() - {one.id for one in summaries}
        if gone:
            with suppress(Changed):
                self.results.remove([known[one] for one in sorted(gone)[:FORGOTTEN_MAX]])
        rules = Rules.of(self.policies, self.judge, tenant)
        seen = [one for one in summaries if not one.is_product and access.may_work_on(principal, one)]
        return [self._standing(rules, one, known.get(one.id)) for one in seen]

    def judged(self, principal: Principal, standings: Sequence[Standing]) -> list[Standing]:
        """The same, with as many as possible judged that were not."""
        stale = [one.summary.id for one in standings if one.rulesets and one.violated is None][:JUDGED_MAX]
        if not stale:
            return list(standings)
        deadline = self.judge.clock.now() + SECONDS
        rules = Rules.of(self.policies, self.judge, principal.tenant)
        apis, known = self.apis.some(principal.tenant, stale), self._known(principal.tenant)
        fresh: dict[str, Standing] = {}
        for api in apis.values():
            if self.judge.clock.now() > deadline:
                break
            fresh[api.id] = self._judged(rules, api, known.get(api.id))
        return [fresh.get(one.summary.id, one) for one in standings]

    def of(self, principal: Principal, api_id: str) -> Standing:
        """How one API stands. Raises ApiNotFound."""
        api = access.find(self.apis, principal, api_id)
        rules = Rules.of(self.policies, self.judge, principal.tenant)
        kept = self.results.get(principal.tenant, Kind.COMPLIANCE, api_id)
        standing = self._standing(rules, summary_of(api), kept)
        return self._judged(rules, api, kept) if standing.rulesets and standing.violated is None else standing

    def findings(
        self, principal: Principal, api_id: str, ruleset_id: str
    ) -> tuple[Ruleset, RulesetStatus, list[Finding]]:
        """What of an API breaks the rules of a ruleset, and how it stands with it. Raises ApiNotFound, RulesetNotFound."""
        api = access.find(self.apis, principal, api_id)
        ruleset = self.judge.shelf.find(principal.tenant, ruleset_id)
        if ruleset is None:
            raise RulesetNotFound.by_id(ruleset_id)
        standing = self._standing(Rules.of(self.policies, self.judge, principal.tenant), summary_of(api), None)
        if ruleset_id not in standing.rulesets:
            return ruleset, RulesetStatus.UNAPPLIED, []
        found = self.judge.findings(Subject(api), [ruleset]).get(ruleset_id, [])
        return ruleset, RulesetStatus.FAILED if found else RulesetStatus.PASSED, found

    def _known(self, tenant: str) -> dict[str, Record]:
        return {record.id: record for record in self.results.all(tenant, Kind.COMPLIANCE)}

    def _standing(self, rules: Rules, summary: ApiSummary, kept: Record | None) -> Standing:
        holding = rules.for_api(summary)
        violated = None
        if kept and kept.body.get("basis") == rules.basis(summary, holding):
            violated = kept.body["violated"]
        return Standing(summary=summary, policies=holding.policies, rulesets=holding.rulesets, violated=violated)

    def _judged(self, rules: Rules, api: Api, kept: Record | None) -> Standing:
        standing = self._standing(rules, summary_of(api), None)
        basis = rules.basis(standing.summary, rules.for_api(standing.summary))
        found = self.judge.findings(Subject(api), list(standing.rulesets.values()))
        violated = {
            ruleset_id: {finding.rule: finding.severity for finding in findings}
            for ruleset_id, findings in found.items()
        }
        if all(one.conclusive for findings in found.values() for one in findings):
            self._keep(api, basis, violated, kept)
        return replace(standing, violated=violated)

    def _keep(
        self, api: Api, basis: str, violated: Mapping[str, Mapping[str, Severity]], before: Record | None
    ) -> None:
        now = int(self.judge.clock.now() * 1000)
        broken = {one: {rule: severity.value for rule, severity in rules.items()} for one, rules in violated.items()}
        result = Record(
            tenant=api.tenant,
            kind=Kind.COMPLIANCE,
            id=api.id,
            body={"basis": basis, "violated": broken},
            created_at=before.created_at if before else now,
            updated_at=now,
            by="",
            updated_by="",
            version=before.version if before else 0,
        )
        # Who judged it at the same time found the same.
        with suppress(Changed):
            if before:
                self.results.replace(before, result, taken=Changed())
            else:
                self.results.add(result, taken=Changed())
