"""API keys: in the API's own header (`ApiKey` unless it says otherwise), or in the query parameter `apikey`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from gatehouse.dataplane.answers.refusal import INVALID_CREDENTIALS, NOT_SUBSCRIBED
from gatehouse.dataplane.credentials.signed_key import is_shaped_like_a_jwt
from gatehouse.dataplane.evidence import Identity, Scheme
from gatehouse.domain.applications.api_key import digest_of, is_shaped_like_a_key, tenant_of_key
from gatehouse.domain.applications.restriction import permits_address, permits_referer
from gatehouse.domain.tokens.token import TokenInvalid

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.credentials.signed_key import SignedKeys
    from gatehouse.dataplane.evidence import Target
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.applications.grant import ApiKeyGrant

PARAMETER = "apikey"
_REFERER = "referer"

_NEVER_VALID = replace(INVALID_CREDENTIALS, perhaps_stale=False)
"""Of what no change could have made valid: no need to ask again."""

OTHER_API = NOT_SUBSCRIBED.because("The API key is bound to another API")
NOT_ASSOCIATED = NOT_SUBSCRIBED.because("The API key is associated with no application. Associate it with one first")
OTHER_ADDRESS = NOT_SUBSCRIBED.because("The API key must not be used from this address")
OTHER_REFERER = NOT_SUBSCRIBED.because("The API key must not be used from this page: the referer is not permitted")


class ApiKeys:
    """Looks opaque keys up by their digest, and reads signed ones. The key itself is never remembered."""

    def __init__(self, catalogue: Catalogue, signed: SignedKeys) -> None:
        self._catalogue = catalogue
        self._signed = signed

    def presented(self, call: Call, target: Target) -> str:
        """The key in the header, else in the query."""
        header = call.headers.get(target.api.deployed.access.api_key_header.lower(), "").strip()
        return header or _in_query(call.query)

    def identify(self, presented: str, call: Call, target: Target) -> Identity | Refusal:
        """The application that the key stands for, if the key may be used for this API, from there and by now."""
        here = target.api.deployed.tenant
        signed = is_shaped_like_a_jwt(presented)
        if not signed and not is_shaped_like_a_key(presented):
            return _NEVER_VALID.for_target(target)
        tenant, grant = self._of_signed(presented) if signed else self._of_opaque(presented, here)
        if grant is None:
            return INVALID_CREDENTIALS.for_target(target)
        if grant.expires_at and grant.expires_at <= call.received_at:
            return _NEVER_VALID.for_target(target)
        if (refusal := _misplaced(grant, call, target)) is not None:
            return refusal
        profile = self._catalogue.profile(tenant, grant.application_id)
        if profile is None:
            # The application is being deleted: its keys go with it.
            return INVALID_CREDENTIALS.for_target(target)
        return Identity(
            scheme=Scheme.API_KEY,
            subject=grant.owner,
            username=grant.owner,
            tenant="" if tenant == here else tenant,
            application=profile.with_key(grant.key_type),
            key_type=grant.key_type,
            credential_id=grant.key_id,
        )

    def _of_opaque(self, presented: str, here: str) -> tuple[str, ApiKeyGrant | None]:
        """Whose key it is, and what it opens."""
        tenant = tenant_of_key(presented) or here
        return tenant, self._catalogue.api_key(tenant, digest_of(presented))

    def _of_signed(self, presented: str) -> tuple[str, ApiKeyGrant | None]:
        """Whose key it is, and what it says that it opens, or what is known of one that is bound to an API."""
        try:
            tenant, found = self._signed.read(presented)
        except TokenInvalid:
            return "", None
        if found.application_bound:
            return tenant, found.grant
        return tenant, self._catalogue.api_key(tenant, digest_of(presented))


def _misplaced(grant: ApiKeyGrant, call: Call, target: Target) -> Refusal | None:
    """Why the key opens nothing here. Where addresses are restricted the referer is not looked at, as in WSO2."""
    if grant.api_id and grant.api_id != target.api.deployed.id:
        return OTHER_API
    if grant.addresses:
        permitted = permits_address(grant.addresses, call.address)
        if not permitted:
            return OTHER_ADDRESS
    elif grant.referers and not permits_referer(grant.referers, call.headers.get(_REFERER, "")):
        return OTHER_REFERER
    return None if grant.application_id else NOT_ASSOCIATED


def _in_query(query: str) -> str:
    if PARAMETER not in query:
        return ""
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == PARAMETER:
            return unquote_plus(value)
    return ""
