"""A sequence backend answers calls at the gateway itself: a definition as that of a custom policy, which ends in an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain import body as bodies
from gatehouse.domain.errors import Invalid, NotFound
from gatehouse.domain.publishing.operation_policy import Step  # noqa: TC001 -- bodies read annotations

if TYPE_CHECKING:
    from collections.abc import Mapping

SEQUENCES = "sequenceBackends"
"""The property of a document that has them, by side."""


class Side(StrEnum):
    """Whose calls it answers."""

    PRODUCTION = "PRODUCTION"
    SANDBOX = "SANDBOX"


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceBackend:
    """One. `content` is the blob key of what was sent."""

    id: str
    content: str
    steps: tuple[Step, ...]

    def to_body(self) -> dict[str, Any]:
        """As the document has it."""
        body: dict[str, Any] = bodies.to_body(self)
        return body


def sequences_of(document: Mapping[str, Any]) -> dict[Side, SequenceBackend]:
    """Those of a document."""
    kept = document.get(SEQUENCES) or {}
    return {side: bodies.from_body(SequenceBackend, kept[side]) for side in Side if side in kept}


class SequenceBackendNotFound(NotFound):
    """The API has none of this side."""

    code = 903250
    message = "Sequence backend not found"


class SequenceUnreadable(Invalid):
    """The sequence cannot be run here."""

    code = 900908
    message = "The sequence cannot be read"
