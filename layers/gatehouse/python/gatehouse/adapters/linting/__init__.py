"""Rulesets as Spectral has them. There is no library for that in Python that is looked after; the parts are others'.

No ruleset runs code, leads anywhere or takes for ever: each pattern has a time, and so have all rules together.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.publishing.governance import Finding, Rule, Ruleset


class SpectralLinter:
    """Implements `ports.apis.linting.Linter`. Only who runs a ruleset pays for the libraries."""

    def rules(self, content: bytes) -> Sequence[Rule]:
        """The rules of a ruleset that are on. Raises RulesetInvalid."""
        from gatehouse.adapters.linting.running import rules_of  # noqa: PLC0415 -- as above

        return rules_of(content)

    def lint(self, content: bytes, document: Any, *, file: str, seconds: float) -> list[Finding]:
        """What in this document breaks the rules. Raises RulesetInvalid."""
        from gatehouse.adapters.linting.running import findings_of  # noqa: PLC0415 -- as above

        return findings_of(content, document, file=file, seconds=seconds)


@cache
def shipped_rulesets() -> Mapping[str, tuple[Ruleset, bytes]]:
    """The rulesets that every tenant has, each with its text, by id."""
    from gatehouse.adapters.linting.shipped import made  # noqa: PLC0415 -- as above

    return made()
