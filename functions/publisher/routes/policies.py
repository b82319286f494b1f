"""Throttling policies to choose from, and the interface's settings."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from functions.publisher.environment_views import environment
from functions.publisher.routes import scopes as s
from gatehouse.controlplane.organizations import Organizations
from gatehouse.domain.errors import NotFound
from gatehouse.domain.page import page_of
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.policy import EVENT_COUNT, PolicyNotFound
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.shared.plans import LEVELS, plan

if TYPE_CHECKING:
    from gatehouse.controlplane.environments.lookup import Environments
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.tenant_rules import TenantRules
    from gatehouse.domain.throttling.policy import Policy, PolicyKind
    from gatehouse.edge.http import Request
    from gatehouse.ports.throttling.policies import Policies

TAG = "Throttling Policies"
STREAMING = "/throttling-policies/streaming/subscription"
_SCOPES = (s.VIEW, s.MCP_VIEW, s.TIER_MANAGE, s.TIER_VIEW)


def routes(
    policies: Policies, design: Design, *, environments: Environments, rules: TenantRules, scopes: tuple[str, ...]
) -> tuple[Operation, ...]:
    """List and look up policies; the plans of an API; settings."""

    def level(request: Request) -> PolicyKind:
        name = request.path["policyLevel"]
        if name not in LEVELS:
            raise NotFound(f"There are no throttling policies of level '{name}'; there are {', '.join(LEVELS)}")
        return LEVELS[name]

    def of_level(request: Request) -> Answer:
        kind = level(request)
        page = page_of(policies.all(request.principal.tenant, kind), request.slice())
        resource = f"/throttling-policies/{request.path['policyLevel']}"
        return Answer(body=envelope(page, plan, resource=resource, query=request.query))

    def named(request: Request) -> Answer:
        name = request.path["policyName"]
        found = policies.named(request.principal.tenant, level(request), name)
        if found is None:
            raise PolicyNotFound(f"There is no throttling policy '{name}' of this level")
        return Answer(body=plan(found))

    def streaming(request: Request) -> Answer:
        plans = policies.all(request.principal.tenant, LEVELS["subscription"])
        counting = [one for one in plans if one.document["defaultLimit"]["type"] == EVENT_COUNT]
        page = page_of(counting, request.slice())
        return Answer(body=envelope(page, _whole, resource=STREAMING, query=request.query))

    def of_api(request: Request) -> Answer:
        api = design.get(request.principal, request.path["apiId"])
        kind = LEVELS["subscription"]
        found = [policies.named(api.tenant, kind, name) for name in api.policies]
        return Answer(body=[plan(policy) for policy in found if policy])

    organizations = Organizations(settings=environments.settings)

    def settings(request: Request) -> Answer:
        caller = request.caller
        # Who has not logged in learns of the stage's own alone, whose address is public.
        known = environments.open_to(caller.tenant, caller.roles) if caller else [environments.own(SUPER_TENANT)]
        body = {
            "environment": [environment(one) for one in known],
            "orgAccessControlEnabled": bool(caller and organizations.all(caller.tenant)),
            "gatewayTypes": ["Regular"],
            "scopes": list(scopes),
            "defaultAdvancePolicy": "Unlimited",
            "defaultSubscriptionPolicy": "Unlimited",
            "authorizationHeader": "Authorization",
            "externalStoresEnabled": False,
            "docVisibilityEnabled": False,
            "crossTenantSubscriptionEnabled": bool(caller and rules.sells_abroad(caller.tenant)),
            "IsJWTEnabledForLoginTokens": True,
            "customProperties": [asdict(one) for one in rules.custom_properties(caller.tenant)] if caller else [],
        }
        return Answer(body=body)

    return (
        Operation(
            method="GET",
            path="/throttling-policies/{policyLevel}",
            id="getAllThrottlingPolicies",
            route=of_level,
            summary="The policies of a level: application, subscription or api",
            tag=TAG,
            scopes=_SCOPES,
            query=("limit", "offset"),
        ),
        Operation(
            method="GET",
            path=STREAMING,
            id="getSubscriptionThrottlingPolicies",
            route=streaming,
            summary="The plans that count events, for APIs that stream",
            tag=TAG,
            scopes=_SCOPES,
            query=("limit", "offset"),
        ),
        Operation(
            method="GET",
            path="/throttling-policies/{policyLevel}/{policyName}",
            id="getThrottlingPolicyByName",
            route=named,
            summary="One policy, by name",
            tag=TAG,
            scopes=_SCOPES,
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/subscription-policies",
            id="getAPISubscriptionPolicies",
            route=of_api,
            summary="The plans an API offers",
            tag="APIs",
            scopes=(s.MANAGE, s.VIEW),
        ),
        Operation(
            method="GET",
            path="/settings",
            id="getSettings",
            route=settings,
            summary="What a publisher portal must know before anybody has logged in",
            tag="Settings",
            scopes=(s.VIEW, s.SETTINGS),
            authenticated=False,
            lenient=True,
        ),
    )


def _whole(policy: Policy) -> dict[str, Any]:
    """A plan with its limit, as the admin has made it."""
    return {**policy.document, "uuid": policy.id, "policyName": policy.name, "tenantDomain": policy.tenant}
