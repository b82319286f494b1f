"""Credentials: one module per scheme says whether a call brings one, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Identity, Target


class Credential(Protocol):
    """A scheme of authentication."""

    def presented(self, call: Call, target: Target) -> str:
        """The credential that the call brings for this scheme, "" when it brings none."""
        ...

    def identify(self, presented: str, call: Call, target: Target) -> Identity | Refusal:
        """Whose it is, or what is wrong with it."""
        ...
