"""Operation policies: those that come with the product, those that all of a tenant's APIs can have, and those of one API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.mediation.policy_views import ZIP, Views
from functions.publisher.particulars.line import Lines
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.controlplane.operation_policies.builtin import matching_policies, policy
from gatehouse.controlplane.operation_policies.reading import CHOREO, SYNAPSE, draft_of
from gatehouse.domain.errors import Invalid
from gatehouse.domain.operation_policy import PolicyStays
from gatehouse.domain.page import page_of
from gatehouse.edge.http import Answer, created
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
    from gatehouse.controlplane.operation_policies.reading import Draft
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.operation_policy import CustomPolicy
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.mediation.specification import Specification
    from gatehouse.ports.archives import Archives

COMMON, OWN = "/operation-policies", "/apis/{apiId}/operation-policies"
ONE = "{operationPolicyId}"
SPECIFICATION_FILE = "policySpecFile"
DEFINITION_FILES = {"synapsePolicyDefinitionFile": SYNAPSE, "ccPolicyDefinitionFile": CHOREO}

_COMMON = (s.COMMON_POLICY_MANAGE, s.COMMON_POLICY_VIEW)
_EDIT = (s.MANAGE, s.API_POLICY_MANAGE, s.POLICY_MANAGE)
_READ = (*_EDIT, s.VIEW, s.POLICY_VIEW)
_WRITE = (*_EDIT, s.POLICY_CREATE)
_PAGED = ("limit", "offset", "query")


def routes(policies: OperationPolicies, design: Design, archives: Archives) -> tuple[Operation, ...]:
    """List, add, read, download, delete."""
    return (*_common_routes(policies, archives), *_own_routes(policies, design, archives))


def _common_routes(policies: OperationPolicies, archives: Archives) -> tuple[Operation, ...]:
    views = Views(policies, archives)

    def listed(request: Request) -> Answer:
        wanted, tenant = request.slice(), request.principal.tenant
        found = matching_policies(request.query.get("query", ""), policies.all(tenant))
        return Answer(body=envelope(page_of(found, wanted), views.shown, resource=COMMON, query=request.query))

    def add(request: Request) -> Answer:
        made = policies.add(request.principal, sent_draft(request, archives))
        return created(f"{ROOT}{COMMON}/{made.id}", views.shown(made))

    def get(request: Request) -> Answer:
        return Answer(body=views.shown(_either(policies, request)))

    def content(request: Request) -> Answer:
        return _download(*views.packed(request.principal.tenant, _either(policies, request)))

    def delete(request: Request) -> Answer:
        wanted = request.path["operationPolicyId"]
        if policy(wanted) is not None:
            raise PolicyStays
        policies.remove(request.principal.tenant, wanted)
        return Answer()

    line, manage = Lines("Operation Policies"), (s.COMMON_POLICY_MANAGE, s.POLICY_EXPORT)
    every, each = (*_COMMON, s.POLICY_EXPORT), f"{COMMON}/{ONE}"
    return (
        line("GET", COMMON, "getAllCommonOperationPolicies", "All policies", listed, every, query=_PAGED),
        line(
            "POST",
            COMMON,
            "addCommonOperationPolicy",
            "Add a policy that all APIs can have",
            add,
            (s.COMMON_POLICY_MANAGE,),
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        line("GET", each, "getCommonOperationPolicyByPolicyId", "A policy with its parameters", get, every),
        line("DELETE", each, "deleteCommonOperationPolicyByPolicyId", "Delete a policy", delete, manage),
        line(
            "GET",
            f"{each}/content",
            "getCommonOperationPolicyContentByPolicyId",
            "A policy's files, as an archive",
            content,
            _COMMON,
        ),
    )


def _own_routes(policies: OperationPolicies, design: Design, archives: Archives) -> tuple[Operation, ...]:
    views = Views(policies, archives)

    def listed(request: Request) -> Answer:
        wanted, api = request.slice(), design.get(request.principal, request.path["apiId"])
        found = matching_policies(request.query.get("query", ""), policies.all(api.tenant, api.id), builtin=False)
        resource = f"/apis/{api.id}/operation-policies"
        return Answer(body=envelope(page_of(found, wanted), views.shown, resource=resource, query=request.query))

    def add(request: Request) -> Answer:
        api = design.get(request.principal, request.path["apiId"])
        made = policies.add(request.principal, sent_draft(request, archives), api.id)
        return created(f"{ROOT}/apis/{api.id}/operation-policies/{made.id}", views.shown(made))

    def found(request: Request) -> CustomPolicy:
        api = design.get(request.principal, request.path["apiId"])
        return policies.get(api.tenant, request.path["operationPolicyId"], api.id)

    def get(request: Request) -> Answer:
        return Answer(body=views.shown(found(request)))

    def content(request: Request) -> Answer:
        return _download(*views.packed(request.principal.tenant, found(request)))

    def delete(request: Request) -> Answer:
        policies.remove(request.principal.tenant, found(request).id, request.path["apiId"])
        return Answer()

    line, one = Lines("API Operation Policies"), f"{OWN}/{ONE}"
    return (
        line(
            "GET",
            OWN,
            "getAllAPISpecificOperationPolicies",
            "The policies that one API has alone",
            listed,
            _READ,
            query=_PAGED,
        ),
        line(
            "POST",
            OWN,
            "addAPISpecificOperationPolicy",
            "Add a policy that one API has alone",
            add,
            _WRITE,
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        line("GET", one, "getOperationPolicyForAPIByPolicyId", "A policy that one API has alone", get, _READ),
        line(
            "DELETE",
            one,
            "deleteAPISpecificOperationPolicyByPolicyId",
            "Delete a policy that one API has alone",
            delete,
            _WRITE,
        ),
        line(
            "GET",
            f"{one}/content",
            "getAPISpecificOperationPolicyContentByPolicyId",
            "The files of a policy that one API has alone",
            content,
            _READ,
        ),
    )


def sent_draft(request: Request, archives: Archives) -> Draft:
    """The policy in a form. Raises Invalid, SpecificationInvalid, PolicyNameInvalid, PolicyInvalid."""
    form = parts(request.headers.get("content-type", ""), request.body)
    specification = form.get(SPECIFICATION_FILE)
    if not specification:
        raise Invalid.field(SPECIFICATION_FILE, "is required: the specification of the policy, in YAML or JSON")
    files = {suffix: form[name] for name, suffix in DEFINITION_FILES.items() if form.get(name)}
    return draft_of(archives, specification, files, SPECIFICATION_FILE)


def _either(policies: OperationPolicies, request: Request) -> Specification | CustomPolicy:
    wanted = request.path["operationPolicyId"]
    return policy(wanted) or policies.get(request.principal.tenant, wanted)


def _download(name: str, content: bytes) -> Answer:
    return Answer(body=content, media_type=ZIP, headers={"Content-Disposition": f'attachment; filename="{name}.zip"'})
