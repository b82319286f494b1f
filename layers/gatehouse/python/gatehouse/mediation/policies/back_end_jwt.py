"""backEndJWT: tells the backend who calls, in a JWT that the gateway signs (WSO2's header `X-JWT-Assertion` and claim dialect).

The backend checks it with the key set at `/oauth2/jwks`. A header of this name from outside never gets this far.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from gatehouse.mediation.headers import NAME_PATTERN
from gatehouse.mediation.message import SigningFailed, Stop
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

LIFETIME_SECONDS = 900
ISSUER = "wso2.org/products/am"
UNSIGNED, SIGNED = "NONE", "SHA256withRSA"
BASE64, BASE64URL = "base64", "base64url"

_TOKEN_S_OWN = frozenset(
    {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "application", "tierInfo", "subscribedAPIs", "aut"}
)
"""Claims of the caller's token that are about the token, not about the caller."""

SPECIFICATION = Specification(
    name="backEndJWT",
    display_name="Backend JWT",
    description="Tells the backend who calls, through which application, in a signed JWT.",
    flows=(Flow.REQUEST,),
    category="Security",
    attributes=(
        Attribute(
            name="header", display_name="Header", default="X-JWT-Assertion", pattern=NAME_PATTERN,
            description="The header that carries it.",
        ),
        Attribute(
            name="signingAlgorithm", display_name="Signature", kind=Kind.ENUM, default=SIGNED, allowed=(SIGNED, UNSIGNED)
        ),
        Attribute(
            name="encoding", display_name="Encoding", kind=Kind.ENUM, default=BASE64URL, allowed=(BASE64, BASE64URL),
            description="base64 is for backends that do not know RFC 7515.",
        ),
        Attribute(name="dialect", display_name="Claim Dialect", default="http://wso2.org/claims/"),
        Attribute(
            name="tokenClaims", display_name="Claims of the Token", kind=Kind.BOOLEAN, default=True,
            description="Whether further claims of the caller's token are passed on.",
        ),
    ),
)  # fmt: skip


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Sets the header. Stops with 900900 when there is no signature to be had."""
    claims = _claims(parameters, situation)
    if parameters["signingAlgorithm"] == UNSIGNED:
        issued_at = int(situation.received_at)
        times = {"iat": issued_at, "exp": issued_at + LIFETIME_SECONDS}
        assertion = f"{_part({'typ': 'JWT', 'alg': 'none'})}.{_part({**claims, **times})}."
    else:
        try:
            assertion = situation.signer.sign(situation.api.tenant, claims, LIFETIME_SECONDS)
        except SigningFailed:
            return Stop(
                status=500,
                code="900900",
                message="Unclassified Authentication Failure",
                description="The call could not be vouched for towards the back end. It was not forwarded. Try again",
                headers=(("retry-after", "1"),),
            )
    if parameters["encoding"] == BASE64:
        assertion = ".".join(_padded(part) for part in assertion.split("."))
    message.set_header(parameters["header"], assertion)
    return None


def _claims(parameters: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    api, caller = situation.api, situation.caller
    named = {
        "subscriber": caller.application_owner,
        "applicationid": caller.application_id,
        "applicationUUId": caller.application_id,
        "applicationname": caller.application_name,
        "applicationtier": caller.application_tier,
        "apiname": api.name,
        "apicontext": api.base_path,
        "version": api.version,
        "tier": caller.plan,
        "keytype": caller.key_type,
        "usertype": "Application_User",
        "enduser": caller.username or caller.subject,
        "enduserTenantId": api.tenant,
    }
    claims: dict[str, Any] = {"iss": ISSUER, "sub": caller.subject}
    if parameters["tokenClaims"]:
        claims |= {name: value for name, value in situation.claims.items() if name not in _TOKEN_S_OWN}
    return claims | {f"{parameters['dialect']}{name}": value for name, value in named.items() if value}


def _part(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _padded(part: str) -> str:
    """base64url to base64, with padding."""
    text = part.replace("-", "+").replace("_", "/")
    return text + "=" * (-len(text) % 4)
