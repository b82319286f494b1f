"""APIs come in as projects: everything is checked before anything is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.arrival import environments_of
from gatehouse.controlplane.archives.exports import ASYNCHRONOUS, COMPLEXITY, SCHEMA, stem_of
from gatehouse.controlplane.archives.finding import named
from gatehouse.controlplane.archives.parameters import merged
from gatehouse.controlplane.archives.project import listed, mapped, opened, text_of
from gatehouse.controlplane.archives.upgrade import upgraded
from gatehouse.controlplane.graphs import Cost
from gatehouse.controlplane.publishing.documents import (
    checked_document,
    defined_operations,
    defined_scopes,
    with_definition,
)
from gatehouse.domain.apis.archive import ArchiveRefused, ForeignProvider, ImportExists
from gatehouse.domain.apis.streaming import is_streaming
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.people.identity import split_username
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.archives.arrival import Arrival
    from gatehouse.controlplane.archives.parts import Part
    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.kinds.graphql import GraphqlDesign
    from gatehouse.controlplane.publishing.wanted import Wanted
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.revision import Revision
    from gatehouse.ports.apis.archives import Archives


Shape = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Checks the types of a document."""

PORTAL = (
    "additionalProperties",
    "businessInformation",
    "categories",
    "description",
    "displayName",
    "hasThumbnail",
    "policies",
    "tags",
    "visibility",
    "visibleOrganizations",
    "visibleRoles",
    "visibleTenants",
)
"""What developers see of an API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an import is meant. With `provider_kept` the archive's provider has the API, otherwise who imports it."""

    overwrite: bool = False
    provider_kept: bool = True
    rotate: bool = False
    portal_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An import that has been checked: `before` is the API that it changes, None when it makes a new one."""

    project: Project
    document: dict[str, Any]
    owner: Principal
    before: Api | None
    state: LifecycleState
    environments: Sequence[Wanted]


@dataclass(frozen=True, slots=True)
class Imported:
    """An API that came in, and the revision that was deployed of it."""

    api: Api
    revision: Revision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiImports:
    """Takes APIs in."""

    design: Design
    graphql: GraphqlDesign
    archives: Archives
    arrival: Arrival
    parts: Sequence[Part]

    def plan(self, principal: Principal, content: bytes, options: Options, shape: Shape) -> Plan:
        """What importing this zip would do. `shape` checks the types of the document.

        Raises ArchiveRefused, ForeignProvider, ImportExists, TransitionNotAllowed, and Invalid, DefinitionInvalid,
        SchemaInvalid for what is in it.
        """
        project = merged(opened(self.archives, content), document="api", kind="api")
        return self.plan_of(principal, project, options, shape)

    def plan_of(self, principal: Principal, project: Project, options: Options, shape: Shape) -> Plan:
        """As `plan`, for a project. Raises the same."""
        if not project.find("api"):
            raise ArchiveRefused.entry("api.yaml", "is missing: the archive holds no API")
        data = upgraded(mapped(project.data("api", "api"), "data"))
        document = shape(data)
        owner = owner_of(principal, text_of(data.get("provider"), "data.provider"), options)
        before = self._before(principal, document, options)
        if before is not None:
            document = _kept(document, before, options)
        known = before.state if before else LifecycleState.CREATED
        state = self.arrival.target(principal.tenant, data.get("lifeCycleStatus"), known)
        self._check(principal, project, document)
        for part in self.parts:
            part.check(principal, project)
        return Plan(
            project=project,
            document=document,
            owner=owner,
            before=before,
            state=state,
            environments=environments_of(project),
        )

    def run(self, principal: Principal, plan: Plan, options: Options) -> Imported:
        """Take it in. A new API that cannot be brought to its end is removed again. Raises what the steps raise."""
        by = plan.owner if plan.before is None else principal
        api = self._kept(by, plan)
        try:
            for part in self.parts:
                part.take(by, api, plan.project)
            revision = self.arrival.settle(
                by, api, environments=plan.environments, state=plan.state, rotate=options.rotate
            )
        except GatehouseError:
            if plan.before is None:
                self.design.delete(by, api.id)
            raise
        return Imported(api, revision)

    def _before(self, principal: Principal, document: Mapping[str, Any], options: Options) -> Api | None:
        name, version = document["name"], document["version"]
        summary = named(self.design.apis, principal, name, version)
        if summary is None:
            return None
        if not options.overwrite:
            raise ImportExists(f"API '{name}' {version} exists already; import it with overwrite=true to change it")
        return self.design.get(principal, summary.id)

    def _kept(self, by: Principal, plan: Plan) -> Api:
        schema = plan.project.files.get(SCHEMA)
        if schema is not None:
            return self._kept_graphql(by, plan, schema)
        path = plan.project.find(stem_of(plan.document))
        if not path:
            if plan.before is None:
                return self.design.create(by, plan.document)
            return self.design.update(by, plan.before.id, plan.document)
        document, content = self.defined(plan.document, plan.project.files[path])
        if plan.before is None:
            return self.design.create(by, document, content)
        return self.design.replace(by, plan.before.id, document, content)

    def _kept_graphql(self, by: Principal, plan: Plan, schema: bytes) -> Api:
        if plan.before is None:
            api = self.graphql.create(by, plan.document, schema)
        else:
            self.graphql.replace(by, plan.before.id, schema)
            api = self.design.update(by, plan.before.id, plan.document)
        costs = listed(mapped(plan.project.document(COMPLEXITY), COMPLEXITY).get("list"), COMPLEXITY)
        if costs:
            self.graphql.set_costs(by, api.id, [_cost(one) for one in costs])
        return self.design.get(by, api.id)

    def defined(self, document: Mapping[str, Any], definition: bytes) -> tuple[dict[str, Any], bytes]:
        """The document and the definition, in step: which operations there are is the definition's to say.

        What the document says of them counts more, as in WSO2; what only one of them says is kept.
        """
        definitions = self.design.definitions.of(document)
        read = definitions.read(definition)
        both = with_definition(document, read)
        known = {(one.get("verb"), one.get("target")): one for one in document.get("operations") or ()}
        for operation in both["operations"]:
            before = known.get((operation["verb"], operation["target"]), {})
            said = ("authType", "throttlingPolicy", "scopes")
            operation.update({name: before[name] for name in said if before.get(name) is not None})
        named = {entry["scope"]["name"] for entry in document.get("scopes") or ()}
        added = [entry for entry in both["scopes"] if entry["scope"]["name"] not in named]
        both["scopes"] = [*(document.get("scopes") or ()), *added]
        operations, scopes = defined_operations(both), defined_scopes(both)
        if operations == read.operations and scopes == read.scopes:
            return both, read.content
        return both, definitions.align(read.content, operations, scopes)

    def _check(self, principal: Principal, project: Project, document: Mapping[str, Any]) -> None:
        if (found := project.find(ASYNCHRONOUS)) and not is_streaming(document):
            problem = f"describes an API of events and streams, but the API is of type {document.get('type', 'HTTP')}"
            raise ArchiveRefused.entry(found, problem)
        if SCHEMA in project.files:
            self.graphql.validate(project.files[SCHEMA])
            return
        if path := project.find(stem_of(document)):
            document, _ = self.defined(document, project.files[path])
        checked_document(principal.tenant, document, self.design.policies)


def owner_of(principal: Principal, provider: str, options: Options) -> Principal:
    """On whose behalf the API is made. Raises ForeignProvider."""
    if not options.provider_kept or not provider:
        return principal
    tenant, user = split_username(provider)
    if tenant != principal.tenant:
        raise ForeignProvider(
            f"The archive's provider '{provider}' is of another tenant; import it with preserveProvider=false"
        )
    return replace(principal, user=user)


def _kept(document: Mapping[str, Any], before: Api, options: Options) -> dict[str, Any]:
    """The document for an API that is there; what says where it is served and whose it is stays."""
    same = {name: value for name, value in document.items() if name != "provider"}
    if options.portal_kept:
        same |= {name: before.document[name] for name in PORTAL if before.document.get(name) is not None}
    return same


def _cost(given: Mapping[str, Any]) -> Cost:
    complexity = given.get("complexityValue")
    if isinstance(complexity, bool) or not isinstance(complexity, int):
        raise ArchiveRefused.entry(f"{COMPLEXITY}: complexityValue", "must be a whole number")
    where = COMPLEXITY
    return Cost(type=text_of(given.get("type"), where), field=text_of(given.get("field"), where), complexity=complexity)
