"""Codes that let somebody set a new password once, kept as digests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCode:
    """A code that was sent to a user. `digest` is its SHA-256 in hexadecimal; times are in epoch seconds."""

    tenant: str
    user: str
    digest: str
    issued_at: int
    expires_at: int


class RecoveryCodes(Protocol):
    """Keeping codes, at most one for each user."""

    def issue(self, code: RecoveryCode, *, pause_seconds: int) -> bool:
        """Keep the code in place of the user's last; False when that was issued less than the pause ago."""
        ...

    def get(self, tenant: str, digest: str) -> RecoveryCode | None:
        """The code with this digest, or None. One that has expired may still be found."""
        ...

    def take(self, code: RecoveryCode) -> bool:
        """Use the code up. Of many who try at the same time one is told True."""
        ...
