"""What the control plane writes for a call to be admitted by: the application behind a credential, and its subscription.

These are the bodies of artifacts (`domain/artifact`); what is called is in `domain/deployed`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class KeyType(StrEnum):
    """Which of an API's endpoints a credential reaches."""

    PRODUCTION = "PRODUCTION"
    SANDBOX = "SANDBOX"


class SubscriptionStatus(StrEnum):
    """Whether a subscription admits calls."""

    UNBLOCKED = "UNBLOCKED"
    BLOCKED = "BLOCKED"
    PROD_ONLY_BLOCKED = "PROD_ONLY_BLOCKED"
    ON_HOLD = "ON_HOLD"
    REJECTED = "REJECTED"
    TIER_UPDATE_PENDING = "TIER_UPDATE_PENDING"
    DELETE_PENDING = "DELETE_PENDING"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationGrant:
    """The application behind a consumer key. `owner` is a full user name; `policy` is an application tier."""

    application_id: str
    name: str
    owner: str
    policy: str
    key_type: KeyType

    def to_body(self) -> dict[str, object]:
        """The artifact's body."""
        return asdict(self)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> ApplicationGrant:
        """Read back what `to_body` wrote."""
        return cls(**{**body, "key_type": KeyType(body["key_type"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionGrant:
    """A subscription of an application to an API; `policy` is a subscription tier (business plan)."""

    subscription_id: str
    policy: str
    status: SubscriptionStatus

    def to_body(self) -> dict[str, object]:
        """The artifact's body."""
        return asdict(self)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> SubscriptionGrant:
        """Read back what `to_body` wrote."""
        return cls(**{**body, "status": SubscriptionStatus(body["status"])})
