"""Writing AsyncAPI: a definition for an API designed without one, and edits that leave everything else as it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.definitions.asyncapi.reading import (
    asked_scopes,
    is_2,
    resolved,
    told_operations,
)
from gatehouse.adapters.definitions.references import REFERENCE
from gatehouse.domain.apis.streaming import PUBLISH, SUBSCRIBE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.apis.definition import DefinedOperation, DefinedScope

GENERATED = "2.6.0"
SCHEME = "oauth2"
"""The name under which WSO2 keeps the OAuth2 scheme of an API of this kind."""

_AUTHORIZATION_URL = "https://test.com"
_KEYWORDS = {SUBSCRIBE: "subscribe", PUBLISH: "publish"}
_ACTIONS = {SUBSCRIBE: "send", PUBLISH: "receive"}


def generated(*, title: str, version: str, description: str, operations: Sequence[DefinedOperation]) -> bytes:
    """A document of version 2.6.0 with these operations."""
    info = {"title": title, "version": version, **({"description": description} if description else {})}
    document: dict[str, Any] = {"asyncapi": GENERATED, "info": info, "channels": {}}
    return aligned(document, operations, ())


def aligned(document: dict[str, Any], operations: Sequence[DefinedOperation], scopes: Sequence[DefinedScope]) -> bytes:
    """The document with exactly these operations and scopes. A channel that loses its last operation goes."""
    wanted = {(operation.target, operation.verb): operation for operation in operations}
    touched = set()
    for told in list(told_operations(document)):
        if (told.target, told.verb) not in wanted:
            del told.holder[told.key]
            touched.add(told.target)
    _drop_idle(document, touched)
    there: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for told in told_operations(document):
        there.setdefault((told.target, told.verb), []).append(told.node)
    for key, operation in wanted.items():
        for node in there.get(key) or [_added(document, operation)]:
            _settle(document, node, operation)
    _declare_scopes(document, scopes)
    return json.dumps(document, ensure_ascii=False).encode()


def _drop_idle(document: dict[str, Any], touched: set[str]) -> None:
    """Take away those of these channels that have no operation left."""
    busy = {told.target for told in told_operations(document)}
    channels = document.get("channels") or {}
    for name, item in list(channels.items()):
        channel = resolved(document, item)
        target = name if is_2(document) else str(channel.get("address") or name)
        if target in touched - busy:
            del channels[name]


def _added(document: dict[str, Any], operation: DefinedOperation) -> dict[str, Any]:
    """A new operation, with its channel when that is not there."""
    channels: dict[str, Any] = document.setdefault("channels", {})
    node: dict[str, Any] = {}
    if is_2(document):
        channel = resolved(document, channels.setdefault(operation.target, _parameters(operation.target)))
        channel[_KEYWORDS[operation.verb]] = node
        return node
    name = _channel_named(document, operation.target)
    escaped = name.replace("~", "~0").replace("/", "~1")
    node |= {"action": _ACTIONS[operation.verb], "channel": {REFERENCE: f"#/channels/{escaped}"}}
    operations: dict[str, Any] = document.setdefault("operations", {})
    operations[_free(f"{_KEYWORDS[operation.verb]}-{_slug(operation.target)}", operations)] = node
    return node


def _channel_named(document: dict[str, Any], target: str) -> str:
    """The name of the channel of this address, which is made when it is not there."""
    channels: dict[str, Any] = document["channels"]
    for name, item in channels.items():
        if str(resolved(document, item).get("address") or name) == target:
            return str(name)
    name = _free(_slug(target), channels)
    channels[name] = {"address": target, **_parameters(target, typed=False)}
    return name


def _parameters(target: str, *, typed: bool = True) -> dict[str, Any]:
    """What a channel says of the parameters in its address; version 3 has no schemas there."""
    names = re.findall(r"{([^{}]+)}", target)
    found = {name: {"schema": {"type": "string"}} if typed else {} for name in names}
    return {"parameters": found} if found else {}


def _settle(document: dict[str, Any], node: dict[str, Any], operation: DefinedOperation) -> None:
    node["x-auth-type"] = operation.auth_type
    node["x-throttling-tier"] = operation.throttling_policy
    if operation.description:
        node["description"] = operation.description
    if set(asked_scopes(document, node)) != set(operation.scopes):
        # WSO2's extension says it from here on.
        node.pop("security", None)
        node["x-scopes"] = list(operation.scopes)


def _declare_scopes(document: dict[str, Any], scopes: Sequence[DefinedScope]) -> None:
    flows = _own_flows(document)
    if not scopes and not flows:
        return
    if not flows:
        schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
        flows = [{"authorizationUrl": _AUTHORIZATION_URL}]
        schemes[SCHEME] = {"type": "oauth2", "flows": {"implicit": flows[0]}}
    for flow in flows:
        flow["scopes" if is_2(document) else "availableScopes"] = {scope.name: scope.description for scope in scopes}
        flow["x-scopes-bindings"] = {scope.name: ",".join(scope.roles) for scope in scopes}


def _own_flows(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The flows of our scheme, where its scopes are declared."""
    scheme = ((document.get("components") or {}).get("securitySchemes") or {}).get(SCHEME) or {}
    return [flow for flow in (scheme.get("flows") or {}).values() if isinstance(flow, dict)]


def _slug(target: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", target).strip("-.") or "all"


def _free(name: str, used: dict[str, Any]) -> str:
    number, free = 2, name
    while free in used:
        free, number = f"{name}-{number}", number + 1
    return free
