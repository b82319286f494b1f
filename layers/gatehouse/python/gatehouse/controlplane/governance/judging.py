"""Judging: an API is held against rulesets. What of it a ruleset is about, is what the ruleset looks at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.project import enveloped
from gatehouse.controlplane.publishing.endpoints import redacted
from gatehouse.domain.apis.streaming import is_streaming
from gatehouse.domain.portal.vocabulary import LABELS
from gatehouse.domain.publishing.governance import Ruleset, RuleType, artifact_type_of
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.governance.rulesets import RulesetShelf
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.publishing.governance import Finding
    from gatehouse.ports.apis.linting import Linter
    from gatehouse.ports.portal.records import RecordLookup
    from gatehouse.ports.world import Blobs, Clock

SECONDS = 6.0
"""How long an API may be judged by all of its rulesets. Clients wait 10 s for an import, which does more than that."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An API that is judged: as it is kept, or shall be. `definition` is None when it stands where the API says."""

    api: Api
    definition: bytes | None = None

    @property
    def labels(self) -> Sequence[str]:
        """The ids of its labels."""
        return self.api.document.get(LABELS) or ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Runs rulesets over APIs. `documents` are read where a ruleset is about those."""

    shelf: RulesetShelf
    documents: RecordLookup
    blobs: Blobs
    linter: Linter
    clock: Clock

    def findings(self, subject: Subject, rulesets: Sequence[Ruleset]) -> dict[str, list[Finding]]:
        """What breaks the rules, by ruleset; those for APIs of another kind are left out."""
        api = subject.api
        deadline = self.clock.now() + SECONDS
        kind = artifact_type_of(api.document)
        seen: dict[RuleType, Any] = {}
        found = {}
        for ruleset in rulesets:
            if ruleset.artifact_type is not kind:
                continue
            if ruleset.rule_type not in seen:
                seen[ruleset.rule_type] = self._looked_at(subject, ruleset.rule_type)
            content = self.shelf.content(api.tenant, ruleset)
            left = max(0.0, deadline - self.clock.now())
            found[ruleset.id] = self.linter.lint(
                content, seen[ruleset.rule_type], file=file_of(api, ruleset.rule_type), seconds=left
            )
        return found

    def _looked_at(self, subject: Subject, kind: RuleType) -> Any:  # noqa: ANN401 -- whatever JSON holds
        api = subject.api
        match kind:
            case RuleType.API_DEFINITION:
                content = subject.definition or self.blobs.get(api.tenant, api.definition)
                return json.loads(content)
            case RuleType.API_METADATA:
                return metadata_of(api)
            case RuleType.API_DOCUMENTATION:
                kept = self.documents.all(api.tenant, Kind.DOCUMENT, api.id)
                return {"documents": [{**one.body, "name": one.name} for one in kept]}


def file_of(api: Api, kind: RuleType) -> str:
    """How rulesets name what is looked at: as in the API's archive, `Pizza-1.0.0/Definitions/swagger.yaml`."""
    match kind:
        case RuleType.API_DEFINITION:
            name = f"Definitions/{'asyncapi' if is_streaming(api.document) else 'swagger'}.yaml"
        case RuleType.API_METADATA:
            name = "api.yaml"
        case RuleType.API_DOCUMENTATION:
            name = "Docs/documents.yaml"
    return f"{api.name}-{api.version}/{name}"


def metadata_of(api: Api) -> dict[str, Any]:
    """An API as the `api.yaml` of its archive shows it, without secrets."""
    own = {
        "id": api.id,
        "name": api.name,
        "version": api.version,
        "context": api.context,
        "provider": api.provider,
        "lifeCycleStatus": api.state.value,
    }
    return enveloped("api", {**redacted(api.document), **own})
