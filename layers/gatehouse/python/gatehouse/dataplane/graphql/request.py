"""GraphQL over HTTP: where in a call its query stands (the specification of the GraphQL Foundation, draft of 2024).

The gateway must read the very query that the backend will: what two servers might read differently is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from gatehouse.domain.apis.graphql_query import QueryInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.dataplane.call import Call

JSON, GRAPHQL = "application/json", "application/graphql"
QUERY, OPERATION_NAME, VARIABLES, EXTENSIONS = "query", "operationName", "variables", "extensions"

STORED = "persistedquery"
"""The extension that names a query which the backend knows and the gateway does not; in lower case."""

_OURS = {name.casefold(): name for name in (QUERY, OPERATION_NAME, VARIABLES, EXTENSIONS)}
_ELSEWHERE = frozenset({*_OURS, "id", "documentid", "doc_id", "queryid", "query_id", "persistedquery", "hash"})
"""Parameters by which some servers are told what to execute; in lower case."""

_SEPARATOR = re.compile("[&;]")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlRequest:
    """What a call asks for. `operation` is "" when it does not name one."""

    query: str
    operation: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict, hash=False)


def graphql_request(call: Call) -> GraphqlRequest:
    """The query in a GET's parameters or a POST's body. Raises QueryInvalid."""
    if call.method == "GET":
        if call.body:
            raise QueryInvalid("a GET has its query in its parameters, and no body")
        return _request(_parameters(call.query, frozenset(_OURS)))
    _parameters(call.query, frozenset())
    media_type, _, more = call.headers.get("content-type", "").partition(";")
    charset = more.casefold().replace(" ", "").replace('"', "").partition("charset=")[2].partition(";")[0]
    if charset not in {"", "utf-8", "utf8"} or call.headers.get("content-encoding", "identity") != "identity":
        raise QueryInvalid("the body must be UTF-8 and not compressed")
    try:
        text = call.body.decode()
    except UnicodeDecodeError as error:
        raise QueryInvalid(f"the body is not UTF-8: {error.reason} at byte {error.start}") from None
    match media_type.strip().lower():
        case "application/json":
            return _request(_members(text))
        case "application/graphql":
            return GraphqlRequest(query=_text(text, QUERY))
        case _:
            raise QueryInvalid(f"a POST must be of type {JSON} or {GRAPHQL}")


def _parameters(query: str, wanted: frozenset[str]) -> dict[str, Any]:
    """The wanted parameters of a query string; others that could say what to execute are refused, and repeated ones."""
    found: dict[str, Any] = {}
    for part in _SEPARATOR.split(query):
        name, _, value = part.partition("=")
        known = unquote_plus(name).strip().partition("[")[0].casefold()
        if known not in _ELSEWHERE:
            continue
        if known not in wanted or unquote_plus(name) != _OURS[known] or _OURS[known] in found:
            raise QueryInvalid(f"the query parameter '{known}' cannot stand here, or not twice")
        found[_OURS[known]] = unquote_plus(value)
    for name in (VARIABLES, EXTENSIONS):
        if name in found:
            found[name] = _json(found[name], name) if found[name] else None
    return found


def _members(text: str) -> dict[str, Any]:
    """The members of a JSON body, which has no others than those of the specification."""
    document = _json(text, "the body")
    if isinstance(document, list):
        raise QueryInvalid("several queries in one call cannot be admitted as one; send each by itself")
    if not isinstance(document, dict):
        raise QueryInvalid("the body must be a JSON object")
    if unknown := [name for name in document if name not in _OURS.values()]:
        raise QueryInvalid(f"the body may hold {', '.join(_OURS.values())}, and not {unknown[0][:40]!r}")
    return document


def _json(text: str, where: str) -> object:
    try:
        document: object = json.loads(text, object_pairs_hook=_unambiguous)
    except json.JSONDecodeError as error:
        problem = f"{where}: not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise QueryInvalid(problem) from None
    except (ValueError, RecursionError):
        raise QueryInvalid(f"{where}: JSON with a name twice, a number too long, or nested too deeply") from None
    return document


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "a name twice"
        raise ValueError(message)
    return members


def _request(given: Mapping[str, Any]) -> GraphqlRequest:
    operation, variables = given.get(OPERATION_NAME), given.get(VARIABLES)
    extensions = given.get(EXTENSIONS)
    if operation is not None and not isinstance(operation, str):
        raise QueryInvalid("operationName must be text")
    if variables is not None and not isinstance(variables, dict):
        raise QueryInvalid("variables must be a JSON object")
    if extensions is not None and not isinstance(extensions, dict):
        raise QueryInvalid("extensions must be a JSON object")
    if any(name.replace("_", "").casefold() == STORED for name in extensions or ()):
        raise QueryInvalid("stored queries cannot be admitted: the gateway does not know them; send the query itself")
    return GraphqlRequest(query=_text(given.get(QUERY), QUERY), operation=operation or "", variables=variables or {})


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise QueryInvalid(f"{name} is missing, or is no text")
    return value
