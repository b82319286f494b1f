"""Every failure a caller may be told about.

* GatehouseError
  + Invalid ............. the request cannot be understood
  + Unauthenticated ..... we do not know who is calling
  + Forbidden ........... we know, and they may not
  + NotFound ............ it does not exist, or the caller may not learn that it does
  + Conflict ............ it clashes with what is already there
  + Throttled ........... too much, too soon
  + Unavailable ......... a dependency failed; try again

A leaf lives beside its noun and carries WSO2's code. What the caller reads (`description`) and what only the log
gets (`facts`) are separate arguments: a fact never reaches the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field. `path` is dotted (`policies.0`, `endpointConfig.endpoint_type`); "" is the whole body."""

    path: str
    problem: str


class GatehouseError(Exception):
    """The root. `code` is WSO2's error code; where there is none, the HTTP status of the branch.

    `message` is the short title of the failure; `description` is one sentence that says what to do about it.
    """

    code: ClassVar[int] = 500
    message: ClassVar[str] = "Internal server error"
    default_description: ClassVar[str] = "The server could not complete the request."

    def __init__(self, description: str = "", *, fields: tuple[FieldError, ...] = (), **facts: object) -> None:
        """Keep what the caller reads (`description`, `fields`) apart from what only the log gets (`facts`)."""
        self.description = description or self.default_description
        self.fields = fields
        self.facts = facts
        super().__init__(self.description)


class Invalid(GatehouseError):
    """The request cannot be understood."""

    code = 400
    message = "Bad Request"
    default_description = "The request is not valid."

    @classmethod
    def field(cls, path: str, problem: str) -> Invalid:
        """A refusal that names one field: `Invalid.field("name", "must not be empty")`."""
        return cls(f"{path}: {problem}" if path else problem, fields=(FieldError(path, problem),))


class Unauthenticated(GatehouseError):
    """We do not know who is calling."""

    code = 401
    message = "Unauthorized"
    default_description = "Send an access token (Bearer) or a user name and password (Basic)."


class Forbidden(GatehouseError):
    """We know who is calling, and they may not."""

    code = 403
    message = "Forbidden"
    default_description = "You are not allowed to do this."


class NotFound(GatehouseError):
    """It does not exist, or the caller may not learn that it does: both answer alike."""

    code = 404
    message = "Not Found"
    default_description = "The requested resource does not exist."


class Conflict(GatehouseError):
    """It clashes with what is already there."""

    code = 409
    message = "Conflict"
    default_description = "The request clashes with what is already there."


class Changed(Conflict):
    """Somebody else changed it between the read and the write."""

    default_description = "It was changed by another request at the same time. Read it again and repeat your change."


class Outdated(Changed):
    """It has another version than the one that a change is for (`If-Match`, RFC 9110 §13.1.1)."""

    code = 412
    message = "Precondition Failed"
    default_description = "It has changed since the version that If-Match names. Read it again and repeat your change."


class Throttled(GatehouseError):
    """Too much, too soon."""

    code = 429
    message = "Too Many Requests"
    default_description = "Too many requests. Try again later."


class Unavailable(GatehouseError):
    """A dependency failed; the same request may succeed later."""

    code = 503
    message = "Service Unavailable"
    default_description = "A part of the service does not answer at the moment. Try again."
