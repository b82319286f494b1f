"""Operation policies: those that come with the product, those that all of a tenant's APIs can have, and those of one API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.publisher.mediation.policy_views import ZIP, Views
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.controlplane.operation_policies.builtin import matching_policies, policy
from gatehouse.controlplane.operation_policies.reading import CHOREO, SYNAPSE, draft_of
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.domain.publishing.operation_policy import PolicyStays
from gatehouse.edge.http import Answer, created
from gatehouse.edge.lines import Lines
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
    from gatehouse.controlplane.operation_policies.reading import Draft
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.publishing.operation_policy import CustomPolicy
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.mediation.specification import Specification
    from gatehouse.ports.apis.archives import Archives

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
    views = Views(policies, archives)
    return (*_common_routes(_Common(policies, views)), *_own_routes(_Own(policies, views, design)))


def _common_routes(routed: _Common) -> tuple[Operation, ...]:
    line, manage = Lines("Operation Policies"), (s.COMMON_POLICY_MANAGE, s.POLICY_EXPORT)
    every, each = (*_COMMON, s.POLICY_EXPORT), f"{COMMON}/{ONE}"
    return (
        line("GET", COMMON, "getAllCommonOperationPolicies", "All policies", routed.listed, every, query=_PAGED),
        line(
            "POST",
            COMMON,
            "addCommonOperationPolicy",
            "Add a policy that all APIs can have",
            routed.add,
            (s.COMMON_POLICY_MANAGE,),
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        line("GET", each, "getCommonOperationPolicyByPolicyId", "A policy with its parameters", routed.get, every),
        line("DELETE", each, "deleteCommonOperationPolicyByPolicyId", "Delete a policy", routed.delete, manage),
        line(
            "GET",
            f"{each}/content",
            "getCommonOperationPolicyContentByPolicyId",
            "A policy's files, as an archive",
            routed.content,
            _COMMON,
        ),
    )


def _own_routes(routed: _Own) -> tuple[Operation, ...]:
    line, one, alone = Lines("API Operation Policies"), f"{OWN}/{ONE}", "that one API has alone"
    return (
        line("GET", OWN, "getAllAPISpecificOperationPolicies", f"Policies {alone}", routed.listed, _READ, query=_PAGED),
        line(
            "POST",
            OWN,
            "addAPISpecificOperationPolicy",
            f"Add a policy {alone}",
            routed.add,
            _WRITE,
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        line("GET", one, "getOperationPolicyForAPIByPolicyId", f"A policy {alone}", routed.get, _READ),
        line(
            "DELETE",
            one,
            "deleteAPISpecificOperationPolicyByPolicyId",
            f"Delete a policy {alone}",
            routed.delete,
            _WRITE,
        ),
        line(
            "GET",
            f"{one}/content",
            "getAPISpecificOperationPolicyContentByPolicyId",
            f"The files of a policy {alone}",
            routed.content,
            _READ,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Common:
    """Those of all APIs."""

    policies: OperationPolicies
    views: Views

    def listed(self, request: Request) -> Answer:
        wanted, tenant = request.slice(), request.principal.tenant
        found = matching_policies(request.query.get("query", ""), self.policies.all(tenant))
        return Answer(body=envelope(page_of(found, wanted), self.views.shown, resource=COMMON, query=request.query))

    def add(self, request: Request) -> Answer:
        made = self.policies.add(request.principal, sent_draft(request, self.views.archives))
        return created(f"{ROOT}{COMMON}/{made.id}", self.views.shown(made))

    def get(self, request: Request) -> Answer:
        return Answer(body=self.views.shown(self._found(request)))

    def content(self, request: Request) -> Answer:
        return _download(*self.views.packed(request.principal.tenant, self._found(request)))

    def delete(self, request: Request) -> Answer:
        wanted = request.path["operationPolicyId"]
        if policy(wanted) is not None:
            raise PolicyStays
        self.policies.remove(request.principal.tenant, wanted)
        return Answer()

    def _found(self, request: Request) -> Specification | CustomPolicy:
        wanted = request.path["operationPolicyId"]
        return policy(wanted) or self.policies.get(request.principal.tenant, wanted)


@dataclass(frozen=True, slots=True)
class _Own:
    """Those of one API."""

    policies: OperationPolicies
    views: Views
    design: Design

    def listed(self, request: Request) -> Answer:
        wanted, api = request.slice(), self._api(request)
        found = matching_policies(request.query.get("query", ""), self.policies.all(api.tenant, api.id), builtin=False)
        resource = f"/apis/{api.id}/operation-policies"
        return Answer(body=envelope(page_of(found, wanted), self.views.shown, resource=resource, query=request.query))

    def add(self, request: Request) -> Answer:
        api = self._api(request)
        made = self.policies.add(request.principal, sent_draft(request, self.views.archives), api.id)
        return created(f"{ROOT}/apis/{api.id}/operation-policies/{made.id}", self.views.shown(made))

    def get(self, request: Request) -> Answer:
        return Answer(body=self.views.shown(self._found(request)))

    def content(self, request: Request) -> Answer:
        return _download(*self.views.packed(request.principal.tenant, self._found(request)))

    def delete(self, request: Request) -> Answer:
        api = self._api(request)
        self.policies.remove(api.tenant, request.path["operationPolicyId"], api.id)
        return Answer()

    def _found(self, request: Request) -> CustomPolicy:
        api = self._api(request)
        return self.policies.get(api.tenant, request.path["operationPolicyId"], api.id)

    def _api(self, request: Request) -> Api:
        return self.design.get(request.principal, request.path["apiId"])


def sent_draft(request: Request, archives: Archives) -> Draft:
    """The policy in a form. Raises Invalid, SpecificationInvalid, PolicyNameInvalid, PolicyInvalid."""
    form = parts(request)
    specification = form.get(SPECIFICATION_FILE)
    if not specification:
        raise Invalid.field(SPECIFICATION_FILE, "is required: the specification of the policy, in YAML or JSON")
    files = {suffix: form[name] for name, suffix in DEFINITION_FILES.items() if form.get(name)}
    return draft_of(archives, specification, files, SPECIFICATION_FILE)


def _download(name: str, content: bytes) -> Answer:
    return Answer(body=content, media_type=ZIP, headers={"Content-Disposition": f'attachment; filename="{name}.zip"'})
