"""A denial (deny policy, blocking condition) shuts out calls by API, application, user, address or subscription."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain import body as bodies
from gatehouse.domain.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping


class DenialKind(StrEnum):
    """What is shut out. The values are the admin interface's `conditionType`."""

    API = "API"
    APPLICATION = "APPLICATION"
    USER = "USER"
    IP = "IP"
    IP_RANGE = "IPRANGE"
    SUBSCRIPTION = "SUBSCRIPTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """One condition. What its `value` is depends on the kind.

    * API: the context with the version, `/menu/1.0.0` (`/t/{tenant}/…` outside the super tenant)
    * APPLICATION: `{owner}:{name}`, the owner as a full user name (`mary@carbon.super:Kiosk`)
    * USER: `{user}@{tenant}`
    * IP: an address; IPRANGE: two addresses, both included, with a blank between them
    * SUBSCRIPTION: `{context with version}:{version}:{owner}-{application}:{keyType}`, the owner as above

    `inverted`, of addresses only, shuts out all others. `until` is in epoch seconds, 0 is for good.
    """

    id: str
    kind: DenialKind
    value: str
    inverted: bool = False
    enabled: bool = True
    until: int = 0

    def to_body(self) -> dict[str, Any]:
        """The artifact's body."""
        body: dict[str, Any] = bodies.to_body(self)
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Denial:
        """Read back what `to_body` wrote."""
        return bodies.from_body(cls, body)


class DenialExists(Conflict):
    """The tenant shuts out the same already."""

    code = 900979
    message = "Block condition already exists"
    default_description = "There is a deny policy of this type and value already."


class DenialNotFound(NotFound):
    """The tenant has no such deny policy."""

    message = "Deny policy not found"
    default_description = "There is no such deny policy."


class UnknownContext(Invalid):
    """No API has this context and version."""

    code = 900977
    message = "Unsupported API context"


class UnknownApplication(Invalid):
    """There is no such application."""

    code = 900978
    message = "Unsupported application"
