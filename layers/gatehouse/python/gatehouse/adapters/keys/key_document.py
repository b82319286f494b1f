"""The document that a keyring keeps its keys in (`adapters/keys/signing` has its form): making, promoting and dropping them."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from gatehouse.ports.tokens.signing import ES256, RS256, SigningKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.ports.tokens.tokens import Jwk

KEY_BITS = 2048
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_REQUIRED = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}


def currents(document: Mapping[str, Any]) -> dict[str, str]:
    """The kid that signs now, by algorithm."""
    found = dict(document.get("currents", {}))
    return {RS256: document["current"], **found} if "current" in document else found


def signing_keys(document: Mapping[str, Any]) -> list[SigningKey]:
    """What keys there are. One from before lives were written down counts as very old."""
    signs = set(currents(document).values())
    lives = document.get("lives", {})
    return [
        SigningKey(
            kid=kid,
            algorithm=ES256 if isinstance(private_key(pem), ec.EllipticCurvePrivateKey) else RS256,
            created_at=lives.get(kid, (0, 0))[0],
            current=kid in signs,
            retired_at=lives.get(kid, (0, 0))[1],
        )
        for kid, pem in document["keys"].items()
    ]


def with_first_keys(document: Mapping[str, Any], algorithms: Sequence[str], now: int) -> dict[str, Any]:
    """The document with a key of each of these algorithms, which signs at once: nobody knows another."""
    made = changed(document, make=algorithms, promote=(), drop=(), now=now)
    new = [key.kid for key in signing_keys(made) if key.kid not in document["keys"]]
    return changed(made, make=(), promote=new, drop=(), now=now)


def changed(
    document: Mapping[str, Any], *, make: Sequence[str], promote: Sequence[str], drop: Sequence[str], now: int
) -> dict[str, Any]:
    """The document with waiting keys of these algorithms made, these kids signing, and those gone."""
    made = dict(_new_key(algorithm) for algorithm in make)
    keys = {**document["keys"], **made}
    lives = {kid: list(document.get("lives", {}).get(kid, (0, 0))) for kid in document["keys"]}
    lives |= {kid: [now, 0] for kid in made}
    signs = currents(document)
    algorithms = {key.kid: key.algorithm for key in signing_keys({**document, "keys": keys})}
    for kid in promote:
        before = signs.get(algorithms[kid])
        if before is not None and before != kid:
            lives[before][1] = now
        signs[algorithms[kid]] = kid
    return {
        **document,
        "generation": int(document.get("generation", 0)) + 1,
        **({"current": signs[RS256]} if RS256 in signs else {}),
        "currents": {algorithm: kid for algorithm, kid in signs.items() if algorithm != RS256},
        "keys": {kid: pem for kid, pem in keys.items() if kid not in drop},
        "lives": {kid: life for kid, life in lives.items() if kid not in drop},
    }


def thumbprint(jwk: Mapping[str, object]) -> str:
    """RFC 7638 §3: the SHA-256 of a key's required members, in lexicographic order, base64url."""
    members = {name: jwk[name] for name in _REQUIRED[str(jwk["kty"])]}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def private_key(pem: str) -> PrivateKey:
    """A key that we wrote down. Raises TypeError, ValueError, AttributeError for anything else."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError
    return key


def public_jwk(key: PrivateKey) -> Jwk:
    """The public half, as it is published."""
    if isinstance(key, rsa.RSAPrivateKey):
        jwk, algorithm = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), RS256
    else:
        jwk, algorithm = ECAlgorithm.to_jwk(key.public_key(), as_dict=True), ES256
    members = {name: jwk[name] for name in _REQUIRED[str(jwk["kty"])]}
    return {**members, "kid": thumbprint(members), "alg": algorithm, "use": "sig"}


def _new_key(algorithm: str) -> tuple[str, str]:
    """A fresh key: its kid and its PEM."""
    key: PrivateKey
    if algorithm == ES256:
        key = ec.generate_private_key(ec.SECP256R1())
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return str(public_jwk(key)["kid"]), pem.decode()
