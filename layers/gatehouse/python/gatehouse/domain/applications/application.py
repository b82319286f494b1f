"""An application is a developer's program: it has keys to get tokens with, and subscriptions that say which APIs it may call.

An application belongs to one user, its owner, who may share it (`sharing`); nobody else may learn that it exists. What
the gateway knows of it are grants (`domain/applications/grant`), which change with it in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.applications.grant import (
    ApplicationGrant,
    ApplicationProfile,
    KeyType,
    SubscriptionStatus,
)
from gatehouse.domain.artifact import client_key
from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gatehouse.domain.people.identity import qualified
from gatehouse.domain.tokens.token import RESIDENT_KEY_MANAGER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.applications.registration import Registration
    from gatehouse.domain.artifact import ArtifactKey

DEFAULT_APPLICATION = "DefaultApplication"


class ApplicationStatus(StrEnum):
    """Where an application is in its life.

    One that is CREATED waits for an approval, and has no more grants than one that was REJECTED or is DELETE_PENDING. One
    that is DELETE_WAITING waits for the approval of its deletion and goes on until then. UPDATE_PENDING and UPDATE_REJECTED
    tell what became of a change: the application is as it was before.
    """

    CREATED = "CREATED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    UPDATE_PENDING = "UPDATE_PENDING"
    UPDATE_REJECTED = "UPDATE_REJECTED"
    DELETE_WAITING = "DELETE_WAITING"
    DELETE_PENDING = "DELETE_PENDING"

    @property
    def shown(self) -> str:
        """As the interfaces name it: whether a deletion waits or is under way, they do not tell apart."""
        return str(ApplicationStatus.DELETE_PENDING if self is ApplicationStatus.DELETE_WAITING else self)

    @property
    def serves(self) -> bool:
        """Whether the gateway knows the application."""
        return self.is_open or self is ApplicationStatus.DELETE_WAITING

    @property
    def is_open(self) -> bool:
        """Whether keys and subscriptions can be added."""
        return self in {
            ApplicationStatus.APPROVED,
            ApplicationStatus.UPDATE_PENDING,
            ApplicationStatus.UPDATE_REJECTED,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application. `owner` is a user name without its tenant, `policy` an application tier; times are epoch seconds.

    `subscriptions` is how many it has; it is counted by who writes them, not set here. `workflow` is the reference of what
    it waits for, "" for nothing. `groups` and the id of an `organization`, "" for none, are who uses it with its owner.
    """

    tenant: str
    id: str
    name: str
    owner: str
    policy: str
    description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    status: ApplicationStatus = ApplicationStatus.APPROVED
    created_at: int = 0
    updated_at: int = 0
    workflow: str = ""
    groups: tuple[str, ...] = ()
    organization: str = ""
    subscriptions: int = 0
    version: int = 0


class KeyMode(StrEnum):
    """How a key came about: MAPPED is a client that the developer had at the key manager, and that is not ours to change."""

    CREATED = "CREATED"
    MAPPED = "MAPPED"


class KeyState(StrEnum):
    """Whether there is a client: one that is CREATED waits for an approval, one that was REJECTED never gets any."""

    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationKey:
    """A client at a key manager that stands for an application; an application has one of each type at each.

    `key_manager` is a name to be shown; what counts is `key_manager_id`, which is "" for the resident one. `everybodys` says
    that all tenants have that key manager. `registration` is what a client that was made at an external one is changed by.
    `client_id` is "" until the key is COMPLETED; `workflow` is the reference of what it waits for.
    """

    tenant: str
    application_id: str
    id: str
    key_type: KeyType
    client_id: str = ""
    key_manager: str = RESIDENT_KEY_MANAGER
    key_manager_id: str = ""
    mode: KeyMode = KeyMode.CREATED
    grant_types: tuple[str, ...] = ()
    callback_url: str = ""
    properties: Mapping[str, object] = field(default_factory=dict, hash=False)
    everybodys: bool = False
    state: KeyState = KeyState.COMPLETED
    workflow: str = ""
    registration: Registration | None = field(default=None, repr=False)
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """That an application may call an API, on a plan. There is one per application and API.

    `requested` is the plan that it waits to be moved to, `workflow` the reference of what it waits for; "" for none. One that
    was blocked before it began to wait stays so at the gateway: `blocked_as` says how, None for not at all. `tenant` is the
    application's; `abroad` is that of the API where it is another, else "".
    """

    tenant: str
    id: str
    application_id: str
    api_id: str
    policy: str
    status: SubscriptionStatus = SubscriptionStatus.UNBLOCKED
    created_at: int = 0
    requested: str = ""
    workflow: str = ""
    blocked_as: SubscriptionStatus | None = None
    abroad: str = ""
    version: int = 0

    @property
    def api_tenant(self) -> str:
        """The tenant of the API, whose plan it is, and who decides about it."""
        return self.abroad or self.tenant

    @property
    def takes_place(self) -> bool:
        """Whether it counts among those that its plan takes: one that was rejected does not."""
        return self.status is not SubscriptionStatus.REJECTED


