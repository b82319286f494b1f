"""Reading: whether a definition is valid, and which operations and scopes it has.

WSO2's extensions are understood: `x-auth-type`, `x-throttling-tier` on operations; `x-scopes-bindings` of the OAuth2 flow
and `x-wso2-security` for the roles of scopes.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.definitions.lines import with_lines
from gatehouse.adapters.definitions.parsing import invalid, parsed, pointer
from gatehouse.adapters.definitions.path_items import with_path_items
from gatehouse.adapters.definitions.references import dangling_references, foreign_references
from gatehouse.adapters.definitions.security import described_scopes, oauth2_schemes
from gatehouse.domain.apis.definition import ANY, NONE, VERBS, DefinedOperation, Definition
from gatehouse.domain.errors import FieldError
from gatehouse.domain.throttling.policy import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Iterator

PROBLEMS_MAX = 20
"""How many problems are told at once."""

_VERSIONS = ("2.0", "3.0", "3.1")


def read(content: bytes) -> Definition:
    """What a definition says. Raises DefinitionInvalid with up to `PROBLEMS_MAX` problems."""
    document = parsed(content)
    kind, version = _specification(document)
    problems = list(foreign_references(document)) or list(dangling_references(document))
    if not problems:
        document = with_path_items(document)
        problems = list(_violations(document, version))
    if problems:
        raise invalid(*with_lines(content, problems[:PROBLEMS_MAX]))
    operations = tuple(_operations(document))
    _refuse_ambiguous(operations)
    info = document["info"]
    return Definition(
        specification=kind,
        title=str(info["title"]),
        version=str(info["version"]),
        description=str(info.get("description") or ""),
        servers=tuple(_servers(document)),
        operations=operations,
        scopes=tuple(described_scopes(document, operations)),
        content=json.dumps(document, ensure_ascii=False).encode(),
    )


def _specification(document: dict[str, Any]) -> tuple[str, str]:
    if "swagger" in document:
        version = str(document["swagger"])
        if version == "2.0":
            return "Swagger 2.0", version
        raise invalid(FieldError("/swagger", f"Swagger '{version}' is not supported; 2.0 is"))
    version = str(document.get("openapi", ""))
    if not version:
        raise invalid(FieldError("", "neither 'openapi' nor 'swagger' says which specification this follows"))
    minor = ".".join(version.split(".")[:2])
    if minor not in _VERSIONS or minor == "2.0":
        raise invalid(FieldError("/openapi", f"OpenAPI '{version}' is not supported; 3.0 and 3.1 are"))
    return f"OpenAPI {version}", minor


def _violations(document: dict[str, Any], version: str) -> Iterator[FieldError]:
    # Only who checks a definition pays for the libraries: they take longer than everything else of these functions.
    from gatehouse.adapters.definitions.validator import validator  # noqa: PLC0415

    # The validator follows references and may meet anything in a document that is wrong in an unforeseen way.
    try:
        for error in validator(version)(_without_path_extensions(document)).iter_errors():
            yield FieldError(pointer(error.absolute_path), _problem(error))
    except Exception as error:
        yield FieldError("", f"{type(error).__name__}: {error}")


def _without_path_extensions(document: dict[str, Any]) -> dict[str, Any]:
    """The validator takes every entry of `paths` for a path; the specification allows extensions there."""
    paths = document.get("paths")
    if not isinstance(paths, dict) or not any(name.startswith("x-") for name in paths):
        return document
    return {**document, "paths": {name: item for name, item in paths.items() if not name.startswith("x-")}}


def _problem(error: Any) -> str:
    """The most telling message: of alternatives that all fail, that of the one that got furthest."""
    while error.context:
        error = max(error.context, key=lambda cause: len(cause.absolute_path))
    text = str(error.message)
    limit = 300
    return text if len(text) <= limit else f"{text[:limit]}…"


def _operations(document: dict[str, Any]) -> Iterator[DefinedOperation]:
    everywhere = document.get("security")
    schemes = oauth2_schemes(document)
    for target, item in (document.get("paths") or {}).items():
        if not target.startswith("/") or not isinstance(item, dict):  # an extension (`x-…`)
            continue
        for verb in VERBS:
            operation = item.get(verb.lower())
            if not isinstance(operation, dict):
                continue
            asked = operation.get("security", everywhere) or []
            scopes = dict.fromkeys(
                scope
                for alternative in asked
                for name, wanted in alternative.items()
                if name in schemes
                for scope in wanted
            )
            yield DefinedOperation(
                target=target,
                verb=verb,
                scopes=tuple(scopes),
                auth_type=NONE if operation.get("x-auth-type") == NONE else str(operation.get("x-auth-type") or ANY),
                throttling_policy=str(operation.get("x-throttling-tier") or UNLIMITED),
            )


def _refuse_ambiguous(operations: tuple[DefinedOperation, ...]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for operation in operations:
        shape = operation.verb, re.sub(r"\{[^}]*\}", "{}", operation.target)
        if seen.setdefault(shape, operation.target) != operation.target:
            problem = f"cannot be told from {seen[shape]}: only the names of the parameters differ"
            raise invalid(FieldError(pointer(("paths", operation.target, operation.verb.lower())), problem))


def _servers(document: dict[str, Any]) -> Iterator[str]:
    for server in document.get("servers") or ():
        yield str(server["url"])
    if "host" in document:
        for scheme in document.get("schemes") or ("https",):
            yield f"{scheme}://{document['host']}{document.get('basePath', '')}"
