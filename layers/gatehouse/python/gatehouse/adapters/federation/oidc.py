"""OpenID Connect: the authorization code with PKCE, state and nonce (OpenID Connect Core §3.1, RFC 7636), by Authlib.

Authlib makes the requests and checks the claims; what goes over the network goes through the client that guards addresses.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gatehouse.domain.applications.registration import RegistrationFailed
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity_provider import NotVouchedFor, Voucher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.adapters.registrars.egress import Answered, Egress
    from gatehouse.domain.people.identity_provider import IdentityProvider
    from gatehouse.ports.world import Clock

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by keys that only the provider has: `none` and those by shared secrets are not among them."""

LEEWAY_SECONDS = 60
VERIFIER_BYTES = 48
NONCE_BYTES = 24
_SAID_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdConnect:
    """Implements `ports.people.identity_providers.Vouching`."""

    egress: Egress
    clock: Clock

    def ask(self, provider: IdentityProvider, callback: str, state: str) -> tuple[str, Mapping[str, str]]:
        """The authentication request."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415 -- see the package
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415

        verifier, nonce = secrets.token_urlsafe(VERIFIER_BYTES), secrets.token_urlsafe(NONCE_BYTES)
        url = prepare_grant_uri(
            provider.settings["OAuth2AuthzEPUrl"],
            provider.settings["ClientId"],
            "code",
            redirect_uri=callback,
            scope=provider.settings.get("Scopes") or "openid profile email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return str(url), {"verifier": verifier, "nonce": nonce}

    def hear(
        self, provider: IdentityProvider, secret: str, callback: str, told: Mapping[str, str], asked: Mapping[str, str]
    ) -> Voucher:
        """Redeem the code, and read the id token. Raises NotVouchedFor, Unavailable."""
        if "error" in told:
            raise NotVouchedFor(cause=f"the provider refuses: {told['error'][:_SAID_MAX]}")
        # RFC 9207: another server's code must not be taken for this one's.
        if told.get("iss", provider.issuer) != provider.issuer:
            raise NotVouchedFor(cause="the answer is another issuer's")
        form = {
            "grant_type": "authorization_code",
            "code": told.get("code", ""),
            "redirect_uri": callback,
            "code_verifier": asked["verifier"],
        }
        answer = self._redeemed(provider, secret, form)
        claims = self._verified(provider, answer.text("id_token"), asked["nonce"], answer.text("access_token"))
        more = self._user_info(provider, answer.text("access_token"), str(claims["sub"]))
        return Voucher(issuer=provider.issuer, subject=str(claims["sub"]), claims={**more, **claims})

    def _redeemed(self, provider: IdentityProvider, secret: str, form: Mapping[str, str]) -> Answered:
        client = provider.settings["ClientId"]
        headers = {"content-type": "application/x-www-form-urlencoded"}
        fields = dict(form)
        if secret and provider.settings.get("IsBasicAuthEnabled", "true").lower() == "true":
            # RFC 6749 §2.3.1: both are form-encoded before they are joined.
            pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            fields |= {"client_id": client, **({"client_secret": secret} if secret else {})}
        body = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
        answer = self._sent(provider, "POST", provider.settings["OAuth2TokenEPUrl"], headers, body.encode())
        if not answer.succeeded or not answer.text("id_token"):
            raise NotVouchedFor(cause=f"no id token: {answer.text('error')[:_SAID_MAX]} (HTTP {answer.status})")
        return answer

    def _verified(self, provider: IdentityProvider, token: str, nonce: str, access_token: str) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 -- see the package
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        found = self._sent(provider, "GET", provider.keys_url, {}, b"").document
        try:
            keys = KeySet.import_key_set({"keys": list(found.get("keys") or [])})
            read = jwt.decode(token, keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True}},
                {"nonce": nonce, "client_id": provider.settings["ClientId"], "access_token": access_token},
            )
            claims.validate(now=int(self.clock.now()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotVouchedFor(cause=f"the id token: {type(error).__name__}: {error}"[:_SAID_MAX]) from error
        _refuse_others(read.claims, provider.settings["ClientId"])
        return dict(read.claims)

    def _user_info(self, provider: IdentityProvider, access_token: str, subject: str) -> Mapping[str, Any]:
        url = provider.settings.get("UserInfoUrl", "")
        if not url or not access_token:
            return {}
        answer = self._sent(provider, "GET", url, {"authorization": f"Bearer {access_token}"}, b"")
        # OpenID Connect Core §5.3.2: it must be about the same user.
        return answer.document if answer.succeeded and answer.document.get("sub") == subject else {}

    def _sent(
        self, provider: IdentityProvider, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Answered:
        try:
            return self.egress.send(provider.name, method, url, headers, body)
        except (RegistrationFailed, Unavailable) as error:
            message = f"The identity provider '{provider.name}' does not answer. Try again."
            raise Unavailable(message, cause=error.description, **_harmless(error.facts)) from error


def _refuse_others(claims: Mapping[str, Any], client: str) -> None:
    """OpenID Connect Core §3.1.3.7 numbers 3 to 5: the token is for us, and asked for by us."""
    audience = claims.get("aud")
    among = audience if isinstance(audience, list) else [audience]
    if client not in among or (len(among) > 1 and claims.get("azp") != client):
        raise NotVouchedFor(cause="the id token is for somebody else")


def _harmless(facts: Mapping[str, object]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name == "url"}
