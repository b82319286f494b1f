"""Running: every rule of a ruleset over one document, as long as there is time."""

from __future__ import annotations

import hashlib
import json
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.linting.resolving import Resolved
from gatehouse.adapters.linting.rules import TOO_SLOW, CompiledRule, Late
from gatehouse.adapters.linting.ruleset import Compiled
from gatehouse.domain.publishing.governance import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.publishing.governance import Rule

FINDINGS_MAX = 100
"""How many findings of one rule are told."""

RULESETS_REMEMBERED = 100
RESULTS_REMEMBERED = 20

_remembered: dict[tuple[bytes, str, bytes], list[Finding]] = {}


def rules_of(content: bytes) -> list[Rule]:
    """The rules of a ruleset that are on. Raises RulesetInvalid."""
    return [rule.told for rule in _compiled(content).rules]


def findings_of(content: bytes, document: Any, *, file: str, seconds: float) -> list[Finding]:
    """What in this document, which is the file of this path, breaks the rules. Raises RulesetInvalid.

    What came out last is remembered: an import asks about the same definition when it creates, deploys and publishes.
    """
    asked = (content, file, hashlib.sha256(json.dumps(document).encode()).digest())
    if asked in _remembered:
        return list(_remembered[asked])
    found = _run(content, document, file, seconds)
    if all(one.conclusive for one in found):
        while len(_remembered) >= RESULTS_REMEMBERED:
            _remembered.pop(next(iter(_remembered)))
        _remembered[asked] = found
    return list(found)


def _run(content: bytes, document: Any, file: str, seconds: float) -> list[Finding]:
    deadline = time.monotonic() + seconds
    resolved = Resolved(document)

    def tick() -> None:
        if time.monotonic() > deadline:
            raise Late

    found: list[Finding] = []
    for rule in _compiled(content).rules_for(file):
        if rule.applies_to(document):
            found += _judged(rule, document, resolved, tick)
    return found


def _judged(rule: CompiledRule, document: Any, resolved: Resolved, tick: Callable[[], None]) -> list[Finding]:
    """The findings of a rule, each once: what is referred to often is written once."""
    found: dict[Finding, None] = {}
    try:
        tick()
        for one in rule.judge(document, resolved, tick):
            found[one] = None
            if len(found) >= FINDINGS_MAX:
                break
    except Late:
        found[Finding(rule.name, rule.severity, "", TOO_SLOW, conclusive=False)] = None
    return list(found)


@lru_cache(maxsize=RULESETS_REMEMBERED)
def _compiled(content: bytes) -> Compiled:
    return Compiled(content)
