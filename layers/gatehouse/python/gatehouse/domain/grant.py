"""What the control plane writes for a call to be admitted by: the deployed API, the application, the subscription.

These are the bodies of artifacts (`domain/artifact`). Only the publisher's compilation makes a `DeployedApi`.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedOperation:
    """One operation of a deployed API. `target` is a path template (`/menu/{item}`, a trailing `/*` is a wildcard).

    `scopes` are any-of. `authenticated` False is WSO2's authType `None`. `policy` is an advanced tier.
    """

    verb: str
    target: str
    scopes: tuple[str, ...] = ()
    authenticated: bool = True
    policy: str = "Unlimited"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedApi:
    """A revision as the gateway serves it.

    `base_path` has the version in place and no tenant prefix. `policy` is the advanced tier of the whole API, or None
    when each operation has its own. An endpoint is an absolute http(s) URL without a trailing slash, or None.
    """

    id: str
    tenant: str
    name: str
    version: str
    context: str
    base_path: str
    provider: str
    revision: int
    policy: str | None
    production_endpoint: str | None
    sandbox_endpoint: str | None
    authorization_header: str
    audiences: tuple[str, ...]
    operations: tuple[DeployedOperation, ...]

    def to_body(self) -> dict[str, object]:
        """The artifact's body."""
        return asdict(self)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> DeployedApi:
        """Read back what `to_body` wrote."""
        operations = tuple(
            DeployedOperation(**{**operation, "scopes": tuple(operation["scopes"])}) for operation in body["operations"]
        )
        return cls(**{**body, "audiences": tuple(body["audiences"]), "operations": operations})
