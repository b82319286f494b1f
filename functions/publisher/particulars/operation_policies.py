"""Operation policies: those that all APIs share, and those of one API alone, of which there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher.particulars.line import Lines
from functions.publisher.routes import scopes as s
from gatehouse.controlplane.publishing.particulars.operation_policies import (
    OperationPolicyNotFound,
    PolicyNotRunnable,
    PolicyStays,
    described,
    fingerprint,
    matching_policies,
    policy,
    policy_id,
)
from gatehouse.domain.archive import Notation
from gatehouse.domain.page import page_of
from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.page import Page
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.mediation.specification import Specification
    from gatehouse.ports.archives import Archives

ZIP = "application/zip"
COMMON, OWN = "/operation-policies", "/apis/{apiId}/operation-policies"
ONE = "{operationPolicyId}"
SPECIFICATION = "operation_policy_specification"
SPECIFICATION_VERSION = "v4.3.0"

_COMMON = (s.COMMON_POLICY_MANAGE, s.COMMON_POLICY_VIEW)
_EDIT = (s.MANAGE, s.API_POLICY_MANAGE, s.POLICY_MANAGE)
_READ = (*_EDIT, s.VIEW, s.POLICY_VIEW)
_WRITE = (*_EDIT, s.POLICY_CREATE)
_PAGED = ("limit", "offset", "query")


def routes(design: Design, archives: Archives) -> tuple[Operation, ...]:
    """List, read and download; what would be added is refused with a reason."""
    return (*_common_routes(archives), *_own_routes(design))


def _common_routes(archives: Archives) -> tuple[Operation, ...]:
    def listed(request: Request) -> Answer:
        page = page_of(matching_policies(request.query.get("query", "")), request.slice())
        return Answer(body=envelope(page, view, resource=COMMON, query=request.query))

    def get(request: Request) -> Answer:
        return Answer(body=view(policy(request.path["operationPolicyId"])))

    def content(request: Request) -> Answer:
        found = policy(request.path["operationPolicyId"])
        name = f"{found.name}_{found.version}"
        document = {"type": SPECIFICATION, "version": SPECIFICATION_VERSION, "data": described(found)}
        packed = archives.pack({f"{name}/{name}.yaml": archives.render(document, Notation.YAML)})
        return Answer(
            body=packed, media_type=ZIP, headers={"Content-Disposition": f'attachment; filename="{name}.zip"'}
        )

    def delete(request: Request) -> Answer:
        policy(request.path["operationPolicyId"])
        raise PolicyStays

    line, manage = Lines("Operation Policies"), (s.COMMON_POLICY_MANAGE, s.POLICY_EXPORT)
    return (
        line(
            "GET",
            COMMON,
            "getAllCommonOperationPolicies",
            "The policies that operations can have",
            listed,
            (*_COMMON, s.POLICY_EXPORT),
            query=_PAGED,
        ),
        line(
            "POST",
            COMMON,
            "addCommonOperationPolicy",
            "Refused: the gateway runs its own policies only",
            refused,
            (s.COMMON_POLICY_MANAGE,),
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        line(
            "GET",
            f"{COMMON}/{ONE}",
            "getCommonOperationPolicyByPolicyId",
            "A policy with its parameters",
            get,
            (*_COMMON, s.POLICY_EXPORT),
        ),
        line(
            "DELETE",
            f"{COMMON}/{ONE}",
            "deleteCommonOperationPolicyByPolicyId",
            "Refused: all policies come with the product",
            delete,
            manage,
        ),
        line(
            "GET",
            f"{COMMON}/{ONE}/content",
            "getCommonOperationPolicyContentByPolicyId",
            "A policy's specification, as an archive",
            content,
            _COMMON,
        ),
    )


def _own_routes(design: Design) -> tuple[Operation, ...]:
    def listed(request: Request) -> Answer:
        wanted, api = request.slice(), design.get(request.principal, request.path["apiId"])
        page: Page[Specification] = page_of((), wanted)
        return Answer(body=envelope(page, view, resource=f"/apis/{api.id}/operation-policies", query=request.query))

    def absent(request: Request) -> Answer:
        design.get(request.principal, request.path["apiId"])
        raise OperationPolicyNotFound.by_id(request.path["operationPolicyId"])

    def refused_here(request: Request) -> Answer:
        design.get(request.principal, request.path["apiId"])
        return refused(request)

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
            "Refused: the gateway runs its own policies only",
            refused_here,
            _WRITE,
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        line("GET", one, "getOperationPolicyForAPIByPolicyId", "A policy that one API has alone", absent, _READ),
        line(
            "DELETE",
            one,
            "deleteAPISpecificOperationPolicyByPolicyId",
            "Delete a policy that one API has alone",
            absent,
            _WRITE,
        ),
        line(
            "GET",
            f"{one}/content",
            "getAPISpecificOperationPolicyContentByPolicyId",
            "The specification of a policy that one API has alone",
            absent,
            _READ,
        ),
    )


def refused(request: Request) -> Answer:
    """Raises PolicyNotRunnable, or Invalid for what is no form."""
    parts(request.headers.get("content-type", ""), request.body)
    raise PolicyNotRunnable


def view(found: Specification) -> dict[str, Any]:
    """A policy as the interface shows it."""
    return {**described(found), "id": policy_id(found), "isAPISpecific": False, "md5": fingerprint(found)}
