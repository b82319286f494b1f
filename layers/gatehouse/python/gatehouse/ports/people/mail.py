"""Mail to people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to one address, in plain text, or in HTML when it begins with a `<`. The text may hold a secret."""

    to: str
    subject: str
    text: str = field(repr=False)


class Mail(Protocol):
    """Sending letters."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises Unavailable; also when no sender has been set."""
        ...
