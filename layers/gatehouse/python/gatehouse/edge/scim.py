"""Failures of SCIM endpoints (RFC 7644 §3.12), and what only they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gatehouse.domain.errors import Conflict, GatehouseError, Invalid
from gatehouse.domain.people.identity import UserExists
from gatehouse.domain.people.role import RoleExists
from gatehouse.edge.errors import headers_of, status_of
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from gatehouse.domain.errors import FieldError

SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SCIM_MEDIA_TYPE = "application/scim+json"


class ScimInvalid(Invalid):
    """A SCIM request that cannot be understood; `scim_type` is the keyword of RFC 7644 §3.12 that says how."""

    def __init__(
        self, description: str = "", *, scim_type: str = "invalidValue", fields: tuple[FieldError, ...] = ()
    ) -> None:
        super().__init__(description, fields=fields)
        self.scim_type = scim_type


class VersionMismatch(Conflict):
    """The client has not seen the present version of what it wants to change (RFC 7644 §3.14)."""

    status: ClassVar[int] = 412
    message = "Precondition Failed"
    default_description = "It has changed since you read it. Read it again and repeat your change."


def scim_error(error: GatehouseError) -> Answer:
    """RFC 7644 §3.12: `{schemas, status, scimType?, detail}`; the status is a string."""
    status = error.status if isinstance(error, VersionMismatch) else status_of(error)
    body = {"schemas": [SCIM_ERROR], "status": str(status), "detail": error.description}
    if isinstance(error, UserExists | RoleExists):
        body["scimType"] = "uniqueness"
    if isinstance(error, Invalid):
        body["scimType"] = error.scim_type if isinstance(error, ScimInvalid) else "invalidValue"
    headers = headers_of(status, 'Bearer realm="Gatehouse", Basic realm="Gatehouse"')
    return Answer(status=status, body=body, headers=headers, media_type=SCIM_MEDIA_TYPE)
