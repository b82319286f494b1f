"""Gateway policies: what happens to the calls of all APIs in a gateway environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher.mediation.wire_gateway_policies import GatewayPolicyBody, GatewayPolicyDeployment
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.controlplane.gateway_policies import Wanted
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.domain.portal.search import WORD, terms_of
from gatehouse.edge.http import JSON, Answer, created
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from gatehouse.controlplane.gateway_policies import GatewayPolicies
    from gatehouse.domain.publishing.gateway_policy import GatewayPolicy
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

ALL, ONE = "/gateway-policies", "/gateway-policies/{gatewayPolicyMappingId}"
_DEPLOYED, _NOT_DEPLOYED = "deployed", "undeployed"

_MANAGE = (s.GATEWAY_POLICY_MANAGE,)
_READ = (*_MANAGE, s.GATEWAY_POLICY_VIEW)


def routes(gateway_policies: GatewayPolicies) -> tuple[Operation, ...]:
    """List, add, read, change, delete; deploy and undeploy."""
    routed, line = _Routes(gateway_policies), Lines("Gateway Policies")
    return (
        line(
            "GET",
            ALL,
            "getAllGatewayPolicies",
            "The gateway policies, with the environments where they are deployed",
            routed.listed,
            _READ,
            query=("limit", "offset", "query"),
        ),
        line(
            "POST",
            ALL,
            "addGatewayPoliciesToFlows",
            "Add a gateway policy",
            routed.add,
            _MANAGE,
            body=GatewayPolicyBody,
            answers=(201,),
        ),
        line("GET", ONE, "getGatewayPolicyMappingContentByPolicyMappingId", "A gateway policy", routed.get, _READ),
        line(
            "PUT",
            ONE,
            "updateGatewayPoliciesToFlows",
            "Change a gateway policy, and what is deployed of it",
            routed.update,
            _MANAGE,
            body=GatewayPolicyBody,
        ),
        line("DELETE", ONE, "deleteGatewayPolicyByPolicyId", "Delete a gateway policy", routed.delete, _MANAGE),
        line(
            "POST",
            f"{ONE}/deploy",
            "engageGlobalPolicy",
            "Deploy a gateway policy in environments, or undeploy it",
            routed.engage,
            _MANAGE,
            accepts=(JSON,),
        ),
    )


class _Routes:
    def __init__(self, gateway_policies: GatewayPolicies) -> None:
        self._policies = gateway_policies

    def listed(self, request: Request) -> Answer:
        wanted, terms = request.slice(), terms_of(request.query.get("query", ""))
        found = [
            one
            for one in self._policies.all(request.principal.tenant)
            if all(term.matches(_texts(one, term.attribute)) for term in terms)
        ]
        return Answer(body=envelope(page_of(found, wanted), _line, resource=ALL, query=request.query))

    def add(self, request: Request, body: GatewayPolicyBody) -> Answer:
        made = self._policies.add(request.principal, body.displayName, body.description or "", body.flows())
        return created(f"{ROOT}{ALL}/{made.id}", _info(made))

    def get(self, request: Request) -> Answer:
        return Answer(body=_view(self._policies.get(request.principal.tenant, _id(request))))

    def update(self, request: Request, body: GatewayPolicyBody) -> Answer:
        changed = self._policies.update(
            request.principal, _id(request), body.displayName, body.description or "", body.flows()
        )
        return Answer(body=_view(changed))

    def delete(self, request: Request) -> Answer:
        self._policies.remove(request.principal.tenant, _id(request))
        return Answer()

    def engage(self, request: Request) -> Answer:
        documents = request.json()
        if not isinstance(documents, list):
            raise Invalid.field("", "must be a list of environments")
        bodies = [parse(GatewayPolicyDeployment, one, str(index)) for index, one in enumerate(documents)]
        for index, body in enumerate(bodies):
            if body.mappingUUID not in {None, "", _id(request)}:
                raise Invalid.field(f"{index}.mappingUUID", "is another policy than the address names")
        wanted = [
            Wanted(environment=body.gatewayLabel, in_force=body.gatewayDeployment, path=str(index))
            for index, body in enumerate(bodies)
        ]
        self._policies.engage(request.principal, _id(request), wanted)
        return Answer(
            body=[
                {"mappingUUID": _id(request), "gatewayLabel": one.environment, "gatewayDeployment": one.in_force}
                for one in wanted
            ]
        )


def _id(request: Request) -> str:
    return request.path["gatewayPolicyMappingId"]


def _info(policy: GatewayPolicy) -> dict[str, Any]:
    return {"id": policy.id, "displayName": policy.display_name, "description": policy.description}


def _line(policy: GatewayPolicy) -> dict[str, Any]:
    return {**_info(policy), "appliedGatewayLabels": list(policy.environments)}


def _view(policy: GatewayPolicy) -> dict[str, Any]:
    return {**_line(policy), "policyMapping": policy.flows}


def _texts(policy: GatewayPolicy, attribute: str) -> list[str]:
    match attribute:
        case "gateway":
            return list(policy.environments)
        case "status":
            return [_DEPLOYED if policy.environments else _NOT_DEPLOYED]
        case attribute if attribute in {WORD, "name"}:
            return [policy.display_name]
        case _:
            return []
