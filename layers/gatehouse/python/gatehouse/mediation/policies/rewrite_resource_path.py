"""rewriteResourcePath: the backend is called at another path than the caller asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.mediation.refusals import bad_request
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

_VARIABLE = re.compile(r"\{([^/{}]+)\}")

SPECIFICATION = Specification(
    name="rewriteResourcePath",
    display_name="Rewrite Resource Path",
    description="Replaces the resource path of the request. Path parameters of the operation may stand in it: /v2/{id}.",
    flows=(Flow.REQUEST,),
    attributes=(
        Attribute(
            name="newResourcePath",
            display_name="New Resource Path",
            required=True,
            pattern=r"/?[^\s#\\]*",
            description="May end in a query, which then stands before the caller's.",
        ),
        Attribute(
            name="includeQueryParams",
            display_name="Include Query Params",
            kind=Kind.BOOLEAN,
            default=True,
            description="Whether the caller's query goes along.",
        ),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops with 400 when a path parameter would climb out of the new path (`..`)."""
    template, _, query = parameters["newResourcePath"].partition("?")
    variables = _variables(situation.operation.target, message.path)
    if any(value in {".", ".."} for value in variables.values()):
        return bad_request("A path parameter must not be '.' or '..'")
    path = _VARIABLE.sub(lambda match: variables.get(match[1], match[0]), template)
    message.path = path if path.startswith("/") else f"/{path}"
    kept = message.query if parameters["includeQueryParams"] else ""
    message.query = "&".join(part for part in (query, kept) if part)
    return None


def _variables(target: str, path: str) -> dict[str, str]:
    """The values of a template's parameters in the path, segment by segment, as long as the two agree."""
    found: dict[str, str] = {}
    for expected, segment in zip(target.split("/"), path.split("/"), strict=False):
        names = _VARIABLE.findall(expected)
        if not names:
            if expected != segment:
                break
            continue
        pattern = "(.+)".join(re.escape(literal) for literal in _VARIABLE.sub("\0", expected).split("\0"))
        match = re.fullmatch(pattern, segment, re.DOTALL)
        if match is None:
            break
        found |= dict(zip(names, match.groups(), strict=False))
    return found
