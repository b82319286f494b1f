"""The routes of the governance interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.governance import wire
from gatehouse.controlplane.governance.standing import adherence
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.edge.http import JSON, Answer, created
from gatehouse.edge.multipart import MULTIPART, sent_parts
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.governance.compliance import Compliance
    from gatehouse.controlplane.governance.policies import GovernancePolicies
    from gatehouse.controlplane.governance.rulesets import Rulesets
    from gatehouse.edge.http import Request

ROOT = "/api/am/governance/v1"
RULESETS, RULESET = "/rulesets", "/rulesets/{rulesetId}"
POLICIES, POLICY = "/policies", "/policies/{policyId}"
APIS, API = "/artifact-compliance/api", "/artifact-compliance/api/{apiId}"
ADHERENCE = "/policy-adherence"
YAML = "application/x-yaml"
CONTENT = "rulesetContent"
_PAGED = ("limit", "offset")
_SEARCHED = (*_PAGED, "query")


def routes(rulesets: Rulesets, policies: GovernancePolicies, compliance: Compliance) -> tuple[Operation, ...]:
    """Every operation of the interface."""
    return (*_of_rulesets(_Rulesets(rulesets)), *_of_policies(_Policies(policies)), *_of_results(compliance, policies))


def _of_rulesets(routed: _Rulesets) -> tuple[Operation, ...]:
    read: dict[str, Any] = {"tag": "Rulesets", "scopes": ("apim:gov_rule_read",)}
    manage: dict[str, Any] = {"tag": "Rulesets", "scopes": ("apim:gov_rule_manage",)}
    form: dict[str, Any] = {"accepts": (MULTIPART,), **manage}
    usage = f"{RULESET}/usage"
    return (
        _line("GET", RULESETS, "getRulesets", "Rulesets, searched and paged", routed.list, query=_SEARCHED, **read),
        _line("POST", RULESETS, "createRuleset", "Add a ruleset", routed.add, answers=(201,), **form),
        _line("GET", RULESET, "getRulesetById", "A ruleset", routed.get, **read),
        _line("PUT", RULESET, "updateRulesetById", "Replace a ruleset", routed.update, **form),
        _line("DELETE", RULESET, "deleteRuleset", "Delete a ruleset that no policy has", routed.delete, **manage),
        _line("GET", f"{RULESET}/content", "getRulesetContent", "Its text, as it was sent", routed.content, **read),
        _line("GET", usage, "getRulesetUsage", "The ids of the policies that have it", routed.usage, **read),
    )


def _of_policies(routed: _Policies) -> tuple[Operation, ...]:
    tag = "Governance Policies"
    read: dict[str, Any] = {"tag": tag, "scopes": ("apim:gov_policy_read",)}
    manage: dict[str, Any] = {"tag": tag, "scopes": ("apim:gov_policy_manage",)}
    body: dict[str, Any] = {"body": wire.PolicyBody, **manage}
    return (
        _line("GET", POLICIES, "getGovernancePolicies", "Policies, searched", routed.list, query=_SEARCHED, **read),
        _line("POST", POLICIES, "createGovernancePolicy", "Add a policy", routed.add, answers=(201,), **body),
        _line("GET", POLICY, "getGovernancePolicyById", "A policy", routed.get, **read),
        _line("PUT", POLICY, "updateGovernancePolicyById", "Replace a policy", routed.update, **body),
        _line("DELETE", POLICY, "deleteGovernancePolicy", "Delete a policy", routed.delete, **manage),
    )


def _of_results(compliance: Compliance, policies: GovernancePolicies) -> tuple[Operation, ...]:
    routed = _Results(compliance, policies)
    of_apis: dict[str, Any] = {"tag": "Artifact Compliance", "scopes": ("apim:gov_result_read",)}
    of_policies: dict[str, Any] = {"tag": "Policy Adherence", "scopes": ("apim:gov_result_read",)}
    one, summary = f"{API}/ruleset-validation-results/{{rulesetId}}", "How many stand how"
    return (
        _line("GET", APIS, "getComplianceStatusListOfAPIs", "How APIs stand", routed.apis, query=_PAGED, **of_apis),
        _line("GET", f"{APIS}/summary", "getComplianceSummaryForAPIs", summary, routed.api_summary, **of_apis),
        _line("GET", API, "getComplianceByAPIId", "How an API stands with its policies", routed.api, **of_apis),
        _line("GET", one, "getRulesetValidationResultsByAPIId", "What breaks its rules", routed.findings, **of_apis),
        _line(
            "GET",
            ADHERENCE,
            "getPolicyAdherenceForAllPolicies",
            "How policies are followed",
            routed.policies,
            query=_PAGED,
            **of_policies,
        ),
        _line(
            "GET", f"{ADHERENCE}/summary", "getPolicyAdherenceSummary", summary, routed.policy_summary, **of_policies
        ),
        _line(
            "GET",
            f"{ADHERENCE}/{{policyId}}",
            "getPolicyAdherenceByPolicyId",
            "How each API follows a policy",
            routed.policy,
            **of_policies,
        ),
    )


class _Rulesets:
    def __init__(self, rulesets: Rulesets) -> None:
        self._rulesets = rulesets

    def list(self, request: Request) -> Answer:
        found = self._rulesets.search(request.principal.tenant, request.query.get("query", ""))
        page = page_of(found, request.slice())
        return Answer(body=envelope(page, wire.ruleset, resource=RULESETS, query=request.query))

    def add(self, request: Request) -> Answer:
        body, content = _sent(request)
        made = self._rulesets.add(request.principal, body.wanted(), content)
        return created(f"{ROOT}{RULESETS}/{made.id}", wire.ruleset(made))

    def get(self, request: Request) -> Answer:
        return Answer(body=wire.ruleset(self._rulesets.get(request.principal.tenant, request.path["rulesetId"])))

    def update(self, request: Request) -> Answer:
        body, content = _sent(request)
        changed = self._rulesets.update(request.principal, request.path["rulesetId"], body.wanted(), content)
        return Answer(body=wire.ruleset(changed))

    def delete(self, request: Request) -> Answer:
        self._rulesets.remove(request.principal.tenant, request.path["rulesetId"])
        return Answer(status=204)

    def content(self, request: Request) -> Answer:
        tenant = request.principal.tenant
        content = self._rulesets.shelf.content(tenant, self._rulesets.get(tenant, request.path["rulesetId"]))
        media_type = JSON if content.lstrip().startswith(b"{") else YAML
        return Answer(body=content.decode(), media_type=media_type)

    def usage(self, request: Request) -> Answer:
        users = self._rulesets.policies(request.principal.tenant, request.path["rulesetId"])
        return Answer(body=[policy.id for policy in users])


class _Policies:
    def __init__(self, policies: GovernancePolicies) -> None:
        self._policies = policies

    def list(self, request: Request) -> Answer:
        found = self._policies.search(request.principal.tenant, request.query.get("query", ""))
        page = page_of(found, request.slice())
        return Answer(body=envelope(page, wire.policy, resource=POLICIES, query=request.query))

    def add(self, request: Request, body: wire.PolicyBody) -> Answer:
        made = self._policies.add(request.principal, body.wanted())
        return created(f"{ROOT}{POLICIES}/{made.id}", wire.policy(made))

    def get(self, request: Request) -> Answer:
        return Answer(body=wire.policy(self._policies.get(request.principal.tenant, request.path["policyId"])))

    def update(self, request: Request, body: wire.PolicyBody) -> Answer:
        changed = self._policies.update(request.principal, request.path["policyId"], body.wanted())
        return Answer(body=wire.policy(changed))

    def delete(self, request: Request) -> Answer:
        self._policies.remove(request.principal.tenant, request.path["policyId"])
        return Answer(status=204)


class _Results:
    def __init__(self, compliance: Compliance, policies: GovernancePolicies) -> None:
        self._compliance = compliance
        self._policies = policies

    def apis(self, request: Request) -> Answer:
        page = page_of(self._compliance.standings(request.principal), request.slice())
        fresh = self._compliance.judged(request.principal, page.items)
        shown = {one.summary.id: one for one in fresh}
        return Answer(body=envelope(page, lambda one: wire.standing(shown[one.summary.id]), resource=APIS))

    def api_summary(self, request: Request) -> Answer:
        return Answer(body=wire.compliance_counts(self._all(request)))

    def api(self, request: Request) -> Answer:
        return Answer(body=wire.standing_in_full(self._compliance.of(request.principal, request.path["apiId"])))

    def findings(self, request: Request) -> Answer:
        found = self._compliance.findings(request.principal, request.path["apiId"], request.path["rulesetId"])
        return Answer(body=wire.validation(*found))

    def policies(self, request: Request) -> Answer:
        page = page_of(self._policies.search(request.principal.tenant, ""), request.slice())
        standings = self._all(request) if page.items else []
        return Answer(
            body=envelope(page, lambda one: wire.adherence(one, *adherence(one, standings)), resource=ADHERENCE)
        )

    def policy_summary(self, request: Request) -> Answer:
        policies = self._policies.search(request.principal.tenant, "")
        standings = self._all(request) if policies else []
        return Answer(body=wire.adherence_counts(adherence(one, standings)[0] for one in policies))

    def policy(self, request: Request) -> Answer:
        policy = self._policies.get(request.principal.tenant, request.path["policyId"])
        return Answer(body=wire.adherence_in_full(policy, *adherence(policy, self._all(request))))

    def _all(self, request: Request) -> Any:
        return self._compliance.judged(request.principal, self._compliance.standings(request.principal))


def _sent(request: Request) -> tuple[wire.RulesetBody, bytes]:
    form = sent_parts(request)
    content = form.pop(CONTENT, None)
    body = parse(wire.RulesetBody, {name: part.text for name, part in form.items()})
    if content is None or not content.content.strip():
        raise Invalid.field(CONTENT, "is required: a ruleset in YAML or JSON")
    return body, content.content


def _line(method: str, path: str, name: str, summary: str, route: Callable[..., Answer], **more: Any) -> Operation:
    answers = (204,) if method == "DELETE" else (200,)
    return Operation(method=method, path=path, id=name, summary=summary, route=route, **{"answers": answers, **more})
