"""A webhook is where an application has the events of an API's topic sent to, for as long as its lease runs.

It belongs to a subscription and goes with it. An application has one for each topic and callback.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from gatehouse.domain.applications.grant import KeyType

WEBHOOKS_MAX = 1_000
"""How many an application may have at one API when its plan names no `subscriberCount`."""


class Delivery(IntEnum):
    """How the last delivery went, as the store's interface says it."""

    FAILED = 0
    MADE = 1


class Standing(StrEnum):
    """What became of a subscriber's request."""

    ACCEPTED = "accepted"
    FULL = "full"  # the plan takes no more
    ENDED = "ended"  # there is no such subscription of the application to the API
    FORBIDDEN = "forbidden"  # the callback is an address that may not be called


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`topic` is an operation's target. Deliveries are counted as of this `key_type` and `subject` (as in `Identity`).

    Times are epoch seconds. `delivery` is None until there was one.
    """

    tenant: str
    application_id: str
    api_id: str
    topic: str
    callback: str
    secret: str = field(default="", repr=False)
    key_type: KeyType = KeyType.PRODUCTION
    subject: str = ""
    created_at: int = 0
    expires_at: int = 0
    delivered_at: int = 0
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A webhook that is asked for, as the gateway hands it to the hub.

    `topic_name` is the topic as the subscriber calls it. `places` is how many webhooks the application may have at the API.
    With `verified` it counts only once the callback has confirmed it.
    """

    webhook: Webhook
    topic_name: str
    lease_seconds: int
    places: int = WEBHOOKS_MAX
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a backend posted to a topic, as the gateway hands it to the hub. `id` is the call's name in logs and answers."""

    id: str
    tenant: str
    api_id: str
    topic: str
    content_type: str
    body: bytes = field(repr=False)
