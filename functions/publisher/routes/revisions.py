"""Revisions and their deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher import views, wire
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.controlplane.publishing.revisions import Wanted
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import JSON, Answer, created
from gatehouse.edge.operation import Operation
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.domain.identity import Principal
    from gatehouse.edge.http import Request

TAG = "API Revisions"
PATH = "/apis/{apiId}"
_WRITE = (s.CREATE, s.EXPORT, s.MANAGE, s.PUBLISH)
_VIEW = (s.CREATE, s.MANAGE, s.PUBLISH, s.VIEW)


def routes(revisions: Revisions) -> tuple[Operation, ...]:
    """Take, list, deploy, undeploy, restore, delete."""
    routed = _Revisions(revisions)
    return (
        Operation(
            method="GET",
            path=f"{PATH}/revisions",
            id="getAPIRevisions",
            route=routed.list,
            summary="An API's revisions and where they are deployed",
            tag=TAG,
            scopes=(*_WRITE, s.VIEW),
            query=("query",),
        ),
        Operation(
            method="POST",
            path=f"{PATH}/revisions",
            id="createAPIRevision",
            route=routed.create,
            summary="Take a snapshot of an API",
            tag=TAG,
            scopes=_WRITE,
            body=wire.RevisionBody,
            answers=(201,),
        ),
        Operation(
            method="GET",
            path=f"{PATH}/revisions/{{revisionId}}",
            id="getAPIRevision",
            route=routed.get,
            summary="A revision",
            tag=TAG,
            scopes=_VIEW,
        ),
        Operation(
            method="DELETE",
            path=f"{PATH}/revisions/{{revisionId}}",
            id="deleteAPIRevision",
            route=routed.delete,
            summary="Delete a revision that is deployed nowhere; answers those that are left",
            tag=TAG,
            scopes=_WRITE,
        ),
        Operation(
            method="GET",
            path=f"{PATH}/deployments",
            id="getAPIRevisionDeployments",
            route=routed.deployments,
            summary="Where an API is deployed",
            tag=TAG,
            scopes=_VIEW,
        ),
        Operation(
            method="POST",
            path=f"{PATH}/deploy-revision",
            id="deployAPIRevision",
            route=routed.deploy,
            summary="Serve a revision in gateway environments; the next call finds it",
            tag=TAG,
            scopes=(s.CREATE, s.MANAGE, s.PUBLISH),
            query=("revisionId",),
            accepts=(JSON,),
            answers=(201,),
        ),
        Operation(
            method="POST",
            path=f"{PATH}/undeploy-revision",
            id="undeployAPIRevision",
            route=routed.undeploy,
            summary="Serve a revision no longer",
            tag=TAG,
            scopes=_WRITE,
            query=("revisionId", "revisionNumber", "allEnvironments"),
            accepts=(JSON,),
            answers=(201,),
        ),
        Operation(
            method="POST",
            path=f"{PATH}/restore-revision",
            id="restoreAPIRevision",
            route=routed.restore,
            summary="Make an API what a revision is a snapshot of",
            tag=TAG,
            scopes=(s.CREATE, s.MANAGE, s.PUBLISH),
            query=("revisionId",),
            answers=(201,),
        ),
    )


class _Revisions:
    def __init__(self, revisions: Revisions) -> None:
        self._revisions = revisions

    def list(self, request: Request) -> Answer:
        wanted = _deployed_or_not(request)
        found = self._revisions.all(request.principal, request.path["apiId"])
        shown = [views.revision(*pair) for pair in found if wanted in {None, bool(pair[1])}]
        return Answer(body={"count": len(shown), "list": shown})

    def create(self, request: Request, body: wire.RevisionBody) -> Answer:
        api_id = request.path["apiId"]
        revision = self._revisions.create(request.principal, api_id, body.description or "")
        return created(f"{ROOT}/apis/{api_id}/revisions/{revision.id}", views.revision(revision, []))

    def get(self, request: Request) -> Answer:
        found = self._revisions.get(request.principal, request.path["apiId"], request.path["revisionId"])
        return Answer(body=views.revision(*found))

    def delete(self, request: Request) -> Answer:
        _deployed_or_not(request)  # what the answer cannot be made of must not be found out afterwards
        self._revisions.delete(request.principal, request.path["apiId"], request.path["revisionId"])
        return self.list(request)

    def deployments(self, request: Request) -> Answer:
        found = self._revisions.deployments(request.principal, request.path["apiId"])
        return Answer(body=[views.deployment(one) for one in found])

    def deploy(self, request: Request) -> Answer:
        wanted = _wanted(request)
        deployed = self._revisions.deploy(
            request.principal, request.path["apiId"], request.required("revisionId"), wanted
        )
        return Answer(status=201, body=[views.deployment(one) for one in deployed])

    def undeploy(self, request: Request) -> Answer:
        everywhere = request.query.get("allEnvironments") == "true"
        wanted = [] if everywhere else _wanted(request)
        api_id = request.path["apiId"]
        left = self._revisions.undeploy(request.principal, api_id, self._named(request.principal, request), wanted)
        return Answer(status=201, body=[views.deployment(one) for one in left])

    def restore(self, request: Request) -> Answer:
        revision_id = request.required("revisionId")
        api = self._revisions.restore(request.principal, request.path["apiId"], revision_id)
        return Answer(status=201, body=views.api(api))

    def _named(self, principal: Principal, request: Request) -> str:
        """The revision's id, given as `revisionId` or as `revisionNumber`."""
        number = request.query.get("revisionNumber")
        if not number:
            return request.required("revisionId")
        return self._revisions.numbered(principal, request.path["apiId"], number).id


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
