"""Writing: a definition for an API designed without one, and edits that leave everything else as it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.definitions.security import oauth2_schemes
from gatehouse.domain.apis.definition import VERBS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.apis.definition import DefinedOperation, DefinedScope

SCHEME = "default"
"""The name under which WSO2 keeps an API's own OAuth2 scheme."""

_AUTHORIZATION_URL = "https://test.com"


def generated(*, title: str, version: str, description: str, operations: Sequence[DefinedOperation]) -> bytes:
    """An OpenAPI 3.0.1 document with these operations."""
    info = {"title": title, "version": version, **({"description": description} if description else {})}
    document: dict[str, Any] = {"openapi": "3.0.1", "info": info, "paths": {}}
    return aligned(document, operations, ())


def aligned(document: dict[str, Any], operations: Sequence[DefinedOperation], scopes: Sequence[DefinedScope]) -> bytes:
    """The document with exactly these operations and scopes."""
    wanted = {(operation.target, operation.verb): operation for operation in operations}
    paths: dict[str, Any] = document.setdefault("paths", {})
    for target, item in list(paths.items()):
        for verb in VERBS:
            if (target, verb) not in wanted:
                item.pop(verb.lower(), None)
        if not any(verb.lower() in item for verb in VERBS) and "$ref" not in item:
            del paths[target]
    for operation in operations:
        item = paths.setdefault(operation.target, {})
        described = item.setdefault(operation.verb.lower(), _new_operation(operation, item))
        described["x-auth-type"] = operation.auth_type
        described["x-throttling-tier"] = operation.throttling_policy
        _set_scopes(document, described, operation.scopes)
    _declare_scopes(document, scopes)
    return json.dumps(document, ensure_ascii=False).encode()


def _new_operation(operation: DefinedOperation, item: dict[str, Any]) -> dict[str, Any]:
    declared = {parameter.get("name") for parameter in item.get("parameters") or ()}
    names = [name for name in re.findall(r"{([^}]*)}", operation.target) if name not in declared]
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    return {**({"parameters": parameters} if parameters else {}), "responses": {"200": {"description": "OK"}}}


def _set_scopes(document: dict[str, Any], described: dict[str, Any], scopes: Sequence[str]) -> None:
    """Make the operation ask for these scopes. When it does already, through whatever OAuth2 scheme, nothing changes."""
    asked = described.get("security", document.get("security")) or []
    oauth2 = oauth2_schemes(document)
    current = {
        scope for alternative in asked for name, wanted in alternative.items() if name in oauth2 for scope in wanted
    }
    if current != set(scopes):
        others = [
            alternative for alternative in asked if not oauth2.keys() & alternative.keys() and SCHEME not in alternative
        ]
        described["security"] = [*others, {SCHEME: list(scopes)}]


def _declare_scopes(document: dict[str, Any], scopes: Sequence[DefinedScope]) -> None:
    flow = _own_flow(document)
    flow["scopes"] = {scope.name: scope.description for scope in scopes}
    flow["x-scopes-bindings"] = {scope.name: ",".join(scope.roles) for scope in scopes}


def _own_flow(document: dict[str, Any]) -> dict[str, Any]:
    """The OAuth2 flow of our scheme, where its scopes are declared; made when it is not there."""
    if "swagger" in document:
        schemes = document.setdefault("securityDefinitions", {})
        flow: dict[str, Any] = schemes.setdefault(
            SCHEME, {"type": "oauth2", "authorizationUrl": _AUTHORIZATION_URL, "flow": "implicit", "scopes": {}}
        )
        return flow
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    scheme = schemes.setdefault(SCHEME, {"type": "oauth2"})
    if scheme.get("type") != "oauth2":
        scheme = schemes[SCHEME] = {"type": "oauth2"}
    flows = scheme.setdefault("flows", {})
    if flows:
        first: dict[str, Any] = next(iter(flows.values()))
        first.setdefault("scopes", {})
        return first
    made: dict[str, Any] = flows.setdefault("implicit", {"authorizationUrl": _AUTHORIZATION_URL, "scopes": {}})
    return made
