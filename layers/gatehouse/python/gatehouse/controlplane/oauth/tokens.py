"""Tokens: what the token endpoint gives out, by whatever grant. Here is what all grants have in common.

The protocol itself (which parameter must be there, what matches what) is Authlib's: `adapters/oauth`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.oauth.issuing import bounded
from gatehouse.domain.artifact import revocation_keys
from gatehouse.domain.errors import Changed
from gatehouse.domain.tokens.authorization import (
    LIVE_TOKENS_MAX,
    Login,
    TokenFamily,
    digest_of,
    family_of,
    new_family_id,
    new_refresh_token,
)
from gatehouse.domain.tokens.oauth import InvalidClient, InvalidGrant, IssuedToken
from gatehouse.domain.tokens.refusals import CodeUsed
from gatehouse.domain.tokens.scopes import OPENID
from gatehouse.domain.tokens.token import revokes

if TYPE_CHECKING:
    from gatehouse.controlplane.oauth.issuing import AccessToken, Issuer
    from gatehouse.controlplane.oauth.revocation import Revocation
    from gatehouse.controlplane.oauth.scope_grant import ScopeGrant
    from gatehouse.domain.people.identity import User
    from gatehouse.domain.tokens.authorization import AuthorizationCode
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.people.identity import UserLookup
    from gatehouse.ports.tokens.oauth import Codes, TokenFamilies
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Gives out tokens and keeps what must be known of them."""

    users: UserLookup
    artifacts: Artifacts
    codes: Codes
    families: TokenFamilies
    scopes: ScopeGrant
    issuer: Issuer
    revocation: Revocation
    clock: Clock

    def for_application(
        self, client: Client, wanted: tuple[str, ...], validity_seconds: int | None = None
    ) -> IssuedToken:
        """An application's own token; the roles of the client's owner count. Raises InvalidClient (the owner is gone)."""
        owner = self.users.get(client.tenant, client.owner)
        if owner is None or not owner.active:
            raise InvalidClient(client_id=client.id, cause="the client's owner is gone or disabled")
        granted = self.scopes(client.tenant, owner.roles, wanted, client.id)
        token = self.issuer.for_application(client, granted, validity_seconds)
        return IssuedToken(access_token=token.text, scopes=granted, expires_in=token.seconds)

    def for_user(
        self,
        client: Client,
        user: User,
        wanted: tuple[str, ...],
        *,
        refreshable: bool = True,
        login: Login | None = None,
    ) -> IssuedToken:
        """A user's tokens, the first of a family, for somebody who has just proved who they are, or has at `login`.

        Raises SessionOver: they have signed out since.
        """
        came_in = login or Login(at=int(self.clock.now()))
        family, issued = self._first(client, user, wanted, came_in, refreshable=refreshable)
        if refreshable or family.session:
            self.families.add(client.tenant, family)
        return issued

    def for_code(self, client: Client, user: User, code: AuthorizationCode, *, refreshable: bool) -> IssuedToken:
        """A user's tokens in exchange for a code. A code that comes again ends its family.

        Raises CodeUsed, SessionOver.
        """
        family, issued = self._first(client, user, code.scopes, code.login, refreshable=refreshable)
        try:
            self.codes.redeem(client.tenant, code, family)
        except CodeUsed:
            self.end_of_code(client.tenant, code.digest)
            raise
        return issued

    def end_of_code(self, tenant: str, digest: str) -> None:
        """End the family that was issued for a code, when there is one (RFC 6749 §4.1.2)."""
        code = self.codes.get(tenant, digest)
        family = self.families.get(tenant, code.family) if code and code.family else None
        if family is not None:
            self.revocation.end(tenant, family)

    def present(self, client: Client, refresh_token: str) -> TokenFamily | None:
        """The family that this refresh token of the client's is the present one of, or None.

        One that has been used before is in somebody else's hands as well, so its family ends.
        """
        family = self.families.get(client.tenant, family_of(refresh_token))
        if family is None or family.client_id != client.id or family.expires_at <= self.clock.now():
            return None
        if family.digest != digest_of(refresh_token):
            self.revocation.end(client.tenant, family)
            return None
        return family

    def user_of(self, client: Client, family: TokenFamily) -> User:
        """The user whose tokens these are. Raises InvalidGrant: revoked, disabled or gone."""
        keys = revocation_keys(family.tenant, client=client.id, user=family.user)
        if any(revokes(revocation, family.issued_at) for revocation in self.artifacts.get(keys)):
            raise InvalidGrant(cause="revoked")
        return self.active_user(family.tenant, family.user)

    def active_user(self, tenant: str, name: str) -> User:
        """The user of this name. Raises InvalidGrant: disabled or gone."""
        user = self.users.get(tenant, name)
        if user is None or not user.active:
            raise InvalidGrant(cause="the user is gone or disabled")
        return user

    def renewed(self, client: Client, user: User, family: TokenFamily, wanted: tuple[str, ...]) -> IssuedToken:
        """The family's next tokens; its refresh token is another one from now on. Raises InvalidGrant (used twice)."""
        granted = self.scopes(user.tenant, user.roles, wanted or family.scopes, client.id)
        token = self.issuer.for_user(client, user, granted)
        refresh_token = new_refresh_token(family.id)
        live = (*(one for one in family.live if one.expires_at > token.issued_at), token.live)
        # The family keeps the whole grant, even when this access token is narrower (RFC 6749 §6).
        renewed = replace(
            family,
            digest=digest_of(refresh_token),
            issued_at=token.issued_at,
            expires_at=token.issued_at + bounded(client.lifetimes.refresh_seconds),
            live=live[-LIVE_TOKENS_MAX:],
        )
        try:
            self.families.renew(client.tenant, renewed, self.revocation.voided(live[:-LIVE_TOKENS_MAX]))
        except Changed as error:
            # Two came with the same token at the same time, and nobody knows whose it was.
            found = self.families.get(client.tenant, family.id)
            if found is not None:
                self.revocation.end(client.tenant, found)
            raise InvalidGrant(cause="used twice at once") from error
        return self._issued(client, user, token, granted, replace(family.login, nonce=""), refresh_token)

    def _first(
        self, client: Client, user: User, wanted: tuple[str, ...], login: Login, *, refreshable: bool
    ) -> tuple[TokenFamily, IssuedToken]:
        granted = self.scopes(user.tenant, user.roles, wanted, client.id)
        token = self.issuer.for_user(client, user, granted)
        family_id = new_family_id()
        refresh_token = new_refresh_token(family_id) if refreshable else None
        until = token.issued_at + bounded(client.lifetimes.refresh_seconds)
        family = TokenFamily(
            id=family_id,
            digest=digest_of(refresh_token) if refresh_token else "",
            client_id=client.id,
            tenant=user.tenant,
            user=user.name,
            scopes=granted,
            issued_at=token.issued_at,
            expires_at=until if refresh_token else token.live.expires_at,
            live=(token.live,),
            login=login,
        )
        return family, self._issued(client, user, token, granted, login, refresh_token)

    def _issued(
        self,
        client: Client,
        user: User,
        token: AccessToken,
        granted: tuple[str, ...],
        login: Login,
        refresh_token: str | None,
    ) -> IssuedToken:
        id_token = self.issuer.id_token(client, user, login, token.text) if OPENID in granted else None
        return IssuedToken(
            access_token=token.text,
            scopes=granted,
            expires_in=token.seconds,
            refresh_token=refresh_token,
            id_token=id_token,
        )
