"""Rulesets that every tenant has."""

from __future__ import annotations

import hashlib
import uuid

from gatehouse.adapters.linting.ruleset import shipped
from gatehouse.adapters.linting.running import rules_of
from gatehouse.domain.publishing.governance import ArtifactType, Ruleset, RuleType

PROVIDER = "Gatehouse"
_NAMESPACE = uuid.UUID("0b3f7a35-6a07-4c7f-8c3c-6a0f3a5d9a01")

_SHIPPED = {
    "rest": (
        "REST API Design Guidelines",
        "Names that read alike, answers that can be relied on, words for people",
        RuleType.API_DEFINITION,
    ),
    "security": (
        "API Security Guidelines",
        "How an API is set up to be called: over TLS, by callers who are known",
        RuleType.API_METADATA,
    ),
    "owasp": (
        "OWASP API Security Top 10",
        "What definitions can say about the best-known risks of APIs",
        RuleType.API_DEFINITION,
    ),
}


def made() -> dict[str, tuple[Ruleset, bytes]]:
    """Each with its text, by id. They belong to no tenant and have no times."""
    found = {}
    for name, (title, description, rule_type) in _SHIPPED.items():
        content = shipped(name)
        ruleset_id = str(uuid.uuid5(_NAMESPACE, name))
        ruleset = Ruleset(
            tenant="",
            id=ruleset_id,
            name=title,
            description=description,
            rule_type=rule_type,
            artifact_type=ArtifactType.REST_API,
            provider=PROVIDER,
            documentation="",
            content=hashlib.sha256(content).hexdigest(),
            rules=tuple(rules_of(content)),
            created_at=0,
            updated_at=0,
            by=PROVIDER,
            updated_by=PROVIDER,
        )
        found[ruleset_id] = (ruleset, content)
    return found
