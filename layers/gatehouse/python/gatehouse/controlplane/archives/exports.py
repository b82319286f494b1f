"""APIs leave as projects: the document, the definition, where it is deployed, and what each part adds."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.finding import found
from gatehouse.controlplane.archives.parameters import ENVIRONMENTS
from gatehouse.controlplane.archives.project import enveloped
from gatehouse.controlplane.publishing.endpoints import INTERNAL, redacted
from gatehouse.domain.apis.graphql import Graph
from gatehouse.domain.apis.streaming import is_streaming
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.publishing.revision import RevisionNumberUnknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.controlplane.archives.parts import Part
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.revision import Deployment, Revision
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.apis.archives import Archives
    from gatehouse.ports.world import Blobs

DEFINITION = "Definitions/swagger"
ASYNCHRONOUS = "Definitions/asyncapi"
SCHEMA = "Definitions/schema.graphql"
COMPLEXITY = "Definitions/graphql-complexity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be exported. Of `revision` (a number), `latest` and `environment` at most one says which revision."""

    notation: Notation
    revision: str = ""
    latest: bool = False
    environment: str = ""
    status_kept: bool = True
    credentials_kept: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """An API, or what a revision kept of it, with where that is deployed."""

    api: Api
    deployments: Sequence[Deployment]
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiExports:
    """Writes a tenant's APIs."""

    apis: ApiLookup
    blobs: Blobs
    archives: Archives
    parts: Sequence[Part]

    def named(self, principal: Principal, name: str, version: str, provider: str) -> Api:
        """The API of this name, of whichever provider when that is "". Raises ApiNotFound."""
        return found(self.apis, principal, name, version, provider=provider)

    def export(self, principal: Principal, api: Api, wanted: Wanted) -> tuple[str, bytes]:
        """Of an API that was read before: the name of the folder, and the zip that holds it. Raises RevisionNumberUnknown."""
        folder = f"{api.name}-{api.version}"
        files = self.files(principal, taken(self.apis, api, wanted), wanted)
        return folder, self.archives.pack({f"{folder}/{path}": file for path, file in files.items()})

    def files(self, principal: Principal, taken: Taken, wanted: Wanted) -> dict[str, bytes]:
        """The project's files by path."""
        api, notation = taken.api, wanted.notation
        suffix = notation.suffix
        files = {
            f"api{suffix}": self.archives.render(enveloped("api", _data(taken, wanted)), notation),
            f"api_meta{suffix}": self.archives.render({"name": api.name, "version": api.version}, notation),
            **self._definitions(api, notation),
        }
        files |= deployment_files(taken.deployments, notation, self.archives)
        for part in self.parts:
            files |= part.written(principal, api, notation)
        return files

    def _definitions(self, api: Api, notation: Notation) -> dict[str, bytes]:
        if not api.graph:
            definition = json.loads(self.blobs.get(api.tenant, api.definition))
            return {stem_of(api.document) + notation.suffix: self.archives.render(definition, notation)}
        files = {SCHEMA: self.blobs.get(api.tenant, api.schema)}
        graph = Graph.from_body(json.loads(self.blobs.get(api.tenant, api.graph)))
        costs = [
            {"type": kind, "field": field, "complexityValue": complexity}
            for kind, fields in graph.complexity.items()
            for field, complexity in fields.items()
        ]
        if costs:
            files[COMPLEXITY + notation.suffix] = self.archives.render({"list": costs}, notation)
        return files


def stem_of(document: Mapping[str, Any]) -> str:
    """Where the definition of an API of this document is."""
    return ASYNCHRONOUS if is_streaming(document) else DEFINITION


def taken(apis: ApiLookup, api: Api, wanted: Wanted) -> Taken:
    """What is wanted of the API. Raises RevisionNumberUnknown."""
    deployments = apis.deployments(api.tenant, api.id)
    if not (wanted.revision or wanted.latest or wanted.environment):
        return Taken(api, deployments)
    revisions = apis.revisions(api.tenant, api.id)
    chosen = _chosen(revisions, deployments, wanted)
    if chosen is None:
        which = wanted.revision or wanted.environment or "that is the latest"
        raise RevisionNumberUnknown(f"API '{api.name}' {api.version} has no revision {which}")
    kept = replace(
        api, document=chosen.document, definition=chosen.definition, schema=chosen.schema, graph=chosen.graph
    )
    return Taken(kept, [one for one in deployments if one.revision_id == chosen.id], chosen.number)


def _chosen(revisions: Sequence[Revision], deployments: Sequence[Deployment], wanted: Wanted) -> Revision | None:
    if wanted.revision:
        return next((one for one in revisions if str(one.number) == wanted.revision), None)
    if wanted.environment:
        there = {one.revision_id for one in deployments if one.environment == wanted.environment}
        return next((one for one in revisions if one.id in there), None)
    return revisions[-1] if revisions else None


def _data(taken: Taken, wanted: Wanted) -> dict[str, Any]:
    """The document as it is shown, or with its secrets."""
    api = taken.api
    document = api.document if wanted.credentials_kept else redacted(api.document)
    own = {"name", "version", "context", *INTERNAL}
    return {
        "id": api.id,
        "name": api.name,
        "version": api.version,
        "context": api.context,
        "provider": api.provider,
        "lifeCycleStatus": (api.state if wanted.status_kept else LifecycleState.CREATED).value,
        "isRevision": taken.number > 0,
        "revisionId": taken.number,
        **{name: value for name, value in document.items() if name not in own},
    }


def deployment_files(deployments: Sequence[Deployment], notation: Notation, archives: Archives) -> dict[str, bytes]:
    """Where something is deployed, as a file; {} when it is nowhere."""
    if not deployments:
        return {}
    data = [_deployed(one) for one in deployments]
    return {ENVIRONMENTS + notation.suffix: archives.render(enveloped(ENVIRONMENTS, data), notation)}


def _deployed(deployment: Deployment) -> dict[str, Any]:
    return {
        "displayOnDevportal": deployment.displayed,
        "deploymentEnvironment": deployment.environment,
        "deploymentVhost": deployment.vhost,
    }
