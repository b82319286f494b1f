"""Recovery codes in memory, verified by tests/contract/test_recovery.py; and a letter box."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from gatehouse.ports.people.mail import Letter
    from gatehouse.ports.people.recovery import RecoveryCode


class InMemoryRecoveryCodes:
    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], RecoveryCode] = {}
        self._last: dict[tuple[str, str], RecoveryCode] = {}
        self._lock = Lock()

    def issue(self, code: RecoveryCode, *, pause_seconds: int) -> bool:
        with self._lock:
            last = self._last.get((code.tenant, code.user.lower()))
            if last is not None:
                if last.issued_at > code.issued_at - pause_seconds:
                    return False
                self._codes.pop((last.tenant, last.digest), None)
            self._last[code.tenant, code.user.lower()] = code
            self._codes[code.tenant, code.digest] = code
            return True

    def get(self, tenant: str, digest: str) -> RecoveryCode | None:
        return self._codes.get((tenant, digest))

    def take(self, code: RecoveryCode) -> bool:
        with self._lock:
            return self._codes.pop((code.tenant, code.digest), None) is not None


class LetterBox:
    """Keeps what was sent; while it is `broken` nothing can be."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.broken = False

    def send(self, letter: Letter) -> None:
        if self.broken:
            raise Unavailable
        self.letters.append(letter)
