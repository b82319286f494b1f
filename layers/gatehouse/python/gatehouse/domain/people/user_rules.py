"""User rules are what a user store asks of names and passwords, before any of them is kept.

A tenant's administrator sets them in the tenant's configuration, below `PrimaryUserStore`, by the names that WSO2's user
stores have for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTION = "PrimaryUserStore"

USERNAME_PATTERN = r"[\pL\pM\pN_.+\-@]{3,}"
PASSWORD_PATTERN = r"(?s).{5,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRules:
    """Regular expressions of RE2 that must match the whole, and what is said when one does not."""

    username_pattern: str = USERNAME_PATTERN
    username_problem: str = "must have at least 3 letters, digits, dots, hyphens, underscores, plus or at signs"
    password_pattern: str = PASSWORD_PATTERN
    password_problem: str = "must have at least 5 characters"

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> UserRules:
        """The rules of a tenant's configuration; what it does not say, or says in another type, is as it is by default."""
        section = configuration.get(SECTION)
        told: Mapping[str, Any] = section if isinstance(section, dict) else {}
        return cls(
            **_rule(told, "Username", "username", USERNAME_PATTERN),
            **_rule(told, "Password", "password", PASSWORD_PATTERN),
        )


def _rule(told: Mapping[str, Any], wire: str, field: str, default: str) -> dict[str, str]:
    pattern = told.get(f"{wire}JavaRegEx")
    if not isinstance(pattern, str) or pattern in {"", default}:
        return {}
    problem = told.get(f"{wire}JavaRegExViolationErrorMsg")
    said = problem if isinstance(problem, str) and problem else f"must match {wire}JavaRegEx: {pattern}"
    return {f"{field}_pattern": pattern, f"{field}_problem": said}
