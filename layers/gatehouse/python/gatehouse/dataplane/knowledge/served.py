"""A served API is a deployed revision made ready for matching: exact paths first, then templates, then wildcards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatehouse.dataplane.knowledge.path_tree import PARAMETER, WILDCARD, PathTree
from gatehouse.domain.body import from_body
from gatehouse.domain.publishing.deployed import NO_MEDIATION, WITHOUT_PATHS, ApiType, DeployedApi, Mediation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gatehouse.domain.publishing.deployed import DeployedOperation

Verbs = dict[str, "DeployedOperation"]


class ServedApi:
    """A `DeployedApi` with its life-cycle state and its operations indexed by path. Built once per environment.

    `everywhere` is what happens to the calls of all APIs in its gateway environment, and `levels` how much is logged of
    this one's, by operation (`domain.publishing.log_level`).
    `credential_headers` are, in lower case, those that identify the caller to us and are no business of its backend. The
    operations of a GraphQL API are no paths: `fields` has them, by kind and name. Topics of WebSub are none either.
    """

    __slots__ = (
        "_exact",
        "_templates",
        "authorization_header",
        "credential_headers",
        "deployed",
        "everywhere",
        "fields",
        "levels",
        "state",
    )

    def __init__(
        self,
        body: Mapping[str, Any],
        state: str,
        everywhere: Mapping[str, Any] | None = None,
        log: Mapping[str, Any] | None = None,
    ) -> None:
        self.deployed = DeployedApi.from_body(body)
        self.everywhere = from_body(Mediation, everywhere) if everywhere else NO_MEDIATION
        self.state = state
        self.levels: Mapping[str, str] = log["levels"] if log else {}
        access = self.deployed.access
        self.authorization_header = access.authorization_header.lower()
        withheld = () if access.outbound_authorization else ("authorization",)
        self.credential_headers = frozenset({self.authorization_header, access.api_key_header.lower(), *withheld})
        kind = self.deployed.type
        fields = self.deployed.operations if kind is ApiType.GRAPHQL else ()
        self.fields = {(one.verb, one.target): one for one in fields}
        self._exact: dict[str, Verbs] = {}
        templates: dict[str, Verbs] = {}
        shapes: dict[str, str] = {}
        for operation in () if kind in WITHOUT_PATHS else self.deployed.operations:
            target = operation.target
            if "{" in target or target.endswith(WILDCARD):
                # Templates that differ in the names of their parameters alone are one path, with the verbs of all.
                first = shapes.setdefault(PARAMETER.sub("{}", target), target)
                templates.setdefault(first, {}).setdefault(operation.verb, operation)
            else:
                self._exact.setdefault(_without_slash(target), {})[operation.verb] = operation
        self._templates = PathTree(templates)

    def verbs(self, suffix: str) -> Verbs | None:
        """The operations on this path (behind the base path), by verb; None when no path of the API matches."""
        path = _without_slash(suffix)
        exact = self._exact.get(path)
        return exact if exact is not None else self._templates.find(path)


def path_variables(template: str, suffix: str) -> dict[str, str]:
    """The values of a template's parameters in a path that it matches: `/items/{id}` on `/items/7` is `{"id": "7"}`."""
    names = [name[1:-1] for name in PARAMETER.findall(template)]
    literals = PARAMETER.split(template.removesuffix(WILDCARD).rstrip("/"))
    pattern = "([^/]+)".join(re.escape(literal) for literal in literals)
    match = re.match(pattern, _without_slash(suffix))
    return dict(zip(names, match.groups(), strict=False)) if match else {}


def _without_slash(path: str) -> str:
    return path.rstrip("/") or "/"
