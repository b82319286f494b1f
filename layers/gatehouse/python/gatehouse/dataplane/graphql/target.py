"""GraphQL: a call to the base path is for the root fields of its query; each of them is an operation of the API.

What the gateway decides on is checked here: the form of the call, the operation, its fields and fragments. Arguments and
variables are the backend's to check.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.cors import preflight
from gatehouse.dataplane.answers.refusal import (
    DEFINITION_MISSING,
    INVALID_QUERY,
    METHOD_NOT_ALLOWED,
    NO_SUCH_RESOURCE,
    QUERY_TOO_COMPLEX,
    QUERY_TOO_DEEP,
)
from gatehouse.dataplane.evidence import Target
from gatehouse.dataplane.graphql.request import graphql_request
from gatehouse.domain.apis.graphql import INTROSPECTION, RootKind
from gatehouse.domain.apis.graphql_query import QueryInvalid, weigh
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.publishing.deployed import DeployedOperation
from gatehouse.domain.throttling.policy import UNAUTHENTICATED, UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.evidence import Admission
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.dataplane.knowledge.served import ServedApi
    from gatehouse.domain.apis.graphql_query import Document, Operation
    from gatehouse.ports.apis.graphql import GraphqlQueries

METHODS = ("GET", "POST")

ROOT_FIELDS_MAX = 50
"""How many different root fields one call may have: each may have a limit of its own to be counted on."""


def graphql_target(
    call: Call, api: ServedApi, suffix: str, catalogue: Catalogue, queries: GraphqlQueries
) -> Target | Refusal | Reply:
    """The root fields that a call is for: the first is the target's operation, the rest its others."""
    if suffix not in {"", "/"}:
        return NO_SUCH_RESOURCE
    if call.method == "OPTIONS" and api.deployed.cors is not None:
        return preflight(call, api.deployed.cors, METHODS)
    if call.method not in METHODS:
        return METHOD_NOT_ALLOWED.with_headers(("allow", ", ".join(METHODS)))
    try:
        return _target(call, api, catalogue, queries)
    except QueryInvalid as error:
        return _invalid(error)


def over_limit(admission: Admission, catalogue: Catalogue) -> Refusal | None:
    """Why the plan of an admitted call does not allow a query of its weight; None when it does."""
    grant = admission.grant
    target = grant.caller.target
    plan = grant.subscription.policy if grant.subscription else UNAUTHENTICATED
    if plan == UNLIMITED or target.weight is None:
        return None
    terms = catalogue.terms(target.api.deployed.tenant, PolicyKind.SUBSCRIPTION, plan)
    if terms is None:
        raise Unavailable(policy=plan)
    depth, complexity = target.weight.depth, target.weight.complexity
    if terms.max_depth and depth > terms.max_depth:
        return QUERY_TOO_DEEP.because(QUERY_TOO_DEEP.description.format(depth=depth, limit=terms.max_depth))
    if terms.max_complexity and complexity > terms.max_complexity:
        limit = terms.max_complexity
        return QUERY_TOO_COMPLEX.because(QUERY_TOO_COMPLEX.description.format(complexity=complexity, limit=limit))
    return None


def _target(call: Call, api: ServedApi, catalogue: Catalogue, queries: GraphqlQueries) -> Target | Refusal:
    request = graphql_request(call)
    document = queries.read(request.query)
    operation = document.operation(request.operation)
    if operation.kind is RootKind.SUBSCRIPTION:
        raise QueryInvalid("subscriptions are not served over HTTP")
    if operation.kind is RootKind.MUTATION and call.method == "GET":
        return METHOD_NOT_ALLOWED.because("A mutation must be sent by POST").with_headers(("allow", "POST"))
    operations = _operations(api, document, operation)
    if operations is None:
        return NO_SUCH_RESOURCE
    graph = catalogue.graph(api.deployed)
    if graph is None:
        return DEFINITION_MISSING
    try:
        weight = weigh(document, operation, graph, request.variables)
    except QueryInvalid as error:
        # The schema may have been replaced a moment ago.
        return replace(_invalid(error), perhaps_stale=True)
    # The backend's address is that of its one resource: no slash is added to it.
    return Target(api, operations[0], "", tuple(operations[1:]), weight)


def _operations(api: ServedApi, document: Document, operation: Operation) -> list[DeployedOperation] | None:
    """The API's operations that a query is for; None when it has a root field that the API does not have."""
    found: list[DeployedOperation] = []
    introspected = ""
    for name, place in document.root_fields(operation).items():
        if name in INTROSPECTION:
            introspected = introspected or name
        elif (known := api.fields.get((operation.kind, name))) is not None:
            found.append(known)
        else:
            return None
        if len(found) > ROOT_FIELDS_MAX:
            raise QueryInvalid(f"there are more than {ROOT_FIELDS_MAX} root fields", place)
    return found or [_introspection(api, operation, introspected)]


def _introspection(api: ServedApi, operation: Operation, name: str) -> DeployedOperation:
    """Asking for the schema takes whatever credential the API takes, no scope, and counts on no field's limit.

    It is open to all where every field is.
    """
    authenticated = any(known.authenticated for known in api.fields.values())
    return DeployedOperation(verb=operation.kind, target=name, authenticated=authenticated)


def _invalid(error: QueryInvalid) -> Refusal:
    return INVALID_QUERY.because(f"{INVALID_QUERY.description}: {error.problem}")
