"""Passwords, hashed with argon2id (RFC 9106; parameters of its second recommended option, 64 MiB)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """Implements `ports.identity.Passwords`."""

    def __init__(self) -> None:
        """With RFC 9106's low-memory profile, which fits the smallest function."""
        self._hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)

    def hash(self, password: str) -> str:
        """A salted argon2id hash as a PHC string."""
        return self._hasher.hash(password)

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether this is the password."""
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
