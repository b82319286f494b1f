"""jwtClaimBasedAccessValidator: only callers whose token has a claim with a certain value get through."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.mediation import patterns
from gatehouse.mediation.refusals import failed, unauthorized
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

SPECIFICATION = Specification(
    name="jwtClaimBasedAccessValidator",
    display_name="JWT Claim Based Access Validator",
    description="Refuses callers whose token lacks a claim, or has it with another value.",
    category="Security",
    flows=(Flow.REQUEST,),
    attributes=(
        Attribute(name="accessVerificationClaim", display_name="Claim", required=True),
        Attribute(name="accessVerificationClaimValue", display_name="Claim Value", required=True),
        Attribute(
            name="accessVerificationClaimValueRegex",
            display_name="Claim Value Regular Expression",
            default="",
            problem=patterns.problem,
            description="When there is one, both the value above and the token's must match it as a whole (RE2 syntax).",
        ),
        Attribute(
            name="shouldAllowValidation",
            display_name="Allow Other Values",
            kind=Kind.BOOLEAN,
            default=False,
            description="Whether a token whose claim has another value gets through all the same.",
        ),
    ),
)

_VALUES_MAX = 1_000


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops with 401: 900913 when the token has no such claim, 900912 when its value is another."""
    del message
    name = parameters["accessVerificationClaim"]
    values = _values(situation.claims.get(name))
    if not values:
        return unauthorized(code="900913", message="Claim Invalid", description=f"The token has no claim '{name}'")
    if parameters["shouldAllowValidation"]:
        return None
    matched = _matched(values, parameters)
    if matched is None:
        return failed("The regular expression of a policy of this API cannot be used")
    if matched:
        return None
    return unauthorized(
        code="900912",
        message="Claim Mismatch",
        description=f"The claim '{name}' of the token does not have the value that this resource asks for",
    )


def _matched(values: list[str], parameters: Mapping[str, Any]) -> bool | None:
    wanted, pattern = parameters["accessVerificationClaimValue"], parameters.get("accessVerificationClaimValueRegex")
    if not pattern:
        return wanted in values
    found = patterns.matches(pattern, wanted)
    return found and any(patterns.matches(pattern, value) for value in values)


def _values(claim: object) -> list[str]:
    """The values of a claim as texts; one that may have several has them in a list."""
    found = claim if isinstance(claim, list | tuple) else [claim]
    texts = (_text(value) for value in found[:_VALUES_MAX])
    return [text for text in texts if text.strip()]


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)
