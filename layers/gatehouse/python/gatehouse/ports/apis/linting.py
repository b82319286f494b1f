"""Linting: running rulesets over documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.publishing.governance import Finding, Rule


class Linter(Protocol):
    """Understands rulesets as Spectral has them, as far as they hold no code and lead to no other place."""

    def rules(self, content: bytes) -> Sequence[Rule]:
        """The rules of a ruleset that are on, by name. Raises RulesetInvalid with every problem and the line of each."""
        ...

    def lint(
        self,
        content: bytes,
        document: Any,  # noqa: ANN401 -- whatever JSON holds
        *,
        file: str,
        seconds: float,
    ) -> list[Finding]:
        """What in this document breaks the rules; `file` is the path by which overrides name it.

        A rule that is not judged within this time is taken for broken. Raises RulesetInvalid.
        """
        ...
