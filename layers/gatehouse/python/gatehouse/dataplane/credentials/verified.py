"""A verified token: what it said, remembered without the token, until it must be asked again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.dataplane.evidence import Identity, Scheme
from gatehouse.domain.tokens.issuer import revocable

if TYPE_CHECKING:
    from gatehouse.domain.tokens.issuer import Issuer
    from gatehouse.domain.tokens.token import Claims


@dataclass(frozen=True, slots=True)
class Verified:
    """`claims` name token and client as revocations do; `user` is so too. `key_manager` is the name that APIs know.

    `issuer` is what an external one was configured as when the token was verified, None for our own. `tenant` is whose key
    manager it is. `until` is in epoch seconds; later it is verified again.
    """

    claims: Claims
    identity: Identity
    key_manager: str
    user: str
    until: float
    tenant: str
    issuer: Issuer | None = None


def identity_of(claims: Claims, key_manager: str = "", *, tenant: str = "") -> Identity:
    """Who calls with a token that says this; `key_manager` is the id of an external one, `tenant` another than the API's."""
    return Identity(
        scheme=Scheme.OAUTH2,
        subject=claims.subject,
        username=claims.username,
        consumer_key=claims.client_id,
        key_manager=key_manager,
        tenant=tenant,
        scopes=claims.scopes,
        claims=claims.raw,
    )


def verified_of(issuer: Issuer, claims: Claims, until: float, tenant: str) -> Verified:
    """A token of an external issuer of the API's tenant, under names that are nobody else's."""
    names = replace(claims, token_id=revocable(issuer, claims.token_id), client_id=revocable(issuer, claims.client_id))
    identity = identity_of(claims, issuer.key_manager)
    return Verified(names, identity, issuer.name, revocable(issuer, claims.username), until, tenant, issuer)


def digest_of(token: str) -> bytes:
    """What a token is remembered by."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
