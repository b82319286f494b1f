"""Compilation turns a revision into what the gateway reads. What the gateway cannot serve is refused here, never ignored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.operation_policies.attaching import mediation_of
from gatehouse.controlplane.operation_policies.snapshots import KeptPolicies
from gatehouse.controlplane.publishing.compiling.compiled_endpoints import endpoint_groups
from gatehouse.controlplane.publishing.compiling.compiled_graphql import check_graphql
from gatehouse.controlplane.publishing.compiling.compiled_limits import PRODUCTION, SANDBOX, limited
from gatehouse.controlplane.publishing.compiling.compiled_websub import event_source
from gatehouse.domain.apis.access import access_of
from gatehouse.domain.apis.definition import NONE
from gatehouse.domain.apis.direct import is_direct
from gatehouse.domain.apis.product import MEMBERS
from gatehouse.domain.apis.streaming import is_streaming
from gatehouse.domain.artifact import Artifact, Withdrawal, revision_key, route_key, scope_key, state_key
from gatehouse.domain.errors import FieldError, Invalid
from gatehouse.domain.publishing.deployed import (
    UNLIMITED,
    ApiType,
    Cors,
    DeployedApi,
    DeployedOperation,
    EndpointGroup,
    Member,
)
from gatehouse.domain.publishing.revision import NotServable
from gatehouse.domain.tokens.token import APPLICATION, APPLICATION_USER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.publishing.revision import Deployment, Revision

TOKEN_TYPES = {"Application": APPLICATION, "Application User": APPLICATION_USER}
"""What an operation's `authType` asks of tokens; every other value takes both kinds."""

COMPILED_BYTES_MAX = 390_000
"""DynamoDB's limit of 400 kB for a row, less what else is in it."""

CORS_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS")
CORS_HEADERS = ("authorization", "Access-Control-Allow-Origin", "Content-Type", "SOAPAction", "apikey", "Internal-Key")


def deployed_api(api: Api, revision: Revision) -> DeployedApi:
    """The revision as the gateway serves it. Raises NotServable that names the field."""
    document = revision.document
    kind, custom = _type(document), KeptPolicies(document)
    production, sandbox = _sides(document, kind)
    if kind is ApiType.GRAPHQL:
        check_graphql(revision, production, sandbox)
    return DeployedApi(
        id=api.id,
        tenant=api.tenant,
        name=api.name,
        version=api.version,
        context=api.context,
        base_path=api.base_path,
        provider=api.provider,
        revision=revision.number,
        type=kind,
        policy=document.get("apiThrottlingPolicy") or None,
        access=access_of(document),
        # The answers of a direct API do not pass the gateway, so neither shall its preflights.
        cors=None if is_direct(document) else _cors(document),
        production=limited(production, document, PRODUCTION),
        sandbox=limited(sandbox, document, SANDBOX),
        mediation=mediation_of(document.get("apiPolicies"), "apiPolicies", custom.of(api.id), kind),
        cache_seconds=int(document.get("cacheTimeout") or 0) if document.get("responseCachingEnabled") else 0,
        validated=bool(document.get("enableSchemaValidation")) and kind is not ApiType.GRAPHQL,
        operations=tuple(
            _operation(operation, f"operations.{index}", api.id, custom, kind)
            for index, operation in enumerate(document.get("operations") or ())
        ),
        members=_members(document, custom) if kind is ApiType.PRODUCT else (),
        events=event_source(document) if kind is ApiType.WEBSUB else None,
    )


def deployment_changes(api: Api, places: Iterable[DeployedApi]) -> list[Change]:
    """What makes the gateway serve the API as it is in each of these environments. Raises NotServable for what is too large."""
    return [
        Artifact(route_key(api.tenant, api.base_path), {"api_id": api.id}),
        *(
            Artifact(revision_key(api.tenant, api.id, one.environment), fitting(one.to_body(), "operations"))
            for one in places
        ),
        state_change(api),
    ]


def fitting(body: dict[str, Any], path: str) -> dict[str, Any]:
    """What the gateway reads, when a row can hold it. Raises NotServable; `path` names what makes it large."""
    size = len(json.dumps(body, ensure_ascii=False).encode())
    if size > COMPILED_BYTES_MAX:
        problem = (
            f"with their policies they are {size} bytes as the gateway reads them; at most {COMPILED_BYTES_MAX} fit"
        )
        raise NotServable.field(path, problem)
    return body


def withdrawal_changes(api: Api, deployments: Iterable[Deployment]) -> list[Change]:
    """What makes the gateway serve the API no longer in the environments of these deployments."""
    return [Withdrawal(revision_key(api.tenant, api.id, one.environment)) for one in deployments]


