"""A served API is a deployed revision made ready for matching: exact paths first, then templates, then wildcards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatehouse.domain.deployed import ApiType, DeployedApi

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gatehouse.domain.deployed import DeployedOperation

_PARAMETER = re.compile(r"\{[^/{}]+\}")
_WILDCARD = "/*"

Verbs = dict[str, "DeployedOperation"]


class ServedApi:
    """A `DeployedApi` with its life-cycle state and its operations indexed by path. Built once per environment.

    The operations of a GraphQL API are no paths: `fields` has them, by kind and name.
    """

    __slots__ = ("_exact", "_templates", "_wildcards", "authorization_header", "deployed", "fields", "state")

    def __init__(self, body: Mapping[str, Any], state: str) -> None:
        self.deployed = DeployedApi.from_body(body)
        self.state = state
        self.authorization_header = self.deployed.access.authorization_header.lower()
        is_graphql = self.deployed.type is ApiType.GRAPHQL
        self.fields = {(one.verb, one.target): one for one in self.deployed.operations} if is_graphql else {}
        self._exact: dict[str, Verbs] = {}
        templates: dict[str, Verbs] = {}
        wildcards: dict[str, Verbs] = {}
        for operation in () if is_graphql else self.deployed.operations:
            target = operation.target
            if target.endswith(_WILDCARD):
                index, key = wildcards, target.removesuffix(_WILDCARD)
            elif "{" in target:
                index, key = templates, target
            else:
                index, key = self._exact, _without_slash(target)
            index.setdefault(key, {})[operation.verb] = operation
        # The more literal text a template has, the more specific it is; longer wildcards win over shorter ones.
        self._templates = [
            (_compiled(key, "$"), templates[key]) for key in sorted(templates, key=_literal_length, reverse=True)
        ]
        self._wildcards = [
            (_compiled(key, "(?:/.*)?$"), wildcards[key])
            for key in sorted(wildcards, key=_literal_length, reverse=True)
        ]

    def verbs(self, suffix: str) -> Verbs | None:
        """The operations on this path (behind the base path), by verb; None when no path of the API matches."""
        path = _without_slash(suffix)
        if (exact := self._exact.get(path)) is not None:
            return exact
        for pattern, verbs in self._templates:
            if pattern.match(path):
                return verbs
        for pattern, verbs in self._wildcards:
            if pattern.match(path):
                return verbs
        return None


def path_variables(template: str, suffix: str) -> dict[str, str]:
    """The values of a template's parameters in a path that it matches: `/items/{id}` on `/items/7` is `{"id": "7"}`."""
    names = [name[1:-1] for name in _PARAMETER.findall(template)]
    literals = _PARAMETER.split(template.removesuffix(_WILDCARD).rstrip("/"))
    pattern = "([^/]+)".join(re.escape(literal) for literal in literals)
    match = re.match(pattern, _without_slash(suffix))
    return dict(zip(names, match.groups(), strict=False)) if match else {}


def _without_slash(path: str) -> str:
    return path.rstrip("/") or "/"


def _literal_length(template: str) -> int:
    return len(_PARAMETER.sub("", template))


def _compiled(template: str, ending: str) -> re.Pattern[str]:
    literals = _PARAMETER.split(template.rstrip("/"))
    return re.compile("[^/]+".join(re.escape(literal) for literal in literals) + ending)
