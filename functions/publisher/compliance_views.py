"""How the publisher interface shows what governance says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.publishing.governance import Reaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.governance.enforcement import Judged


def compliance(judged: Sequence[Judged]) -> dict[str, Any]:
    """What governance says of a step that is not taken."""
    blocked = any(one.reaction is Reaction.BLOCK for one in judged)
    return {
        "result": "fail" if blocked else "pass",
        "violations": [
            {
                "policy": one.violation.policy,
                "ruleset": one.violation.ruleset,
                "rule": one.violation.finding.rule,
                "severity": one.violation.finding.severity,
                "action": one.reaction,
                "path": one.violation.finding.path,
                "message": one.violation.finding.message,
            }
            for one in judged
        ],
    }
