"""A client's assertion: a JWT that it has signed with a key of its own, instead of a secret (RFC 7523 §2.2, §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.tokens.oauth import InvalidClient
from gatehouse.domain.tokens.token import LEEWAY_SECONDS, TokenInvalid, issuer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.tokens.oauth import Assertions
    from gatehouse.ports.tokens.tokens import TokenVerifier
    from gatehouse.ports.world import Clock

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME_SECONDS_MAX = 3600
"""How far in the future an assertion may end: it has to be remembered until then."""

ID_CHARACTERS_MAX = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAssertions:
    """Checks client assertions. Each is good for one use."""

    verifier: TokenVerifier
    assertions: Assertions
    clock: Clock
    management_url: str

    def client_id(self, assertion: str) -> str:
        """Whose assertion it says it is; "" when it cannot be read."""
        return self.verifier.unverified_issuer(assertion)

    def check(self, client: Client, assertion: str) -> None:
        """Raises InvalidClient: unsigned, for somebody else, too late, too early or used."""
        try:
            claims = self.verifier.signed_claims(assertion, client.rules.keys)
        except TokenInvalid as error:
            raise InvalidClient(client_id=client.id, cause=str(error)) from error
        expires_at, token_id, now = claims.get("exp"), claims.get("jti"), self.clock.now()
        if {claims.get("iss"), claims.get("sub")} != {client.id}:
            raise InvalidClient(client_id=client.id, cause="the assertion is about somebody else")
        if not self._for_us(client, claims):
            raise InvalidClient(client_id=client.id, cause="the assertion is for another audience")
        if isinstance(expires_at, bool) or not isinstance(expires_at, int | float):
            raise InvalidClient(client_id=client.id, cause="the assertion has no end")
        if not now - LEEWAY_SECONDS < expires_at <= now + LIFETIME_SECONDS_MAX:
            raise InvalidClient(client_id=client.id, cause="the assertion is over, or lasts too long")
        if not isinstance(token_id, str) or not 0 < len(token_id) <= ID_CHARACTERS_MAX:
            raise InvalidClient(client_id=client.id, cause="the assertion has no jti")
        until = int(expires_at + LEEWAY_SECONDS) + 1
        if not self.assertions.use(client.tenant, f"client\n{client.id}\n{token_id}", until):
            raise InvalidClient(client_id=client.id, cause="the assertion has been used before")

    def _for_us(self, client: Client, claims: Mapping[str, Any]) -> bool:
        audience = claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        # The issuer is the address of the token endpoint, too.
        return issuer_of(self.management_url, client.tenant) in named
