"""Synapse's expressions as placeholders: those that only read what the gateway's own placeholders name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = r"[^'\")(,{}]+|\{\{[^{}]+\}\}"
_QUOTED = rf"(?:'({_NAME})'|\"({_NAME})\")"
_METHODS = frozenset({"REST_METHOD", "HTTP_METHOD", "api.ut.HTTP_METHOD"})
_PATHS = frozenset({"REST_SUB_REQUEST_PATH", "REST_URL_POSTFIX", "api.ut.resource"})
_QUERY = "query.param."

_HEADER = re.compile(rf"\$trp:({_NAME})|get-property\(\s*['\"]transport['\"]\s*,\s*{_QUOTED}\s*\)")
_PROPERTY = re.compile(rf"\$ctx:({_NAME})|get-property\(\s*(?:['\"](?:default|synapse)['\"]\s*,\s*)?{_QUOTED}\s*\)")
_AXIS2 = re.compile(rf"\$axis2:({_NAME})|get-property\(\s*['\"]axis2['\"]\s*,\s*{_QUOTED}\s*\)")
_PLATFORM = re.compile(r"(?:api\.ut\.|uri\.var\.|AM_|ERROR_|REST_|SYNAPSE|TRANSPORT_)")
"""What WSO2's gateway sets by itself: to take it for a property that nobody has set would be a silent difference."""
_JSON = re.compile(r"json-eval\(\s*\$\.([\w\-]+(?:\[\d+\])*(?:\.[\w\-]+(?:\[\d+\])*)*)\s*\)", re.ASCII)
_LITERAL = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_CONCATENATION = re.compile(r"(?:fn:)?concat\((.*)\)", re.DOTALL)
_ARGUMENT = re.compile(r"""((?:[^,'"()]|'[^']*'|"[^"]*"|\((?:[^'"()]|'[^']*'|"[^"]*")*\))+)(?:,|\Z)""")


def placeholder(expression: str) -> str | None:
    """The text that says the same, with placeholders; None when there is none."""
    text = expression.strip()
    for pattern, said in _FORMS:
        if match := pattern.fullmatch(text):
            return said(match)
    return None


def json_path(expression: str) -> str | None:
    """The placeholder for a JSON path (`$.order.id`); None for one that does more than to name a member."""
    return placeholder(f"json-eval({expression.strip()})")


def _joined(arguments: str) -> str | None:
    parts, at = [], 0
    while at < len(arguments):
        match = _ARGUMENT.match(arguments, at)
        part = placeholder(match[1]) if match else None
        if match is None or part is None:
            return None
        parts.append(part)
        at = match.end()
    return "".join(parts)


def _property(name: str) -> str | None:
    if name.startswith(_QUERY):
        return f"${{query.{name.removeprefix(_QUERY)}}}"
    return f"${{property.{name}}}" if not _PLATFORM.match(name) else _of_request(name)


def _of_request(name: str) -> str | None:
    if name in _METHODS:
        return "${method}"
    return "${path}" if name in _PATHS else None


def _first(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_HEADER, lambda match: f"${{header.{_first(match)}}}"),
    (_PROPERTY, lambda match: _property(_first(match))),
    (_AXIS2, lambda match: _of_request(_first(match))),
    (_JSON, lambda match: f"${{json.{match[1]}}}"),
    (_LITERAL, _first),
    (_CONCATENATION, lambda match: _joined(match[1])),
)