def application_profile(application: Application) -> ApplicationProfile:
    """What the gateway knows of an application, whatever keys it has."""
    return ApplicationProfile(
        application_id=application.id,
        name=application.name,
        owner=qualified(application.tenant, application.owner),
        policy=application.policy,
    )


def application_grant(application: Application, key: ApplicationKey) -> ApplicationGrant:
    """What the gateway knows of a key."""
    return application_profile(application).with_key(key.key_type)


def grant_key(key: ApplicationKey) -> ArtifactKey:
    """Where the gateway finds the application of a key."""
    return client_key(key.tenant, key.client_id, key.key_manager_id)


class ApplicationExists(Conflict):
    """The owner has an application of this name."""

    code = 900301
    message = "The application already exists"
    default_description = "You have an application of this name already."


class ApplicationNotFound(NotFound):
    """There is no such application, or it is somebody else's."""

    code = 900307
    message = "Application not found"

    @classmethod
    def by_id(cls, application_id: str) -> ApplicationNotFound:
        """The one sentence for absent and forbidden alike."""
        return cls(f"Requested application with Id '{application_id}' not found")


class ApplicationInactive(Invalid):
    """The application is being deleted, or nobody has approved it."""

    code = 900309
    message = "Application is not active"
    default_description = "The application is being deleted. Repeat the deletion if it does not go away."

    @classmethod
    def because(cls, application: Application) -> ApplicationInactive:
        """Says what it is instead."""
        reasons = {
            ApplicationStatus.CREATED: "The application waits for an approval.",
            ApplicationStatus.REJECTED: "The application was rejected.",
            ApplicationStatus.DELETE_WAITING: "The deletion of the application waits for an approval.",
        }
        return cls(reasons.get(application.status, ""), application=application.id)


class TierInvalid(Invalid):
    """There is no such tier."""

    code = 900305
    message = "The tier name is invalid"


class KeyExists(Conflict):
    """The application has a key of this type at this key manager."""

    code = 901408
    message = "Application already registered"
    default_description = "Keys of this type exist already for the application and the key manager."


class KeyNotFound(NotFound):
    """The application has no such key."""

    code = 900331
    message = "Application key mapping not found"
    default_description = "The application has no such keys."


class KeyManagerUnknown(Invalid):
    """There is no such key manager."""

    code = 901403
    message = "Key manager not registered"


class SubscriptionExists(Conflict):
    """The application is subscribed to the API."""

    code = 900336
    message = "Subscription already exists"
    default_description = "The application is subscribed to this API already."


class SubscriptionNotFound(NotFound):
    """There is no such subscription, or it is somebody else's."""

    code = 900310
    message = "Subscription not found"

    @classmethod
    def by_id(cls, subscription_id: str) -> SubscriptionNotFound:
        """The one sentence for absent and forbidden alike."""
        return cls(f"Requested subscription with Id '{subscription_id}' not found")


class TierNotAllowed(Forbidden):
    """The API does not offer this plan."""

    code = 902002
    message = "Subscription tier is not allowed"


class NotSubscribable(Invalid):
    """The API is in a state in which it takes no new subscriptions."""

    message = "The API takes no subscriptions"


class PlanFull(Conflict):
    """The API has as many subscriptions on this plan as the plan takes."""

    message = "The business plan is full"


class PlanFrozen(Conflict):
    """The subscription is in a state in which its plan cannot be changed."""

    code = 902022
    message = "Invalid state for a change of the business plan"
