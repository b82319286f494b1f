"""What the control plane writes for a call to be admitted by: the application behind a credential, and its subscription.

These are the bodies of artifacts (`domain/artifact`); what is called is in `domain/publishing/deployed`.
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

    @property
    def blocked(self) -> bool:
        """Whether the provider admits no calls, or none for production."""
        return self in {SubscriptionStatus.BLOCKED, SubscriptionStatus.PROD_ONLY_BLOCKED}

    @property
    def approved(self) -> bool:
        """Whether somebody has approved the subscription, or nobody had to."""
        return self not in {SubscriptionStatus.ON_HOLD, SubscriptionStatus.REJECTED}


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
class ApplicationProfile:
    """An application by itself, for credentials that name it and bring their own type of key."""

    application_id: str
    name: str
    owner: str
    policy: str

    def with_key(self, key_type: KeyType) -> ApplicationGrant:
        """The grant of a credential of this type."""
        return ApplicationGrant(
            application_id=self.application_id, name=self.name, owner=self.owner, policy=self.policy, key_type=key_type
        )

    def to_body(self) -> dict[str, object]:
        """The artifact's body."""
        return asdict(self)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> ApplicationProfile:
        """Read back what `to_body` wrote."""
        return cls(**body)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyGrant:
    """What an API key opens, and from where. An `api_id` binds it to that API; without an application it opens nothing.

    `addresses` are IP networks and `referers` globs (`applications.restriction`); () restricts nothing. `expires_at` is in epoch
    seconds, 0 is never.
    """

    key_id: str
    application_id: str
    api_id: str
    key_type: KeyType
    owner: str
    addresses: tuple[str, ...] = ()
    referers: tuple[str, ...] = ()
    expires_at: int = 0

    def to_body(self) -> dict[str, object]:
        """The artifact's body."""
        return {**asdict(self), "addresses": list(self.addresses), "referers": list(self.referers)}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> ApiKeyGrant:
        """Read back what `to_body` wrote."""
        typed = {
            "key_type": KeyType(body["key_type"]),
            "addresses": tuple(body["addresses"]),
            "referers": tuple(body["referers"]),
        }
        return cls(**{**body, **typed})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalKeyGrant:
    """For how long a key for trying an API out may be used, and who has made it (a full user name). Epoch seconds."""

    owner: str
    expires_at: int

    def to_body(self) -> dict[str, object]:
        """The artifact's body."""
        return asdict(self)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> InternalKeyGrant:
        """Read back what `to_body` wrote."""
        return cls(**body)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateGrant:
    """What a client certificate opens an API for: `tier` is a subscription tier. It is valid within two epoch seconds.

    The dates are those in the certificate, read when it was uploaded: its fingerprint says that it is the same one.
    """

    alias: str
    tier: str
    key_type: KeyType
    not_before: int
    not_after: int

    def to_body(self) -> dict[str, object]:
        """The artifact's body."""
        return asdict(self)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> CertificateGrant:
        """Read back what `to_body` wrote."""
        return cls(**{**body, "key_type": KeyType(body["key_type"])})
