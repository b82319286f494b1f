"""JSON Web Tokens, read with PyJWT. RS256 only: `none` and HMAC would let anybody who knows the public key sign."""

from __future__ import annotations

from functools import lru_cache
from json import dumps
from typing import TYPE_CHECKING, Any

import jwt

from gatehouse.domain.token import LEEWAY_SECONDS, Claims, TokenExpired, TokenInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALGORITHMS = ("RS256",)
_REQUIRED = ("iss", "sub", "exp", "iat", "jti", "azp")


class JwtVerifier:
    """Implements `ports.tokens.TokenVerifier`."""

    def unverified_issuer(self, token: str) -> str:
        """The issuer the token claims to have; "" when it cannot be read."""
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError:
            return ""
        return str(claims.get("iss", ""))

    def verify(self, token: str, keys: Sequence[Mapping[str, object]], *, issuer: str, now: float) -> Claims:
        """Check signature, algorithm, issuer and times. Raises TokenExpired or TokenInvalid."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = next((key for key in keys if key.get("kid") == kid), None)
            if not kid or key is None:
                message = "the token names a key that is not ours"
                raise TokenInvalid(message)
            claims: dict[str, Any] = jwt.decode(
                token,
                _public_key(dumps(key, sort_keys=True)),
                algorithms=list(ALGORITHMS),
                issuer=issuer,
                options={
                    "require": list(_REQUIRED),
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.PyJWTError as error:
            raise TokenInvalid(str(error)) from error
        return _checked(_claims(claims), now)


@lru_cache(maxsize=64)
def _public_key(jwk: str) -> jwt.PyJWK:
    return jwt.PyJWK.from_json(jwk, algorithm=ALGORITHMS[0])


def _claims(raw: dict[str, Any]) -> Claims:
    audience = raw.get("aud", ())
    try:
        return Claims(
            issuer=str(raw["iss"]),
            subject=str(raw["sub"]),
            username=str(raw.get("username", raw["sub"])),
            audience=(audience,) if isinstance(audience, str) else tuple(audience),
            client_id=str(raw["azp"]),
            token_type=str(raw.get("aut", "")),
            scopes=frozenset(str(raw.get("scope", "")).split()),
            token_id=str(raw["jti"]),
            issued_at=int(raw["iat"]),
            not_before=int(raw.get("nbf", raw["iat"])),
            expires_at=int(raw["exp"]),
        )
    except (TypeError, ValueError) as error:
        raise TokenInvalid(str(error)) from error


def _checked(claims: Claims, now: float) -> Claims:
    # Times are checked here, against the clock of the call, so that tests and frozen environments agree on "now".
    if claims.expires_at + LEEWAY_SECONDS <= now:
        raise TokenExpired
    if claims.not_before - LEEWAY_SECONDS > now:
        message = "the token is not valid yet"
        raise TokenInvalid(message)
    return claims
