"""The table behind the response caches of all environments: only where a stage asks for it.

It stands beside the gateway and not with what must survive: it may go at any time, and switching it off would there first
withdraw an export that the other stack still imports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.constructs.table import Table

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stage import Stage


def shared_responses(scope: Construct, stage: Stage) -> Table | None:
    """The table, or None."""
    if not stage.shared_response_cache:
        return None
    return Table(scope, "responses", stage, sorted_by_key=False, backed_up=False, kept=False)
