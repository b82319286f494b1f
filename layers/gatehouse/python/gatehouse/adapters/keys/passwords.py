"""Passwords, hashed with argon2id (RFC 9106; parameters of its second recommended option, 64 MiB).

Passwords are compared in Unicode's form NFC, as RFC 8265 §4.2 has it: how a keyboard composes a letter makes no difference.
The library is loaded by the first password: the gateway's import budget has no room for it.
"""

from __future__ import annotations

import os
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


class Argon2Passwords:
    """Implements `ports.people.identity.Passwords` and `ports.people.identity.PasswordCheck`."""

    def hash(self, password: str) -> str:
        """A salted argon2id hash as a PHC string."""
        return self._hasher.hash(_normalized(password))

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether this is the password. "" as hash, an unknown user's, takes as long and never matches."""
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 -- see the module

        # Made at the first question, whoever it is about: the time of an answer must not tell who exists.
        decoy = self._decoy
        try:
            self._hasher.verify(password_hash or decoy, _normalized(password))
        except (VerificationError, InvalidHashError):
            return False
        return bool(password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than a hash would be now."""
        from argon2.exceptions import InvalidHashError  # noqa: PLC0415 -- see the module

        try:
            return self._hasher.check_needs_rehash(password_hash)
        except InvalidHashError:
            return False

    @cached_property
    def _hasher(self) -> PasswordHasher:
        """RFC 9106's low-memory profile, which fits the smallest function."""
        from argon2 import PasswordHasher  # noqa: PLC0415 -- see the module

        return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)

    @cached_property
    def _decoy(self) -> str:
        return self.hash(os.urandom(32).hex())


def _normalized(password: str) -> str:
    return unicodedata.normalize("NFC", password)