def last_changes(api: Api) -> list[Change]:
    """What makes the gateway forget the API, which is served nowhere any more."""
    return [Withdrawal(key) for key in (route_key(api.tenant, api.base_path), state_key(api.tenant, api.id))]


def state_change(api: Api) -> Change:
    """What tells the gateway the API's life-cycle state."""
    return Artifact(state_key(api.tenant, api.id), {"state": api.state})


def scope_changes(api: Api, before: Mapping[str, object], kept: Collection[str] = ()) -> list[Change]:
    """What tells the token endpoint who may have the API's scopes.

    `before` are those it had, `kept` are those that other versions of it have.
    """
    lost = (scope for scope in before if scope not in api.scopes and scope not in kept)
    gone = [Withdrawal(scope_key(api.tenant, scope)) for scope in lost]
    return [
        *(Artifact(scope_key(api.tenant, name), {"roles": list(roles)}) for name, roles in api.scopes.items()),
        *gone,
    ]


def _type(document: Mapping[str, Any]) -> ApiType:
    given = document.get("type") or ApiType.HTTP
    try:
        return ApiType(given)
    except ValueError:
        problem = f"'{given}' APIs cannot be deployed; {', '.join(ApiType)} ones can"
        if is_streaming(document):
            problem = (
                f"'{given}' APIs can be published and shown without being deployed: this gateway speaks HTTP, question and "
                f"answer, and of the streams {ApiType.WEBSUB} alone. Say in advertiseInfo where clients reach it"
            )
        raise NotServable.field("type", problem) from None


def _sides(document: Mapping[str, Any], kind: ApiType) -> tuple[EndpointGroup | None, EndpointGroup | None]:
    if kind is ApiType.PRODUCT:
        return None, None  # what serves the operations of a product stands in its members
    # Subscribers of WebSub end at the hub, with either kind of key.
    return (EndpointGroup(), EndpointGroup()) if kind is ApiType.WEBSUB else endpoint_groups(document)


def _cors(document: Mapping[str, Any]) -> Cors | None:
    """As configured; on for every origin when nothing is, as WSO2's gateway has it."""
    given = document.get("corsConfiguration")
    if given is None:
        return Cors(methods=CORS_METHODS, headers=CORS_HEADERS)
    if not given.get("corsConfigurationEnabled"):
        return None
    return Cors(
        origins=tuple(given.get("accessControlAllowOrigins") or ("*",)),
        methods=tuple(given.get("accessControlAllowMethods") or CORS_METHODS),
        headers=tuple(given.get("accessControlAllowHeaders") or CORS_HEADERS),
        credentials=bool(given.get("accessControlAllowCredentials")),
    )


def _operation(
    operation: Mapping[str, Any], path: str, api_id: str, custom: KeptPolicies, kind: ApiType
) -> DeployedOperation:
    member = str(operation.get("apiId") or "")
    policies, find = operation.get("operationPolicies"), custom.of(member or api_id)
    return DeployedOperation(
        verb=operation["verb"],
        target=operation["target"],
        scopes=tuple(operation.get("scopes") or ()),
        authenticated=operation.get("authType") != NONE,
        token_type=TOKEN_TYPES.get(str(operation.get("authType")), ""),
        policy=operation.get("throttlingPolicy") or UNLIMITED,
        mediation=mediation_of(policies, f"{path}.operationPolicies", find, ApiType.HTTP if member else kind),
        function=str(operation.get("amznResourceName") or ""),
        function_seconds=float(operation.get("amznResourceTimeout") or 0) / 1000,
        api_id=member,
    )


def _members(product: Mapping[str, Any], custom: KeptPolicies) -> tuple[Member, ...]:
    if not product.get("operations"):
        raise NotServable.field(MEMBERS, "a product without operations has nothing to serve")
    return tuple(_member(entry, f"{MEMBERS}.{index}", custom) for index, entry in enumerate(product[MEMBERS]))


def _member(entry: Mapping[str, Any], path: str, custom: KeptPolicies) -> Member:
    try:
        production, sandbox = endpoint_groups(entry)
        return Member(
            id=entry["apiId"],
            name=entry["name"],
            version=entry["version"],
            production=limited(production, entry, PRODUCTION),
            sandbox=limited(sandbox, entry, SANDBOX),
            mediation=mediation_of(entry.get("apiPolicies"), "apiPolicies", custom.of(entry["apiId"]), ApiType.HTTP),
        )
    except Invalid as error:
        fields = tuple(FieldError(f"{path}.{one.path}", one.problem) for one in error.fields)
        raise NotServable("; ".join(f"{one.path}: {one.problem}" for one in fields), fields=fields) from error
