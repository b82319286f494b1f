"""The implicit grant (RFC 6749 §4.2, OpenID Connect Core §3.2), for those who turn it on: tokens go through the browser.

RFC 9700 §2.1.2 tells clients to use codes instead, so it is off unless a stage says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from authlib.oauth2.rfc6749.grants import AuthorizationEndpointMixin
from authlib.oauth2.rfc6749.grants.authorization_code import validate_code_authorization_request

from gatehouse.adapters.oauth.grants import OurGrant
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.oauth import IMPLICIT
from gatehouse.domain.tokens.scopes import OPENID

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import IssuedToken


class ImplicitGrant(OurGrant, AuthorizationEndpointMixin):
    """Answers with tokens themselves. There is no refresh token."""

    GRANT_TYPE = IMPLICIT
    RESPONSE_TYPES: ClassVar[set[str]] = {"token", "id_token", "id_token token"}

    def validate_authorization_request(self) -> str:
        """Raises Invalid: an id token needs the scope `openid` and a nonce (Core §3.2.2.1)."""
        redirect_uri: str = validate_code_authorization_request(self)
        if "id_token" in self._kinds and (OPENID not in self.wanted or not self.request.args.get("nonce")):
            raise Invalid.field("nonce", "an id token needs a nonce, and the scope openid")
        return redirect_uri

    def create_authorization_response(self, _redirect_uri: str, grant_user: Any) -> tuple[int, Any, list[Any]]:
        """The parameters of the answer (RFC 6749 §4.2.2)."""
        issued: IssuedToken = self.rules.tokens.for_user(
            self.registered, grant_user, self.request.granted, refreshable=False, login=self.request.login
        )
        answer: dict[str, str] = {}
        if "token" in self._kinds:
            answer |= {
                "access_token": issued.access_token,
                "token_type": "Bearer",
                "expires_in": str(issued.expires_in),
                "scope": " ".join(issued.scopes),
            }
        if "id_token" in self._kinds and issued.id_token:
            answer["id_token"] = issued.id_token
        return 302, answer, []

    @property
    def _kinds(self) -> list[str]:
        return str(self.request.payload.response_type).split()
