"""Collections: an API as a Postman collection (format 2.1.0), a request for each operation, in folders by tag.

Addresses and credentials are variables of the collection, so that it can be run elsewhere and holds no secret.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.definitions.parsing import parsed
from gatehouse.adapters.definitions.publishing import told
from gatehouse.adapters.definitions.samples import body_of, resolved, sample
from gatehouse.adapters.definitions.upgrading import upgraded
from gatehouse.domain.apis.definition import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.domain.portal.doorway import Doorway

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
BASE_URL, TOKEN, KEY = "baseUrl", "accessToken", "apiKey"
CLIENT_ID, CLIENT_SECRET = "clientId", "clientSecret"
USER, PASSWORD = "username", "password"

_JSON = "application/json"


def collection(content: bytes, doorway: Doorway) -> bytes:
    """The collection as JSON."""
    document = _told(content, doorway)
    info = document.get("info") or {}
    made = {
        "info": {
            "name": f"{info.get('title', '')} {info.get('version', '')}".strip(),
            "description": str(info.get("description") or ""),
            "schema": SCHEMA,
        },
        "item": _folders(document),
        **_credentials(document, doorway),
    }
    return json.dumps(made, ensure_ascii=False).encode()


def _told(content: bytes, doorway: Doorway) -> dict[str, Any]:
    """The published definition in the words of OpenAPI 3. Upgrading leaves behind what opens operations."""
    shown = told(parsed(content), doorway)
    document = upgraded(shown)
    opened = {(target, verb): operation["security"] for target, verb, _, operation in _operations(shown)}
    for target, verb, _, operation in _operations(document):
        operation["security"] = opened[target, verb]
    return document


def _folders(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Requests by their first tag, in the order of the definition; those without one stand beside the folders."""
    folders: dict[str, list[dict[str, Any]]] = {}
    loose: list[dict[str, Any]] = []
    for target, verb, item, operation in _operations(document):
        made = _item(document, target, verb, item, operation)
        tags = operation.get("tags") or ()
        (folders.setdefault(str(tags[0]), []) if tags else loose).append(made)
    return [*({"name": name, "item": items} for name, items in folders.items()), *loose]


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    for target, shared in (document.get("paths") or {}).items():
        item = resolved(document, shared)
        if target.startswith("/"):
            for verb in VERBS:
                if isinstance(operation := item.get(verb.lower()), dict):
                    yield target, verb, item, operation


def _item(
    document: dict[str, Any], target: str, verb: str, item: dict[str, Any], operation: dict[str, Any]
) -> dict[str, Any]:
    parameters = _parameters(document, item, operation)
    media_type, body = body_of(document, operation.get("requestBody"))
    headers = [_field(document, one) for one in parameters if one.get("in") == "header"]
    if body:
        headers.append({"key": "Content-Type", "value": media_type})
    accepted = next(iter(_answers(document, operation)), _JSON)
    headers.append({"key": "Accept", "value": accepted})
    request: dict[str, Any] = {
        "method": verb,
        "header": headers,
        "url": _url(document, target, parameters),
        "description": str(operation.get("description") or ""),
    }
    if body:
        request["body"] = body
    if operation.get("security") == []:
        request["auth"] = {"type": "noauth"}
    name = str(operation.get("summary") or operation.get("operationId") or f"{verb} {target}")
    return {"name": name, "request": request, "response": []}


def _url(document: dict[str, Any], target: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Path parameters are `:name` in a collection, whole segments alone; in parts of one they become variables."""
    path = []
    for segment in target.strip("/").split("/"):
        whole = segment.startswith("{") and segment.endswith("}") and segment.count("{") == 1
        path.append(f":{segment[1:-1]}" if whole else segment.replace("{", "{{").replace("}", "}}"))
    query = [_field(document, one) for one in parameters if one.get("in") == "query"]
    asked = "&".join(f"{one['key']}={one['value']}" for one in query if not one["disabled"])
    raw = f"{{{{{BASE_URL}}}}}/{'/'.join(path)}"
    url: dict[str, Any] = {"raw": f"{raw}?{asked}" if asked else raw, "host": [f"{{{{{BASE_URL}}}}}"], "path": path}
    if query:
        url["query"] = query
    variables = [_field(document, one) for one in parameters if one.get("in") == "path"]
    if variables:
        kept = ("key", "value", "description")
        url["variable"] = [{name: one[name] for name in kept} for one in variables]
    return url


def _parameters(document: dict[str, Any], item: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the operation, which win over those of its path."""
    found: dict[tuple[object, object], dict[str, Any]] = {}
    for one in (*(item.get("parameters") or ()), *(operation.get("parameters") or ())):
        parameter = resolved(document, one)
        found[parameter.get("name"), parameter.get("in")] = parameter
    return list(found.values())


def _field(document: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    """Only what must be given is sent until somebody ticks the rest."""
    given = parameter.get("example")
    value = sample(document, parameter.get("schema") or {}) if given is None else given
    return {
        "key": str(parameter.get("name")),
        "value": value if isinstance(value, str) else json.dumps(value),
        "description": str(parameter.get("description") or ""),
        "disabled": not parameter.get("required", False),
    }


def _answers(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    for status, answer in (operation.get("responses") or {}).items():
        if str(status).startswith("2"):
            yield from (resolved(document, answer).get("content") or {})


def _credentials(document: dict[str, Any], doorway: Doorway) -> dict[str, Any]:
    """What opens the API, the most telling first, and the variables that it takes."""
    access = doorway.access
    variables = {BASE_URL: doorway.servers[0].rstrip("/")}
    auth: dict[str, Any] = {"type": "noauth"}
    if access.oauth2 and access.authorization_header.lower() != "authorization":
        auth = _auth("apikey", key=access.authorization_header, value=f"Bearer {{{{{TOKEN}}}}}")
        variables[TOKEN] = ""
    elif access.oauth2:
        auth = _auth(
            "oauth2",
            grant_type="client_credentials",
            accessTokenUrl=doorway.token_url,
            clientId=f"{{{{{CLIENT_ID}}}}}",
            clientSecret=f"{{{{{CLIENT_SECRET}}}}}",
            scope=" ".join(_scopes(document)),
            client_authentication="header",
            accessToken=f"{{{{{TOKEN}}}}}",
            addTokenTo="header",
        )
        variables |= {CLIENT_ID: "", CLIENT_SECRET: "", TOKEN: ""}
    elif access.api_key:
        auth = _auth("apikey", key=access.api_key_header, value=f"{{{{{KEY}}}}}")
        variables[KEY] = ""
    elif access.basic:
        auth = _auth("basic", username=f"{{{{{USER}}}}}", password=f"{{{{{PASSWORD}}}}}")
        variables |= {USER: "", PASSWORD: ""}
    return {"auth": auth, "variable": [{"key": key, "value": value} for key, value in variables.items()]}


def _scopes(document: dict[str, Any]) -> list[str]:
    asked = [
        scope
        for *_, operation in _operations(document)
        for alternative in operation.get("security") or ()
        for scopes in alternative.values()
        for scope in scopes
    ]
    return list(dict.fromkeys(asked))


def _auth(kind: str, **values: str) -> dict[str, Any]:
    if kind == "apikey":
        values["in"] = "header"
    return {"type": kind, kind: [{"key": key, "value": value, "type": "string"} for key, value in values.items()]}
