"""What tokens of a key manager look like, as its admin says: patterns that tell whose a token is before anybody is asked.

They decide who is asked, never whether a token is good. A pattern fits the whole text (`mediation/patterns`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.tokens.issuer import Issuer


def fits_opaque(issuer: Issuer, token: str) -> bool:
    """Whether a token that only its issuer can read may be this one's."""
    wanted = (*issuer.token_patterns, *issuer.any_patterns)
    return not wanted or any(matches(pattern, token) for pattern in wanted)


def fits_jwt(issuer: Issuer, token: str, claims: Mapping[str, Any]) -> bool:
    """Whether a JWT that says this is this issuer's: by one set of patterns, each of which some value of its claim fits."""
    if not issuer.claim_patterns and not issuer.any_patterns:
        return True
    if any(all(_fits(pattern, claims.get(claim)) for claim, pattern in wanted) for wanted in issuer.claim_patterns):
        return True
    return any(matches(pattern, token) for pattern in issuer.any_patterns)


def _fits(pattern: str, value: Any) -> bool:  # noqa: ANN401 -- a claim is of any type
    if isinstance(value, list):
        return any(_fits(pattern, one) for one in value)
    return isinstance(value, str | int) and bool(matches(pattern, str(value)))
