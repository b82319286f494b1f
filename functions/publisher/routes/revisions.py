"""Revisions of APIs and API products, and their deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher import views, wire
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.controlplane.publishing.wanted import Wanted
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import JSON, Answer, created
from gatehouse.edge.operation import Operation
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from functions.publisher.routes.sorts import Sort
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.domain.people.identity import Principal
    from gatehouse.edge.http import Request

_DEPLOY = (s.CREATE, s.MANAGE, s.PUBLISH)
_VIEW = (s.CREATE, s.MANAGE, s.PUBLISH, s.VIEW)


def routes(revisions: Revisions, sort: Sort) -> tuple[Operation, ...]:
    """Take, list, deploy, undeploy, restore, delete."""
    routed = _Revisions(revisions, sort)
    tag, noun = f"{sort.tag} Revisions", sort.noun
    return (
        Operation(
            method="GET",
            path=f"{sort.path}/revisions",
            id=f"get{noun}Revisions",
            route=routed.list,
            summary="An API's revisions and where they are deployed",
            tag=tag,
            scopes=(*_VIEW, sort.export),
            query=("query",),
        ),
        Operation(
            method="POST",
            path=f"{sort.path}/revisions",
            id=f"create{noun}Revision",
            route=routed.create,
            summary="Take a snapshot of an API",
            tag=tag,
            scopes=sort.revise,
            body=wire.RevisionBody,
            answers=(201,),
        ),
        Operation(
            method="GET",
            path=f"{sort.path}/revisions/{{revisionId}}",
            id=f"get{noun}Revision",
            route=routed.get,
            summary="A revision",
            tag=tag,
            scopes=_VIEW,
        ),
        Operation(
            method="DELETE",
            path=f"{sort.path}/revisions/{{revisionId}}",
            id=f"delete{noun}Revision",
            route=routed.delete,
            summary="Delete a revision that is deployed nowhere; answers those that are left",
            tag=tag,
            scopes=sort.revise,
        ),
        Operation(
            method="GET",
            path=f"{sort.path}/deployments",
            id=f"get{noun}RevisionDeployments",
            route=routed.deployments,
            summary="Where an API is deployed",
            tag=tag,
            scopes=_VIEW,
        ),
        Operation(
            method="PUT",
            path=f"{sort.path}/deployments/{{deploymentId}}",
            id=f"update{noun}Deployment",
            route=routed.display,
            summary="Show a deployment to developers, or hide it",
            tag=tag,
            scopes=_DEPLOY,
            body=wire.DeploymentBody,
        ),
        Operation(
            method="POST",
            path=f"{sort.path}/deploy-revision",
            id=f"deploy{noun}Revision",
            route=routed.deploy,
            summary="Serve a revision in gateway environments; the next call finds it",
            tag=tag,
            scopes=_DEPLOY,
            query=("revisionId",),
            accepts=(JSON,),
            answers=(201,),
        ),
        Operation(
            method="POST",
            path=f"{sort.path}/undeploy-revision",
            id=f"undeploy{noun}Revision",
            route=routed.undeploy,
            summary="Serve a revision no longer",
            tag=tag,
            scopes=(*_DEPLOY, sort.export),
            query=("revisionId", "revisionNumber", "allEnvironments"),
            accepts=(JSON,),
            answers=(201,),
        ),
        Operation(
            method="POST",
            path=f"{sort.path}/restore-revision",
            id=f"restore{noun}Revision",
            route=routed.restore,
            summary="Make an API what a revision is a snapshot of",
            tag=tag,
            scopes=_DEPLOY,
            query=("revisionId",),
            answers=(201,),
        ),
    )


class _Revisions:
    def __init__(self, revisions: Revisions, sort: Sort) -> None:
        self._revisions = revisions
        self._sort = sort

    def list(self, request: Request) -> Answer:
        wanted = _deployed_or_not(request)
        found = self._revisions.overview(request.principal, request.path[self._sort.parameter])
        shown = [
            views.revision(revision, [*deployed, *asked])
            for revision, deployed, asked in found
            if wanted in {None, bool(deployed)}
        ]
        return Answer(body={"count": len(shown), "list": shown})

    def create(self, request: Request, body: wire.RevisionBody) -> Answer:
        api_id = request.path[self._sort.parameter]
        revision = self._revisions.create(request.principal, api_id, body.description or "")
        return created(f"{ROOT}{self._sort.collection}/{api_id}/revisions/{revision.id}", views.revision(revision, []))

    def get(self, request: Request) -> Answer:
        found = self._revisions.get(request.principal, request.path[self._sort.parameter], request.path["revisionId"])
        return Answer(body=views.revision(*found))

    def delete(self, request: Request) -> Answer:
        _deployed_or_not(request)  # what the answer cannot be made of must not be found out afterwards
        self._revisions.delete(request.principal, request.path[self._sort.parameter], request.path["revisionId"])
        return self.list(request)

    def deployments(self, request: Request) -> Answer:
        found = self._revisions.deployments(request.principal, request.path[self._sort.parameter])
        return Answer(body=[views.deployment(one) for one in found])

    def display(self, request: Request, body: wire.DeploymentBody) -> Answer:
        api_id, deployment_id = request.path[self._sort.parameter], request.path["deploymentId"]
        shown = self._revisions.display(request.principal, api_id, deployment_id, displayed=body.displayOnDevportal)
        return Answer(body=views.deployment(shown))

    def deploy(self, request: Request) -> Answer:
        wanted = _wanted(request)
        deployed = self._revisions.deploy(
            request.principal, request.path[self._sort.parameter], request.required("revisionId"), wanted
        )
        return Answer(status=201, body=[views.deployment(one) for one in deployed])

    def undeploy(self, request: Request) -> Answer:
        everywhere = request.query.get("allEnvironments") == "true"
        wanted = [] if everywhere else _wanted(request)
        api_id = request.path[self._sort.parameter]
        left = self._revisions.undeploy(request.principal, api_id, self._named(request.principal, request), wanted)
        return Answer(status=201, body=[views.deployment(one) for one in left])

    def restore(self, request: Request) -> Answer:
        revision_id = request.required("revisionId")
        api = self._revisions.restore(request.principal, request.path[self._sort.parameter], revision_id)
        return Answer(status=201, body=self._sort.view(api))

    def _named(self, principal: Principal, request: Request) -> str:
        """The revision's id, given as `revisionId` or as `revisionNumber`."""
        number = request.query.get("revisionNumber")
        if not number:
            return request.required("revisionId")
        return self._revisions.numbered(principal, request.path[self._sort.parameter], number).id


def _deployed_or_not(request: Request) -> bool | None:
    """Which revisions are asked for; None for all. Raises Invalid."""
    match request.query.get("query", ""):
        case "":
            return None
        case "deployed:true":
            return True
        case "deployed:false":
            return False
        case other:
            raise Invalid.field("query", f"'{other}' is neither deployed:true nor deployed:false")


def _wanted(request: Request) -> list[Wanted]:
    documents = request.json() if request.body else []
    if not isinstance(documents, list):
        raise Invalid.field("", "must be a list of deployments")
    bodies = [parse(wire.DeploymentBody, document) for document in documents]
    return [
        Wanted(environment=body.name, vhost=body.vhost or "", displayed=body.displayOnDevportal, path=str(index))
        for index, body in enumerate(bodies)
    ]
