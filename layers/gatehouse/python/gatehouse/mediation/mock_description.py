"""Mock descriptions: what a mocked operation answers, written into its definition as `x-mediation-script`.

A description is an object, or JSON text, with `status`, `headers` and `body`; a body that is no text is written as JSON. WSO2
has JavaScript there, which is run by nobody here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.mediation.headers import NAME_PATTERN, clean_value, is_framing
from gatehouse.mediation.mock import mock_answer
from gatehouse.mediation.openapi import DefinitionReader, mapping
from gatehouse.mediation.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCRIPT = "x-mediation-script"
VERBS = ("get", "put", "post", "delete", "patch", "head", "options")

_STATUS_MIN, _STATUS_MAX = 200, 599
_JSON = "application/json"
_KNOWN = frozenset({"status", "headers", "body"})


class NoDescription(Exception):
    """What stands in the place of a description is none. The text says why."""


def described_answer(definition: dict[str, Any], verb: str, target: str) -> dict[str, Any] | None:
    """`{status, headers, body}` of an operation's description; None when it has none. Raises NoDescription."""
    operation = DefinitionReader(definition).operation(verb, target)
    given = (operation or {}).get(SCRIPT)
    if given is None or given == "":
        return None
    description = _parsed(given)
    if unknown := sorted(description.keys() - _KNOWN):
        raise NoDescription(f"'{unknown[0]}' is none of {', '.join(sorted(_KNOWN))}")
    status = description.get("status", _STATUS_MIN)
    if isinstance(status, bool) or not isinstance(status, int) or not _STATUS_MIN <= status <= _STATUS_MAX:
        raise NoDescription(f"status must be a number from {_STATUS_MIN} to {_STATUS_MAX}")
    body, headers = description.get("body", ""), _headers(description.get("headers") or {})
    if not isinstance(body, str):
        headers = {"content-type": _JSON, **headers}
        body = json.dumps(body, ensure_ascii=False)
    return {"status": status, "headers": headers, "body": body.encode("utf-8", "replace").decode()}


def with_descriptions(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition with a description for each operation, made of its examples and schemas."""
    paths = dict(mapping(definition.get("paths")))
    for target, verb in _operations(definition):
        answer = mock_answer({**definition, "paths": paths}, verb, target, _JSON) or _not_implemented()
        operation = {**paths[target][verb], SCRIPT: json.dumps(_readable(answer), indent=2, ensure_ascii=False)}
        paths[target] = {**paths[target], verb: operation}
    return {**definition, "paths": paths}


def descriptions(definition: Mapping[str, Any]) -> list[dict[str, str]]:
    """What stands there, whatever it is: `{path, verb, content}`."""
    found = []
    for target, verb in _operations(definition):
        given = definition["paths"][target][verb].get(SCRIPT)
        if given:
            content = given if isinstance(given, str) else json.dumps(given, indent=2, ensure_ascii=False)
            found.append({"path": target, "verb": verb.upper(), "content": content})
    return found


def _operations(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for target, item in mapping(definition.get("paths")).items():
        for verb in VERBS:
            if isinstance(mapping(item).get(verb), dict):
                yield target, verb


def _parsed(given: object) -> dict[str, Any]:
    try:
        document = json.loads(given) if isinstance(given, str) else given
    except json.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise NoDescription("it is no JSON object of status, headers and body; scripts (JavaScript) are not run")
    return document


def _headers(given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise NoDescription("headers must be an object")
    for name, value in given.items():
        if not matches(NAME_PATTERN, name) or not isinstance(value, str | int | float):
            raise NoDescription(f"'{name}' is no header with a text")
    return {name.lower(): clean_value(str(value)) for name, value in given.items() if not is_framing(name)}


def _readable(answer: Mapping[str, Any]) -> dict[str, Any]:
    """With a body that people can read and change, where it is JSON."""
    try:
        return {**answer, "body": json.loads(answer["body"])}
    except json.JSONDecodeError:
        return dict(answer)


def _not_implemented() -> dict[str, Any]:
    body = json.dumps({"code": 501, "description": "Not Implemented"})
    return {"status": 501, "headers": {"content-type": _JSON}, "body": body}
