"""Where a user reads mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User


def mail_address(user: User) -> str:
    """The address that the user prefers, or else the first; "" when there is none."""
    emails: Any = user.profile.get("emails")
    known = [one for one in emails if isinstance(one, dict) and one.get("value")] if isinstance(emails, list) else []
    preferred = next((one for one in known if one.get("primary")), known[0] if known else {})
    return str(preferred.get("value", ""))
