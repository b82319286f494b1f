"""Publishing: a definition as callers need it, with the gateway's addresses, and what opens each operation there.

The gateway decides who gets in, so what an API's own definition says of security is replaced; other schemes stay declared,
because a backend may ask for more. An operation is opened by any of its alternatives (OpenAPI 3.0.3, Security Requirement).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.adapters.definitions.parsing import parsed
from gatehouse.adapters.definitions.samples import resolved
from gatehouse.adapters.definitions.security import oauth2_schemes
from gatehouse.domain.apis.definition import NONE, VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.domain.portal.doorway import Doorway

OAUTH2, API_KEY, BASIC, MUTUAL_TLS = "default", "ApiKeyAuth", "BasicAuth", "MutualTLS"
"""The names of our schemes; WSO2 keeps an API's OAuth2 scheme under `default`."""
BEARER = "BearerAuth"
"""A token in a header of another name than `Authorization`, of which OAuth2 schemes cannot tell."""

_HIDDEN = ("x-wso2-", "x-mediation-script", "x-amazon-apigateway-", "x-scopes-bindings")
"""Extensions that say what is behind the gateway, and who has which role."""


def published(content: bytes, doorway: Doorway) -> bytes:
    """The definition as JSON, as callers need it."""
    document = told(parsed(content), doorway)
    return json.dumps(document, ensure_ascii=False).encode()


def told(document: dict[str, Any], doorway: Doorway) -> dict[str, Any]:
    """The document with the doorway in it."""
    scopes = _scopes(document)
    for operation in _operations(document):
        asked = (
            []
            if operation.get("x-auth-type") == NONE
            else _alternatives(document, doorway, _asked(document, operation))
        )
        operation["security"] = asked
    document = _shown(document)
    if "swagger" in document:
        first = urlsplit(doorway.servers[0])
        schemes = list(dict.fromkeys(urlsplit(url).scheme for url in doorway.servers))
        document |= {"host": first.netloc, "basePath": first.path or "/", "schemes": schemes}
        declared = document.setdefault("securityDefinitions", {})
        declared.pop(OAUTH2, None)
        declared.update(_schemes_of_2(doorway, scopes))
    else:
        document["servers"] = [{"url": url} for url in doorway.servers]
        declared = document.setdefault("components", {}).setdefault("securitySchemes", {})
        declared.pop(OAUTH2, None)
        declared.update(_schemes_of_3(doorway, scopes))
        if doorway.access.mutual_tls and _knows_certificates(document):
            declared[MUTUAL_TLS] = {"type": "mutualTLS"}
    document["security"] = _alternatives(document, doorway, ())
    return document


def _alternatives(document: dict[str, Any], doorway: Doorway, scopes: tuple[str, ...]) -> list[dict[str, list[str]]]:
    """Any of the application's credentials, a token with any of the scopes; where a certificate is mandatory, with it.

    A requirement that names several scopes would ask for all of them (OpenAPI, Security Requirement Object); the gateway takes
    a token with one.
    """
    access = doorway.access
    own = access.authorization_header.lower() != "authorization"
    found: list[dict[str, list[str]]] = []
    if access.oauth2:
        by_scope = [{OAUTH2: [scope]} for scope in scopes] or [{OAUTH2: []}]
        found += [{BEARER: []}] if own else by_scope
    if access.api_key:
        found.append({API_KEY: []})
    if access.basic and not own:
        found.append({BASIC: []})
    if access.mutual_tls and _knows_certificates(document):
        if access.mutual_tls_mandatory:
            found = [{**one, MUTUAL_TLS: []} for one in found]
        if not access.application_mandatory:
            found.append({MUTUAL_TLS: []})
    return found


def _schemes_of_3(doorway: Doorway, scopes: dict[str, str]) -> dict[str, Any]:
    flow = {"tokenUrl": doorway.token_url, "scopes": scopes}
    flows: dict[str, Any] = {"clientCredentials": flow}
    if doorway.authorization_url:
        flows["authorizationCode"] = {"authorizationUrl": doorway.authorization_url, **flow}
    access, found = doorway.access, dict[str, Any]()
    if access.oauth2:
        found[OAUTH2] = {"type": "oauth2", "flows": flows}
    if access.basic:
        found[BASIC] = {"type": "http", "scheme": "basic"}
    return {**found, **_in_headers(doorway)}


def _schemes_of_2(doorway: Doorway, scopes: dict[str, str]) -> dict[str, Any]:
    access, found = doorway.access, dict[str, Any]()
    if access.oauth2:
        found[OAUTH2] = {"type": "oauth2", "flow": "application", "tokenUrl": doorway.token_url, "scopes": scopes}
    if access.basic:
        found[BASIC] = {"type": "basic"}
    return {**found, **_in_headers(doorway)}


def _in_headers(doorway: Doorway) -> dict[str, Any]:
    access, found = doorway.access, dict[str, Any]()
    if access.api_key:
        found[API_KEY] = {"type": "apiKey", "in": "header", "name": access.api_key_header}
    if access.oauth2 and access.authorization_header.lower() != "authorization":
        said = f"An access token, as 'Bearer <token>'; {doorway.token_url} issues them"
        found[BEARER] = {"type": "apiKey", "in": "header", "name": access.authorization_header, "description": said}
    return found


def _scopes(document: dict[str, Any]) -> dict[str, str]:
    """Every scope that is declared or asked for, with what is said of it."""
    found: dict[str, str] = {}
    for scheme in oauth2_schemes(document).values():
        flows = scheme.get("flows") or {}
        for flow in (scheme, *(flows.values() if isinstance(flows, dict) else ())):
            declared = flow.get("scopes") if isinstance(flow, dict) else None
            found |= {str(name): str(said or "") for name, said in (declared or {}).items()}
    for operation in _operations(document):
        found |= {scope: found.get(scope, "") for scope in _asked(document, operation)}
    return found


def _asked(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, ...]:
    """The scopes of an operation, each once."""
    oauth2 = oauth2_schemes(document)
    wanted = operation.get("security", document.get("security")) or []
    return tuple(
        dict.fromkeys(
            str(scope)
            for alternative in wanted
            for name, scopes in alternative.items()
            if name in oauth2
            for scope in scopes
        )
    )


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for target, shared in (document.get("paths") or {}).items():
        item = resolved(document, shared) if target.startswith("/") else {}
        yield from (item[verb.lower()] for verb in VERBS if isinstance(item.get(verb.lower()), dict))


def _knows_certificates(document: dict[str, Any]) -> bool:
    return str(document.get("openapi", "")).startswith("3.1")


def _shown(document: dict[str, Any]) -> dict[str, Any]:
    """Without what is none of the callers' business, wherever extensions may stand; paths' own servers are backends."""
    shown = _plain(document)
    for target, item in (shown.get("paths") or {}).items():
        if target.startswith("/") and isinstance(item, dict):
            shown["paths"][target] = {name: part for name, part in _plain(item).items() if name != "servers"}
    for operation in _operations(shown):
        for name in [name for name in operation if name == "servers" or name.startswith(_HIDDEN)]:
            del operation[name]
    _hide_in_schemes(shown)
    return shown


def _hide_in_schemes(document: dict[str, Any]) -> None:
    for scheme in oauth2_schemes(document).values():
        for flow in (scheme, *(scheme.get("flows") or {}).values()):
            if isinstance(flow, dict):
                flow.pop("x-scopes-bindings", None)


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if not name.startswith(_HIDDEN)}
