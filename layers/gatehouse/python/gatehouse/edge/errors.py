"""Failures on the wire: one status table, one renderer per surface.

Management interfaces answer WSO2's envelope; OAuth endpoints answer RFC 6749 §5.2. SCIM (`edge/scim`) and the gateway
(`dataplane/answers/refusal`) have their own bodies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatehouse.domain.apis.service import ImportRefused
from gatehouse.domain.applications.registration import RegistrationFailed
from gatehouse.domain.errors import (
    Conflict,
    Forbidden,
    GatehouseError,
    Invalid,
    NotFound,
    Outdated,
    Throttled,
    Unauthenticated,
    Unavailable,
)
from gatehouse.domain.portal.sdk import SdkNotGenerated
from gatehouse.domain.publishing.external_store import ExternalStoreFailed
from gatehouse.domain.publishing.workflow import NothingPending
from gatehouse.domain.tokens.key_manager import KeyManagerInUse
from gatehouse.domain.tokens.oauth import (
    InvalidClient,
    InvalidGrant,
    InvalidScope,
    UnauthorizedClient,
    UnsupportedGrantType,
)
from gatehouse.domain.tokens.refusals import (
    AccessDenied,
    AuthorizationPending,
    ConsentRequired,
    ExpiredToken,
    InsufficientScope,
    InvalidTarget,
    InvalidToken,
    LoginRequired,
    RequestNotSupported,
    SlowDown,
    UnsupportedResponseType,
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
    # A dependency too, but to try again is of no use.
    RegistrationFailed: 500,
    SdkNotGenerated: 500,
    ExternalStoreFailed: 500,
    Outdated: 412,
    # WSO2's status for a precondition that is no header.
    KeyManagerInUse: 412,
    NothingPending: 412,
    ImportRefused: 412,
    GatehouseError: 500,
}

OAUTH_NAMES: dict[type[GatehouseError], str] = {
    SlowDown: "slow_down",
    AuthorizationPending: "authorization_pending",
    ExpiredToken: "expired_token",
    InvalidTarget: "invalid_target",
    AccessDenied: "access_denied",
    ConsentRequired: "consent_required",
    InsufficientScope: "insufficient_scope",
    InvalidToken: "invalid_token",
    LoginRequired: "login_required",
    RequestNotSupported: "request_not_supported",
    UnsupportedResponseType: "unsupported_response_type",
    InvalidClient: "invalid_client",
    InvalidGrant: "invalid_grant",
    InvalidScope: "invalid_scope",
    UnauthorizedClient: "unauthorized_client",
    UnsupportedGrantType: "unsupported_grant_type",
    Unauthenticated: "invalid_client",
    Forbidden: "access_denied",
    Unavailable: "temporarily_unavailable",
    Invalid: "invalid_request",
    NotFound: "invalid_request",
    Conflict: "invalid_request",
    Throttled: "temporarily_unavailable",
    GatehouseError: "server_error",
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
    return Answer(
        status=status, body=body, headers=headers_of(status, 'Bearer realm="Gatehouse", Basic realm="Gatehouse"')
    )


def oauth_terms(error: GatehouseError) -> tuple[str, str]:
    """A failure in OAuth's terms: its name and its description (RFC 6749 §4.1.2.1, §5.2)."""
    name = next(OAUTH_NAMES[kind] for kind in type(error).__mro__ if kind in OAUTH_NAMES)
    # The RFC allows neither quotes and backslashes nor anything beyond ASCII in a description.
    return name, re.sub(r"[^\x20\x21\x23-\x5b\x5d-\x7e]", "?", error.description)


def oauth_error(error: GatehouseError) -> Answer:
    """RFC 6749 §5.2: `{error, error_description}`, never to be cached."""
    status = status_of(error)
    name, description = oauth_terms(error)
    challenge = 'Basic realm="Gatehouse"'
    if isinstance(error, InvalidToken | InsufficientScope):
        challenge = f'Bearer realm="Gatehouse", error="{name}", error_description="{description}"'
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache", **headers_of(status, challenge)}
    if isinstance(error, InsufficientScope):
        headers["WWW-Authenticate"] = challenge
    return Answer(status=status, body={"error": name, "error_description": description}, headers=headers)


def headers_of(status: int, challenge: str) -> dict[str, str]:
    """The headers that every answer of this status has."""
    headers: dict[str, str] = {}
    if status == STATUS[Unauthenticated]:
        headers["WWW-Authenticate"] = challenge
    if status in {STATUS[Unavailable], STATUS[Throttled]}:
        headers["Retry-After"] = "1"
    return headers
