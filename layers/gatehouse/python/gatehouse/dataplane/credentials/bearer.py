"""Bearer tokens: access tokens in the API's authorization header (RFC 6750 §2.1), of our key manager or an external one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.refusal import (
    EXPIRED_CREDENTIALS,
    INACTIVE_CREDENTIALS,
    INVALID_CREDENTIALS,
    WRONG_AUDIENCE,
    WRONG_TOKEN_TYPE,
)
from gatehouse.dataplane.credentials.header import credential_of
from gatehouse.dataplane.credentials.issuer_keys import IssuerKeys
from gatehouse.dataplane.credentials.opaque import OpaqueTokens
from gatehouse.dataplane.credentials.verified import Verified, digest_of, identity_of, verified_of
from gatehouse.domain.applications.api_key import is_shaped_like_a_key
from gatehouse.domain.artifact import Category
from gatehouse.domain.people.identity import split_username
from gatehouse.domain.publishing.deployed import ALL
from gatehouse.domain.tokens.issuer import accepted
from gatehouse.domain.tokens.token import (
    LEEWAY_SECONDS,
    RESIDENT_KEY_MANAGER,
    KeyUnknown,
    TokenExpired,
    TokenInactive,
    TokenInvalid,
    opaque_digest,
    opaque_tenant,
    tenant_of_issuer,
)
from gatehouse.mediation.token_patterns import fits_jwt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Identity, Target
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.tokens.issuer import Issuer
    from gatehouse.domain.tokens.token import Claims
    from gatehouse.ports.tokens.tokens import Introspector, KeySource, TokenVerifier

TOKENS_MAX = 10_000
"""How many verified tokens an environment remembers; the oldest go first."""

EXTERNAL_SECONDS = 900.0
"""How long an external token is believed before its signature is checked again: its key may have been withdrawn."""

INTROSPECTED_SECONDS = 60.0
"""How long an issuer's word for a token counts, where the stage does not say otherwise."""

_DOTS_OF_A_JWT = 2
_SCHEME = "bearer"


