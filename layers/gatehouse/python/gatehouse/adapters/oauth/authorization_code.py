"""The authorization code grant (RFC 6749 §4.1) with PKCE (RFC 7636) and OpenID Connect's parameters (Core §3.1)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge

from gatehouse.adapters.oauth.grants import OurGrant
from gatehouse.domain.tokens.authorization import AuthorizationCode, digest_of, new_secret
from gatehouse.domain.tokens.oauth import REFRESH_TOKEN, InvalidGrant
from gatehouse.domain.tokens.refusals import CodeUsed

if TYPE_CHECKING:
    from gatehouse.adapters.oauth.messages import FormRequest
    from gatehouse.domain.people.identity import User
    from gatehouse.domain.tokens.authorization import Login
    from gatehouse.domain.tokens.oauth import Client, IssuedToken

CODE_SECONDS = 60
"""How long a code is good: it goes straight from the browser to the client (RFC 6749 §4.1.2 allows ten minutes)."""


class KeptCode:
    """A code as Authlib asks about it."""

    def __init__(self, code: AuthorizationCode) -> None:
        self.code = code
        self.code_challenge = code.challenge or None
        self.code_challenge_method = code.challenge_method or None

    def get_redirect_uri(self) -> str:
        """The redirect URI that the authorization request named; "" when it named none."""
        return self.code.redirect_uri

    def get_scope(self) -> str:
        """What the user has granted."""
        return " ".join(self.code.scopes)


class AuthorizationCodeGrant(OurGrant, grants.AuthorizationCodeGrant):
    """Codes are kept as digests, and are redeemed in the transaction that keeps the tokens."""

    def create_authorization_response(self, _redirect_uri: str, grant_user: Any) -> tuple[int, Any, list[Any]]:
        """The parameters of the answer: the edge decides how they get to the client."""
        self.request.user = grant_user
        code = self.generate_authorization_code()
        self.save_authorization_code(code, self.request)
        return 302, {"code": code}, []

    def generate_authorization_code(self) -> str:
        """A new code."""
        return new_secret()

    def save_authorization_code(self, code: str, request: FormRequest) -> None:
        """Keep what the code stands for: the scopes that the user granted, and the challenge to whoever redeems it."""
        parameters = request.args
        login: Login = request.login
        challenge = parameters.get("code_challenge", "")
        user: User = request.user
        kept = AuthorizationCode(
            digest=digest_of(code),
            client_id=self.registered.id,
            redirect_uri=parameters.get("redirect_uri", ""),
            tenant=user.tenant,
            user=user.name,
            scopes=request.granted,
            login=login,
            challenge=challenge,
            challenge_method=parameters.get("code_challenge_method", "plain") if challenge else "",
            expires_at=int(self.rules.clock.now()) + CODE_SECONDS,
        )
        self.rules.codes.add(self.registered.tenant, kept)

    def query_authorization_code(self, code: str, client: Any) -> KeptCode | None:
        """What the code stands for, unless it is another client's. One that comes again ends what came of it."""
        registered: Client = client.client
        found = self.rules.codes.get(registered.tenant, digest_of(code))
        if found is None or found.client_id != registered.id or found.expires_at <= self.rules.clock.now():
            return None
        if found.family:
            self.rules.tokens.end_of_code(registered.tenant, found.digest)
            raise CodeUsed(cause="redeemed before")
        return KeptCode(found)

    def authenticate_user(self, authorization_code: KeptCode) -> User:
        """Raises InvalidGrant: disabled or gone meanwhile."""
        return self.rules.tokens.active_user(authorization_code.code.tenant, authorization_code.code.user)

    def generate_token(self, user: Any = None, **_more: Any) -> IssuedToken:
        """The user's tokens. Raises CodeUsed."""
        registered = self.registered
        refreshable = REFRESH_TOKEN in registered.grant_types
        code = self.request.authorization_code.code
        return self.rules.tokens.for_code(registered, user, code, refreshable=refreshable)

    def delete_authorization_code(self, authorization_code: KeptCode) -> None:
        """It stays until its time is over, so that it is known when it comes again."""


class ClientChallenge(CodeChallenge):
    """PKCE by the client's rules: whether it must, and whether a challenge may be the verifier itself (`plain`)."""

    CODE_CHALLENGE_METHODS = {  # noqa: RUF012 -- Authlib's name and kind
        "plain": hmac.compare_digest,
        "S256": lambda verifier, challenge: hmac.compare_digest(create_s256_code_challenge(verifier), challenge),
    }

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """At the authorization endpoint. Raises InvalidRequestError."""
        super().validate_code_challenge(grant, redirect_uri)
        parameters, rules = grant.request.args, grant.request.client.client.rules
        if "code_challenge" not in parameters:
            if rules.pkce_required:
                raise InvalidRequestError("The client must send a code_challenge.")
            return
        if parameters.get("code_challenge_method", "plain") == "plain" and not rules.pkce_plain:
            raise InvalidRequestError("The code_challenge_method must be S256.")

    def validate_code_verifier(self, grant: Any, result: object) -> None:
        """At the token endpoint. Raises InvalidRequestError, InvalidGrant."""
        super().validate_code_verifier(grant, result)
        if grant.registered.rules.pkce_required and not grant.request.authorization_code.code_challenge:
            # The client's rules have become stricter since the code was made.
            raise InvalidGrant(cause="the code was made without a challenge")
