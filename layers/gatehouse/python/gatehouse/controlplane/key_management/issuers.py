"""The issuer of a key manager's document: what the gateway, and the token endpoint for exchanges, check its tokens by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.key_management.documents import proof_of
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.issuer import Introspection, Issuer
from gatehouse.domain.tokens.key_manager import TokenKind
from gatehouse.mediation.patterns import problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.ports.tokens.key_managers import PublicKeys
    from gatehouse.ports.tokens.tokens import Jwk

JWKS, PEM = "JWKS", "PEM"


def issuer_of_key_manager(key_manager: ExternalKeyManager, public_keys: PublicKeys) -> Issuer:
    """How tokens of this key manager are checked. Raises Invalid that names the field that does not allow it."""
    document = key_manager.document
    certificates = document.get("certificates") or {}
    value, is_set = certificates.get("value", ""), certificates.get("type") == JWKS
    keys = jwks_of(value, public_keys) if value and not is_set else ()
    token_patterns, claim_patterns, any_patterns = _patterns(document.get("tokenValidation", ()))
    canonical, *aliases = key_manager.issuers
    return Issuer(
        key_manager=key_manager.id,
        name=key_manager.name,
        issuer=canonical,
        aliases=tuple(aliases),
        enabled=key_manager.enabled,
        jwks_url=value if is_set else "",
        keys=keys,
        audience=document.get("alias", ""),
        consumer_key_claim=document.get("consumerKeyClaim", ""),
        scopes_claim=document.get("scopesClaim", ""),
        claims=tuple((entry["remoteClaim"], entry["localClaim"]) for entry in document.get("claimMapping", ())),
        self_validated=document["enableSelfValidationJWT"] and bool(value),
        introspection=_introspection(document),
        direct=key_manager.token_kind is not TokenKind.EXCHANGED,
        exchanged=key_manager.token_kind is not TokenKind.DIRECT,
        token_patterns=token_patterns,
        claim_patterns=claim_patterns,
        any_patterns=any_patterns,
    )


def jwks_of(pem: str, public_keys: PublicKeys) -> tuple[Jwk, ...]:
    """The keys in a PEM text. Raises Invalid (`certificates.value`)."""
    try:
        return tuple(public_keys.of_pem(pem))
    except ValueError as error:
        raise Invalid.field("certificates.value", str(error)) from error


def _introspection(document: Mapping[str, Any]) -> Introspection | None:
    url = document.get("introspectionEndpoint", "")
    if not url:
        return None
    username, password = proof_of(document["additionalProperties"])
    return Introspection(url=url, username=username, password=password)


_ClaimPatterns = tuple[tuple[tuple[str, str], ...], ...]


def _patterns(entries: Any) -> tuple[tuple[str, ...], _ClaimPatterns, tuple[str, ...]]:  # noqa: ANN401 -- wire document
    """Of opaque tokens, of JWTs' claims, and of any token. An entry that is off, or without a value, says nothing."""
    tokens, claims, anything = [], [], []
    for index, entry in enumerate(entries):
        value, path = entry.get("value"), f"tokenValidation.{index}.value"
        if not entry.get("enable", True) or value in (None, "", {}):
            continue
        match entry.get("type"):
            case "JWT":
                claims.append(_claim_patterns(path, value))
            case "CUSTOM":
                anything.append(_pattern(path, value))
            case _:
                tokens.append(_pattern(path, value))
    return tuple(tokens), tuple(claims), tuple(anything)


def _claim_patterns(path: str, value: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 -- wire document
    """`{"body": {claim: pattern}}`, as WSO2's clients send it, perhaps once more as text; the outer object may be left out."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise Invalid.field(path, 'must be an object such as {"body": {"iss": "https://idp.example"}}') from error
    body = value.get("body", value) if isinstance(value, dict) else None
    if not isinstance(body, dict) or not body:
        raise Invalid.field(path, 'must be an object such as {"body": {"iss": "https://idp.example"}}')
    return tuple((claim, _pattern(f"{path}.{claim}", pattern)) for claim, pattern in body.items())


def _pattern(path: str, value: Any) -> str:  # noqa: ANN401 -- wire document
    if not isinstance(value, str):
        raise Invalid.field(path, "must be a regular expression, as text")
    if (wrong := problem(value)) is not None:
        raise Invalid.field(path, wrong)
    return value
