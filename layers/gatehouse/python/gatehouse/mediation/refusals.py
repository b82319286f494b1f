"""Refusals: the stops that policies share. Whose fault it is decides: a caller's is a 400, a backend's a 500 with code 601000."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.mediation.message import Stop

if TYPE_CHECKING:
    from gatehouse.mediation.message import Message

MEDIATION_ERROR = "601000"
_STATUS_REPORT = "Status report"


def refused(message: Message, description: str) -> Stop:
    """A message that is not as it must be: 400 for a request; for a response 601000, since its caller cannot help it."""
    return failed(description) if is_response(message) else bad_request(description)


def bad_request(description: str) -> Stop:
    """WSO2's answer to a threat, and to what breaks a schema."""
    return Stop(status=400, code="400", type=_STATUS_REPORT, message="Bad Request", description=description)


def failed(description: str) -> Stop:
    """Mediation cannot go on, through no fault of the caller's."""
    return Stop(status=500, code=MEDIATION_ERROR, type=_STATUS_REPORT, message="Runtime Error", description=description)


def unreadable(message: Message) -> Stop:
    """The body is compressed: 415 for a request (RFC 9110 §15.5.16)."""
    description = f"A body with content-encoding '{message.header('content-encoding')[:50]}' cannot be read by this API"
    if is_response(message):
        return failed(description)
    return Stop(
        status=415,
        code="415",
        type=_STATUS_REPORT,
        message="Unsupported Media Type",
        description=description,
        headers=(("accept-encoding", "identity"),),
    )


def forbidden(*, description: str) -> Stop:
    """A 403 in the shape of the authentication errors."""
    return Stop(status=403, code="403", message="Forbidden", description=description)


def unauthorized(*, code: str, message: str, description: str) -> Stop:
    """A 401 in the shape of the authentication errors, with the challenge that RFC 6750 §3 asks for."""
    challenge = 'Bearer realm="WSO2 API Manager", error="invalid_token"'
    return Stop(
        status=401, code=code, message=message, description=description, headers=(("www-authenticate", challenge),)
    )


def is_response(message: Message) -> bool:
    """Whether the message goes towards the caller."""
    return message.status != 0
