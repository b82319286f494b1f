"""Failures on the wire: one status table, one renderer per surface.

Management interfaces answer WSO2's envelope; OAuth endpoints answer RFC 6749 §5.2. The gateway has its own bodies
(`dataplane/refusal`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.errors import (
    Conflict,
    Forbidden,
    GatehouseError,
    Invalid,
    NotFound,
    Throttled,
    Unauthenticated,
    Unavailable,
)
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS: dict[type[GatehouseError], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Throttled: 429,
    Unavailable: 503,
    GatehouseError: 500,
}

if TYPE_CHECKING:
    ErrorRenderer = Callable[[GatehouseError], Answer]


def status_of(error: GatehouseError) -> int:
    """The HTTP status of the branch this error hangs on."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def management_error(error: GatehouseError) -> Answer:
    """WSO2's envelope: `{code, message, description, moreInfo, error: [{code, message, description}]}`."""
    status = status_of(error)
    details = [
        {"code": f"400_{problem.path}", "message": problem.problem, "description": problem.problem}
        for problem in error.fields
    ]
    # A missing right or credential is answered with an empty message, as WSO2 does: its clients compare the text.
    message = "" if isinstance(error, Unauthenticated) else error.message
    body = {
        "code": error.code,
        "message": message,
        "description": error.description,
        "moreInfo": "",
        "error": details,
    }
    headers: dict[str, str] = {}
    if status == STATUS[Unauthenticated]:
        headers["WWW-Authenticate"] = 'Bearer realm="Gatehouse", Basic realm="Gatehouse"'
    if status in {STATUS[Unavailable], STATUS[Throttled]}:
        headers["Retry-After"] = "1"
    return Answer(status=status, body=body, headers=headers)
