"""Applications of the caller."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from functions.store import views, wire
from functions.store.routes.common import APPLICATIONS, APPLICATIONS_OR_EXPORT, ROOT
from gatehouse.controlplane.store.applications import Draft, SortBy
from gatehouse.domain.applications.sharing import SHARED_WITH_ORGANIZATION
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import Page, page_of
from gatehouse.edge.http import Answer, accepted, created
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from typing import Any

    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.subscriptions import OwnSubscriptions
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.people.identity import Principal
    from gatehouse.edge.http import Request

TAG = "Applications"
PATH = "/applications"
ONE = "/applications/{applicationId}"
_ORDERS = ("asc", "desc")


def routes(applications: OwnApplications, subscriptions: OwnSubscriptions) -> tuple[Operation, ...]:
    """List, create, read, change, delete."""
    own = _Applications(applications, subscriptions)
    return (
        Operation(
            method="GET",
            path=PATH,
            id="listApplications",
            route=own.all,
            summary="The caller's applications, searched by name, sorted and paged",
            tag=TAG,
            scopes=APPLICATIONS_OR_EXPORT,
            query=("query", "sortBy", "sortOrder", "limit", "offset"),
        ),
        Operation(
            method="POST",
            path=PATH,
            id="createApplication",
            route=own.create,
            summary="Register an application",
            tag=TAG,
            scopes=APPLICATIONS,
            body=wire.ApplicationBody,
            answers=(201,),
        ),
        Operation(
            method="GET",
            path=ONE,
            id="getApplication",
            route=own.get,
            summary="One application with its keys and the scopes it may ask for",
            tag=TAG,
            scopes=APPLICATIONS,
        ),
        Operation(
            method="PUT",
            path=ONE,
            id="updateApplication",
            route=own.update,
            summary="Change name, tier, description and attributes",
            tag=TAG,
            scopes=APPLICATIONS,
            body=wire.ApplicationBody,
        ),
        Operation(
            method="DELETE",
            path=ONE,
            id="deleteApplication",
            route=own.delete,
            summary="Delete an application with its keys and subscriptions, or ask for an approval to do so",
            tag=TAG,
            scopes=APPLICATIONS_OR_EXPORT,
            answers=(200, 202),
        ),
        Operation(
            method="POST",
            path=f"{ONE}/reset-throttle-policy",
            id="resetThrottlePolicy",
            route=own.reset,
            summary="Let a user of the application begin anew with its tier",
            tag=TAG,
            scopes=APPLICATIONS,
            body=wire.ThrottleReset,
        ),
    )


class _Applications:
    def __init__(self, applications: OwnApplications, subscriptions: OwnSubscriptions) -> None:
        self._applications = applications
        self._subscriptions = subscriptions

    def all(self, request: Request) -> Answer:
        wanted = request.slice()
        found = self._applications.search(
            request.principal,
            request.query.get("query", ""),
            sort_by=_sort_by(request.query.get("sortBy", "")),
            descending=_descending(request.query.get("sortOrder", "")),
        )
        page = page_of(found, wanted)
        shown, hidden = self._applications.some(request.principal, page.items), self._hidden(request.principal)
        there = tuple(shown[line.id] for line in page.items if line.id in shown)
        show = partial(views.application_info, hidden=hidden)
        return Answer(
            body=envelope(Page(items=there, total=page.total, slice=wanted), show, resource=PATH, query=request.query)
        )

    def create(self, request: Request, body: wire.ApplicationBody) -> Answer:
        application = self._applications.create(request.principal, _draft(body))
        return created(
            f"{ROOT}{PATH}/{application.id}", views.application(application, (), (), self._hidden(request.principal))
        )

    def get(self, request: Request) -> Answer:
        application = self._applications.get(request.principal, request.path["applicationId"])
        return Answer(body=self._whole(request.principal, application))

    def update(self, request: Request, body: wire.ApplicationBody) -> Answer:
        application = self._applications.update(request.principal, request.path["applicationId"], _draft(body))
        return Answer(body=self._whole(request.principal, application))

    def delete(self, request: Request) -> Answer:
        waits = self._applications.delete(request.principal, request.path["applicationId"])
        if waits is None:
            return Answer()
        return accepted(f"{ROOT}{PATH}/{waits.id}", views.waiting())

    def reset(self, request: Request, body: wire.ThrottleReset) -> Answer:
        self._applications.reset_counters(request.principal, request.path["applicationId"], body.userName or "")
        return Answer()

    def _whole(self, principal: Principal, application: Application) -> dict[str, Any]:
        keys = self._applications.keys.of_application(application.tenant, application.id)
        subscribed = self._subscriptions.of_application(principal, application.id)
        apis = [found.api for found in subscribed if found.api]
        return views.application(application, keys, apis, self._hidden(principal))

    def _hidden(self, principal: Principal) -> frozenset[str]:
        return self._applications.attributes.hidden(principal.tenant)


def _draft(body: wire.ApplicationBody) -> Draft:
    return Draft(
        name=body.name,
        policy=body.throttlingPolicy,
        description=body.description or "",
        attributes=body.attributes or {},
        groups=None if body.groups is None else tuple(body.groups),
        with_organization=None if body.visibility is None else body.visibility == SHARED_WITH_ORGANIZATION,
    )


def _sort_by(name: str) -> SortBy | None:
    if name and name not in set(SortBy):
        raise Invalid.field("sortBy", f"must be one of {', '.join(SortBy)}")
    return SortBy(name) if name else None


def _descending(order: str) -> bool:
    if order and order not in _ORDERS:
        raise Invalid.field("sortOrder", f"must be one of {', '.join(_ORDERS)}")
    return order == "desc"
