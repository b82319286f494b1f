"""An API's document: what is filled in when it is left out, what is checked, and how it relates to the definition.

Types, enumerations and patterns are checked at the edge (functions/publisher/wire.py); here is what needs knowledge.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.kinds.channels import all_channels, channels
from gatehouse.domain.apis.api import RESTRICTED
from gatehouse.domain.apis.definition import ANY, VERBS, DefinedOperation, DefinedScope, DefinitionInvalid
from gatehouse.domain.apis.streaming import StreamType, is_streaming
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.deployed import ApiType
from gatehouse.domain.throttling.policy import UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gatehouse.domain.apis.definition import Definition
    from gatehouse.ports.throttling.policies import Policies

DEFAULTS: dict[str, Any] = {
    "description": None,
    "type": "HTTP",
    "transport": ["http", "https"],
    "tags": [],
    "policies": [],
    "apiThrottlingPolicy": None,
    "authorizationHeader": "Authorization",
    "apiKeyHeader": "ApiKey",
    "securityScheme": ["oauth2", "oauth_basic_auth_api_key_mandatory"],
    "visibility": "PUBLIC",
    "visibleRoles": [],
    "visibleTenants": [],
    "visibleOrganizations": [],
    "subscriptionAvailability": "CURRENT_TENANT",
    "subscriptionAvailableTenants": [],
    "accessControl": "NONE",
    "accessControlRoles": [],
    "additionalProperties": [],
    "categories": [],
    "keyManagers": ["all"],
    "isDefaultVersion": False,
    "responseCachingEnabled": False,
    "cacheTimeout": 300,
    "hasThumbnail": False,
    "enableSchemaValidation": False,
    "enableSubscriberVerification": False,
    "endpointImplementationType": "ENDPOINT",
    "gatewayVendor": "wso2",
    "gatewayType": "wso2/synapse",
    "egress": False,
    "scopes": [],
}

DEFAULT_VERBS = ("GET", "PUT", "POST", "DELETE", "PATCH")
OPERATIONS_MAX = 500
"""More would not fit the compiled revision into one row."""

_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~\-!$&'()*+,;=:@%]|\{[A-Za-z0-9_.\-]+\})*")

# What the server sets, whatever the client sends.
COMPUTED = (
    "id",
    "provider",
    "lifeCycleStatus",
    "createdTime",
    "lastUpdatedTime",
    "lastUpdatedTimestamp",
    "isRevision",
    "revisionedApiId",
    "revisionId",
    "workflowStatus",
    "wsdlUrl",
)


def checked_document(tenant: str, document: Mapping[str, Any], policies: Policies) -> dict[str, Any]:
    """The document with defaults filled in. Raises Invalid that names the field."""
    given = {name: value for name, value in document.items() if name not in COMPUTED and value is not None}
    checked = {**DEFAULTS, **given}
    checked["operations"] = _SORTS.get(checked["type"], _operations)(checked.get("operations") or ())
    _check_policies(tenant, checked, policies)
    _check_scopes(checked)
    for roles, switch in (("visibleRoles", "visibility"), ("accessControlRoles", "accessControl")):
        if checked[switch] == RESTRICTED and not checked[roles]:
            raise Invalid.field(roles, f"name at least one role when {switch} is {RESTRICTED}")
    return checked


def with_definition(document: Mapping[str, Any], definition: Definition) -> dict[str, Any]:
    """The document with the definition's operations and scopes. What only the document says of them is kept.

    Raises Invalid for a definition without operations: nothing of the API could be called.
    """
    if not definition.operations:
        raise Invalid.field("channels" if is_streaming(document) else "paths", "the definition has no operations")
    known = {(one.get("verb"), one.get("target")): one for one in document.get("operations") or ()}
    operations = []
    for operation in definition.operations:
        before = known.get((operation.verb, operation.target), {})
        operations.append(
            {
                **new_operation(operation.verb, operation.target),
                **before,
                "authType": operation.auth_type,
                "throttlingPolicy": operation.throttling_policy,
                "scopes": list(operation.scopes),
            }
        )
    shared = [entry for entry in document.get("scopes") or () if entry.get("shared")]
    names = {entry["scope"]["name"] for entry in shared}
    declared = {entry["scope"]["name"]: entry["scope"] for entry in document.get("scopes") or ()}
    own = [
        {
            "scope": {
                "displayName": scope.name,
                **declared.get(scope.name, {}),
                "name": scope.name,
                "description": scope.description,
                "bindings": list(scope.roles),
            },
            "shared": False,
        }
        for scope in definition.scopes
        if scope.name not in names
    ]
    return {**document, "operations": operations, "scopes": [*shared, *own]}


def check_servable(definition: Definition) -> None:
    """Raises DefinitionInvalid where a definition follows its specification, and an API of it would be refused."""
    try:
        _operations(with_definition({}, definition)["operations"])
    except Invalid as error:
        raise DefinitionInvalid(error.description, fields=error.fields) from error


def defined_operations(document: Mapping[str, Any]) -> tuple[DefinedOperation, ...]:
    """The document's operations in the definition's terms. Those of a GraphQL API are all served by one, `POST /*`."""
    if _is_graphql(document):
        return (DefinedOperation(target="/*", verb="POST"),)
    return tuple(
        DefinedOperation(
            target=operation["target"],
            verb=operation["verb"],
            scopes=tuple(operation.get("scopes") or ()),
            auth_type=operation.get("authType") or ANY,
            throttling_policy=operation.get("throttlingPolicy") or UNLIMITED,
        )
        for operation in document["operations"]
    )


def defined_scopes(document: Mapping[str, Any]) -> tuple[DefinedScope, ...]:
    """The document's scopes in the definition's terms."""
    return tuple(
        DefinedScope(
            name=entry["scope"]["name"],
            description=entry["scope"].get("description") or "",
            roles=tuple(entry["scope"].get("bindings") or ()),
        )
        for entry in document.get("scopes") or ()
    )


def _operations(operations: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    shapes: dict[tuple[str, str], str] = {}
    for index, operation in enumerate(operations):
        path = f"operations.{index}"
        verb, target = str(operation.get("verb") or "").upper(), str(operation.get("target") or "")
        if verb not in VERBS:
            raise Invalid.field(f"{path}.verb", f"'{verb}' is none of {', '.join(VERBS)}")
        if not target.startswith("/") or not all(_SEGMENT.fullmatch(part) for part in target[1:].split("/")):
            raise Invalid.field(f"{path}.target", f"'{target}' is no path template such as /items/{{id}}")
        shape = (verb, re.sub(r"\{[^}]*\}", "{}", target))
        if shape in shapes:
            raise Invalid.field(f"{path}.target", f"{verb} {target} cannot be told from {verb} {shapes[shape]}")
        shapes[shape] = target
        given = {name: value for name, value in operation.items() if value is not None}
        found.append({**new_operation(verb, target), **given, "verb": verb, "target": target})
    if len(found) > OPERATIONS_MAX:
        raise Invalid.field("operations", f"at most {OPERATIONS_MAX} operations are possible, not {len(found)}")
    return found or [new_operation(verb, "/*") for verb in DEFAULT_VERBS]


def _channels(kind: StreamType) -> Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]]:
    """How the operations of an API of events and streams are checked."""

    def checked(operations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        if len(operations) > OPERATIONS_MAX:
            raise Invalid.field("operations", f"at most {OPERATIONS_MAX} channels are possible, not {len(operations)}")
        given = [{**new_operation(one["verb"], one["target"]), **one} for one in channels(operations)]
        return given or [new_operation(*one) for one in all_channels(kind)]

    return checked


def _root_fields(operations: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The operations of a GraphQL API. That they are the schema's is checked where the schema is known."""
    found = [{name: value for name, value in operation.items() if value is not None} for operation in operations]
    if len(found) > OPERATIONS_MAX:
        raise Invalid.field("operations", f"at most {OPERATIONS_MAX} root fields are possible, not {len(found)}")
    return found


