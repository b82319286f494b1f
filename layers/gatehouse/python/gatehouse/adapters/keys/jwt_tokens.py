"""JSON Web Tokens, read with PyJWT. `none` and HMAC never: they would let anybody who knows the public key sign.

Our own tokens are RS256 or ES256, as their key says. Others' are signed as the type of the key allows, whatever the token
asks for (RFC 8725 §3.1).
"""

from __future__ import annotations

from functools import lru_cache
from json import dumps
from typing import TYPE_CHECKING, Any

import jwt

from gatehouse.domain.tokens.token import (
    LEEWAY_SECONDS,
    KeyUnknown,
    TokenExpired,
    TokenInactive,
    TokenInvalid,
    claims_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.tokens.token import Claims

ALGORITHMS = ("RS256", "ES256")
RSA_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256"})
EC_ALGORITHMS = {"P-256": frozenset({"ES256"}), "P-384": frozenset({"ES384"})}

RSA_BITS_MIN, RSA_BITS_MAX = 2048, 8192
RSA_EXPONENT_BITS_MAX = 32
KEYS_TRIED_MAX = 8
"""How many keys are tried for a token that names none."""

_UNREADABLE = (jwt.PyJWTError, RecursionError)
"""What reading a token may end with: JSON can be nested more deeply than anybody reads."""

_REQUIRED = ("iss", "sub", "exp", "iat", "jti", "azp")
_SIGNATURE_ONLY: Any = {
    "verify_signature": True,
    **{f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")},
}
_PUBLIC = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}


class JwtRules:
    """Implements `ports.tokens.tokens.TokenVerifier`."""

    def unverified_issuer(self, token: str) -> str:
        """The issuer the token claims to have; "" when it cannot be read."""
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except _UNREADABLE:
            return ""
        return str(claims.get("iss", ""))

    def verify(self, token: str, keys: Sequence[Mapping[str, object]], *, issuer: str, now: float) -> Claims:
        """Check signature, algorithm, issuer and times. Raises TokenExpired, TokenInactive, TokenInvalid."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = next((key for key in keys if key.get("kid") == kid), None)
            if not kid or key is None:
                message = "the token names a key that is not ours"
                raise TokenInvalid(message)
            algorithm = str(key.get("alg", ALGORITHMS[0]))
            if algorithm not in ALGORITHMS:
                raise TokenInvalid("the key is for another algorithm")
            claims: dict[str, Any] = jwt.decode(
                token,
                _loaded(dumps(key, sort_keys=True), algorithm),
                algorithms=[algorithm],
                issuer=issuer,
                options={
                    "require": list(_REQUIRED),
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except _UNREADABLE as error:
            raise TokenInvalid(str(error)) from error
        return _checked(claims_of(claims), now)

    def signed_claims(self, token: str, keys: Sequence[Mapping[str, object]]) -> Mapping[str, Any]:
        """What a token says, when one of these public keys signed it. Raises KeyUnknown, TokenInvalid."""
        try:
            header = jwt.get_unverified_header(token)
        except _UNREADABLE as error:
            raise TokenInvalid(str(error)) from error
        algorithm = header.get("alg")
        if "crit" in header or not isinstance(algorithm, str):
            raise TokenInvalid("the token's header asks for what is not understood")
        suitable = [key for key in keys if _suits(key, header.get("kid"), algorithm)]
        if not suitable:
            raise KeyUnknown("no key of the issuer could have signed this token")
        for key in suitable[:KEYS_TRIED_MAX]:
            claims = _signed_by(key, token, algorithm)
            if claims is not None:
                return claims
        raise TokenInvalid("no key of the issuer signed this token")


def _suits(key: Mapping[str, object], kid: str | None, algorithm: str) -> bool:
    """Whether this may be the key of a token that names `kid` (None: names none) and this algorithm."""
    named = key.get("kid")
    if kid is not None and named is not None and named != kid:
        return False
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    operations = key.get("key_ops")
    if isinstance(operations, list) and "verify" not in operations:
        return False
    if key.get("kty") == "RSA":
        return algorithm in RSA_ALGORITHMS
    return key.get("kty") == "EC" and algorithm in EC_ALGORITHMS.get(str(key.get("crv")), ())


def _signed_by(key: Mapping[str, object], token: str, algorithm: str) -> dict[str, Any] | None:
    public = {name: key.get(name) for name in _PUBLIC[str(key["kty"])]}
    try:
        loaded = _loaded(dumps(public, sort_keys=True), algorithm)
        if not _is_sound(loaded):
            return None
        claims: dict[str, Any] = jwt.decode(token, loaded, algorithms=[algorithm], options=_SIGNATURE_ONLY)
    except (*_UNREADABLE, ValueError, TypeError):
        return None  # not its signature, or no key at all: an issuer's set may hold anything
    return claims


def _is_sound(loaded: jwt.PyJWK) -> bool:
    if loaded.key_type != "RSA":
        return True
    exponent: int = loaded.key.public_numbers().e
    return RSA_BITS_MIN <= loaded.key.key_size <= RSA_BITS_MAX and exponent.bit_length() <= RSA_EXPONENT_BITS_MAX


@lru_cache(maxsize=64)
def _loaded(jwk: str, algorithm: str) -> jwt.PyJWK:
    return jwt.PyJWK.from_json(jwk, algorithm=algorithm)


def _checked(claims: Claims, now: float) -> Claims:
    # Times are checked here, against the clock of the call, so that tests and frozen environments agree on "now".
    if claims.expires_at + LEEWAY_SECONDS <= now:
        raise TokenExpired
    if claims.not_before - LEEWAY_SECONDS > now:
        raise TokenInactive
    return claims