class BearerTokens:
    """Verifies access tokens and remembers what they said: a signature is checked once per environment.

    Remembered are a digest and the claims, never the token. Expiry and revocation are asked on every call, and whether the
    tenant's keys and the external issuer are still as they were: a key that is withdrawn takes along what it signed.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        verifier: TokenVerifier,
        management_url: str,
        *,
        key_source: KeySource,
        introspector: Introspector,
        introspected_seconds: float = INTROSPECTED_SECONDS,
    ) -> None:
        """`management_url` is where our tokens are issued."""
        self._catalogue = catalogue
        self._verifier = verifier
        self._management_url = management_url
        self._keys = IssuerKeys(key_source)
        self._opaque = OpaqueTokens(catalogue, introspector, cached_seconds=introspected_seconds)
        self._verified: dict[tuple[str, bytes], tuple[int, Verified]] = {}

    def presented(self, call: Call, target: Target) -> str:
        """The bearer token among the comma-separated parts of the header."""
        return credential_of(call, target, _SCHEME)

    def identify(self, presented: str, call: Call, target: Target) -> Identity | Refusal:
        """The token's subject, if the token is in time and not revoked. Raises Unavailable.

        One of our own may be another tenant's: whether its application may call this API is for `authorize` to say.
        """
        deployed = target.api.deployed
        access = deployed.access
        try:
            known = self._accepted(presented, deployed.tenant, access.key_managers, call.received_at)
        except TokenExpired:
            return EXPIRED_CREDENTIALS.for_target(target)
        except TokenInactive:
            return INACTIVE_CREDENTIALS.for_target(target)
        except TokenInvalid:
            return INVALID_CREDENTIALS.for_target(target)
        return _misplaced(known, target) or known.identity

    def _accepted(self, token: str, tenant: str, key_managers: tuple[str, ...], now: float) -> Verified:
        if is_shaped_like_a_key(token):
            raise TokenInvalid("an API key is no token, and nobody else's business")
        if token.count(".") == _DOTS_OF_A_JWT:
            known = self._known(token, tenant, now)
        elif (issued_in := opaque_tenant(token)) is not None:
            known = self._own_opaque(token, tenant, issued_in, now)
        else:
            known = self._opaque.of_any(token, tenant, key_managers, now)
        if known.issuer is None and not self._catalogue.resident_enabled(known.tenant):
            raise TokenInvalid("our own key manager is off")
        if self._catalogue.revoked(known.tenant, known.claims, known.user):
            raise TokenInvalid
        return known

    def _known(self, token: str, tenant: str, now: float) -> Verified:
        """What is known of a JWT, verified now if need be. Raises TokenExpired, TokenInactive, TokenInvalid, Unavailable."""
        where = (tenant, digest_of(token))
        remembered = self._verified.get(where)
        if remembered is not None:
            generation, known = remembered
            same_keys = generation == self._catalogue.changes(known.tenant, Category.KEYS)
            if same_keys and known.until > now and self._is_configured(known.issuer, tenant):
                return known
            del self._verified[where]
        issuer = self._verifier.unverified_issuer(token)
        issued_in = tenant_of_issuer(self._management_url, issuer)
        # Taken before the token is checked: what changes meanwhile makes it be checked again.
        keys = self._catalogue.changes(issued_in or tenant, Category.KEYS)
        if issued_in is not None:
            found = self._own(token, tenant, issuer, issued_in, now)
        else:
            external = self._catalogue.issuers(tenant).get(issuer)
            if external is None or not external.enabled or not external.direct:
                raise TokenInvalid("no key manager of the tenant that takes tokens has this issuer")
            if not external.self_validated:
                return self._confirmed(token, tenant, external, now)
            found = self._external(token, tenant, external, now)
        if len(self._verified) >= TOKENS_MAX:
            del self._verified[next(iter(self._verified))]
        self._verified[where] = (keys, found)
        return found

    def _is_configured(self, issuer: Issuer | None, tenant: str) -> bool:
        if issuer is None:
            return True
        configured = self._catalogue.issuers(tenant).get(issuer.issuer)
        return configured is issuer or configured == issuer

    def _own(self, token: str, tenant: str, issuer: str, issued_in: str, now: float) -> Verified:
        claims = self._verifier.verify(token, self._catalogue.keys(issued_in), issuer=issuer, now=now)
        return _of_ours(claims, tenant, issued_in)

    def _own_opaque(self, token: str, tenant: str, issued_in: str, now: float) -> Verified:
        claims = self._catalogue.opaque_token(issued_in, opaque_digest(token))
        if claims is None:
            raise TokenInvalid("no such token was issued in its tenant")
        if claims.expires_at + LEEWAY_SECONDS <= now:
            raise TokenExpired
        return _of_ours(claims, tenant, issued_in)

    def _external(self, token: str, tenant: str, issuer: Issuer, now: float) -> Verified:
        signed = self._signed_claims(token, issuer, now)
        if not fits_jwt(issuer, token, signed):
            raise TokenInvalid("the token is not of the form that its key manager's have")
        claims = accepted(issuer, signed, token, now)
        return verified_of(issuer, claims, min(claims.expires_at + LEEWAY_SECONDS, now + EXTERNAL_SECONDS), tenant)

    def _confirmed(self, token: str, tenant: str, issuer: Issuer, now: float) -> Verified:
        found = self._opaque.of(token, tenant, issuer, now)
        if not fits_jwt(issuer, token, found.claims.raw):
            raise TokenInvalid("the token is not of the form that its key manager's have")
        return found

    def _signed_claims(self, token: str, issuer: Issuer, now: float) -> Mapping[str, Any]:
        try:
            return self._verifier.signed_claims(token, self._keys.of(issuer, now))
        except KeyUnknown:
            renewed = self._keys.renewed(issuer, now)
            if renewed is None:
                raise
            return self._verifier.signed_claims(token, renewed)


def _of_ours(claims: Claims, tenant: str, issued_in: str) -> Verified:
    """A token of our own key manager, of the tenant of the API (`tenant`) or of another."""
    _, user = split_username(claims.username)
    identity = identity_of(claims, tenant="" if issued_in == tenant else issued_in)
    return Verified(claims, identity, RESIDENT_KEY_MANAGER, user, claims.expires_at + LEEWAY_SECONDS, issued_in)


def _misplaced(known: Verified, target: Target) -> Refusal | None:
    """Why a good token opens nothing here; None when it may."""
    access = target.api.deployed.access
    if ALL not in access.key_managers and known.key_manager not in access.key_managers:
        return INVALID_CREDENTIALS.for_target(target)
    if access.audiences and ALL not in access.audiences and not set(access.audiences) & set(known.claims.audience):
        return WRONG_AUDIENCE
    for operation in target.operations:
        if operation.token_type and operation.token_type != known.claims.token_type:
            return WRONG_TOKEN_TYPE.for_target(target)
    return None