def _composed(operations: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The operations of a product are its members', as `products.composition` takes them."""
    return [dict(operation) for operation in operations]


_SORTS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]]] = {
    ApiType.GRAPHQL: _root_fields,
    ApiType.PRODUCT: _composed,
    **{kind: _channels(kind) for kind in StreamType},
}
"""How operations are checked, by the type of the document; all others are paths."""


def _is_graphql(document: Mapping[str, Any]) -> bool:
    return document.get("type") == ApiType.GRAPHQL


def new_operation(verb: str, target: str) -> dict[str, Any]:
    """An operation of which nothing is said: any token of a subscriber opens it, without limit."""
    return {
        "id": "",
        "target": target,
        "verb": verb,
        "authType": "Application & Application User",
        "throttlingPolicy": UNLIMITED,
        "scopes": [],
        "usedProductIds": [],
        "operationPolicies": {"request": [], "response": [], "fault": []},
    }


def _check_policies(tenant: str, document: Mapping[str, Any], policies: Policies) -> None:
    asked: dict[tuple[PolicyKind, str], str] = {}
    for index, name in enumerate(document["policies"]):
        asked.setdefault((PolicyKind.SUBSCRIPTION, name), f"policies.{index}")
    if document["apiThrottlingPolicy"]:
        asked[PolicyKind.ADVANCED, document["apiThrottlingPolicy"]] = "apiThrottlingPolicy"
    for index, operation in enumerate(document["operations"]):
        asked.setdefault((PolicyKind.ADVANCED, operation["throttlingPolicy"]), f"operations.{index}.throttlingPolicy")
    for (kind, name), path in asked.items():
        if name != UNLIMITED and policies.named(tenant, kind, name) is None:
            raise Invalid.field(path, f"there is no {kind} throttling policy '{name}'")


def _check_scopes(document: Mapping[str, Any]) -> None:
    declared: set[str] = set()
    for index, entry in enumerate(document["scopes"]):
        name = entry["scope"]["name"]
        if name in declared:
            raise Invalid.field(f"scopes.{index}.scope.name", f"'{name}' is declared twice")
        declared.add(name)
    for index, operation in enumerate(document["operations"]):
        for scope in operation["scopes"]:
            if scope not in declared:
                raise Invalid.field(f"operations.{index}.scopes", f"'{scope}' is not among the API's scopes")
