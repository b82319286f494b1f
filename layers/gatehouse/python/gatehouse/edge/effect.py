"""When a change holds: every answer to one says within how many seconds all environments of the gateway follow it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.edge.http import Answer

HEADER = "Effective-Within"
HEADERS = {HEADER: "Seconds after which the change holds in all environments of the gateway"}
"""How the operations that change something declare it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """`seconds` is the stage's `max_staleness`."""

    seconds: float

    def of(self, answer: Answer) -> Answer:
        """The answer to a change."""
        return replace(answer, headers={**answer.headers, HEADER: str(math.ceil(self.seconds))})
