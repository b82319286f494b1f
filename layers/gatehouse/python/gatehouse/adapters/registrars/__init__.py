"""Registrars: external key managers over HTTP, each in its dialect; tokens in the one that they all have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from gatehouse.adapters.registrars.auth0 import Auth0
from gatehouse.adapters.registrars.egress import Egress, Errand
from gatehouse.adapters.registrars.entra import Entra
from gatehouse.adapters.registrars.keycloak import Keycloak
from gatehouse.adapters.registrars.okta import Okta
from gatehouse.adapters.registrars.ping_federate import PingFederate
from gatehouse.adapters.registrars.proof import client_basic
from gatehouse.adapters.registrars.rfc7591 import Rfc7591
from gatehouse.adapters.registrars.wso2 import Asgardeo, Wso2Is, Wso2Is7
from gatehouse.domain.applications.registration import Flavour, RegistrationFailed
from gatehouse.domain.tokens.key_manager import MappingNotSupported
from gatehouse.domain.tokens.oauth import InvalidClient, InvalidScope, IssuedToken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.applications.registration import Desk, RegisteredClient, Registration, WantedClient
    from gatehouse.domain.tokens.oauth import ClientCredentials

TOKEN_SECONDS = 3600
"""What is shown of a token whose lifetime its provider does not tell."""


class Dialect(Protocol):
    """How one kind of provider registers clients; see `ports.applications.registrars.ClientRegistrar`."""

    def register(self, errand: Errand, wanted: WantedClient) -> RegisteredClient: ...  # noqa: D102

    def update(self, errand: Errand, known: Registration, wanted: WantedClient) -> Registration: ...  # noqa: D102

    def renew_secret(self, errand: Errand, known: Registration) -> RegisteredClient: ...  # noqa: D102

    def delete(self, errand: Errand, known: Registration) -> None: ...  # noqa: D102


DIALECTS: dict[Flavour, Dialect] = {
    Flavour.RFC7591: Rfc7591(),
    Flavour.KEYCLOAK: Keycloak(),
    Flavour.OKTA: Okta(),
    Flavour.AUTH0: Auth0(),
    Flavour.ENTRA: Entra(),
    Flavour.PING_FEDERATE: PingFederate(),
    Flavour.WSO2_IS: Wso2Is(),
    Flavour.WSO2_IS_7: Wso2Is7(),
    Flavour.ASGARDEO: Asgardeo(),
}


class HttpRegistrar:
    """Implements `ports.applications.registrars.ClientRegistrar`. `internal_allowed` is for the local stack."""

    def __init__(self, *, internal_allowed: bool) -> None:
        self._egress = Egress(internal_allowed=internal_allowed)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._egress.close()

    def register(self, desk: Desk, wanted: WantedClient) -> RegisteredClient:
        """Make a client."""
        return _dialect(desk).register(Errand(self._egress, desk), wanted)

    def update(self, desk: Desk, known: Registration, wanted: WantedClient) -> Registration:
        """Replace what a client is like."""
        return _dialect(desk).update(Errand(self._egress, desk), known, wanted)

    def renew_secret(self, desk: Desk, known: Registration) -> RegisteredClient:
        """A new secret in place of the old one."""
        made = _dialect(desk).renew_secret(Errand(self._egress, desk), known)
        if not made.client_secret:
            raise RegistrationFailed(f"'{desk.name}' answers without a secret.", key_manager=desk.name)
        return made

    def delete(self, desk: Desk, known: Registration) -> None:
        """Forget a client."""
        _dialect(desk).delete(Errand(self._egress, desk), known)

    def token(
        self, desk: Desk, client: ClientCredentials, scopes: Sequence[str], properties: Mapping[str, Any]
    ) -> IssuedToken:
        """A token by client credentials. Raises InvalidClient, InvalidScope besides."""
        errand = Errand(self._egress, desk, {client.client_secret})
        form = {"grant_type": "client_credentials", **_target(desk, client, scopes, properties)}
        answered = errand.form(desk.token_url, *_proved(form, client, properties))
        match answered.text("error"):
            case "invalid_client":
                raise InvalidClient(key_manager=desk.name, said=errand.said(answered))
            case "invalid_scope":
                raise InvalidScope(f"'{desk.name}' refuses: {errand.said(answered)}")
        errand.done(answered)
        token, seconds = answered.text("access_token"), answered.document.get("expires_in")
        if not token:
            raise RegistrationFailed(f"'{desk.name}' answers without a token.", key_manager=desk.name)
        return IssuedToken(
            access_token=token,
            scopes=tuple(answered.text("scope").split()) or tuple(scopes),
            expires_in=int(seconds) if isinstance(seconds, int | float) else TOKEN_SECONDS,
        )

    def revoke(self, desk: Desk, client: ClientCredentials, token: str, properties: Mapping[str, Any]) -> None:
        """Void a token (RFC 7009 §2.1). Raises InvalidClient besides. Many providers void no JWTs, and say so."""
        if not desk.revoke_url:
            raise MappingNotSupported(f"'{desk.name}' revokes no tokens.")
        errand = Errand(self._egress, desk, {client.client_secret, token})
        form = {"token": token, "token_type_hint": "access_token"}
        answered = errand.form(desk.revoke_url, *_proved(form, client, properties))
        if answered.text("error") == "invalid_client":
            raise InvalidClient(key_manager=desk.name, said=errand.said(answered))
        errand.done(answered)


def _dialect(desk: Desk) -> Dialect:
    if desk.flavour not in DIALECTS:
        raise MappingNotSupported(f"'{desk.name}' registers no clients: map one that you have there.")
    return DIALECTS[desk.flavour]


def _target(
    desk: Desk, client: ClientCredentials, scopes: Sequence[str], properties: Mapping[str, Any]
) -> dict[str, str]:
    """What the token shall be for, in the words of the provider."""
    scope = {"scope": " ".join(scopes)} if scopes else {}
    if desk.flavour is Flavour.ENTRA:
        # Applications get what was granted to them, as a whole.
        return {"scope": f"api://{client.client_id}/.default"}
    if desk.flavour is Flavour.AUTH0 and properties.get("audience_of_api"):
        return {**scope, "audience": str(properties["audience_of_api"])}
    return scope


def _proved(
    form: dict[str, str], client: ClientCredentials, properties: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """The headers and the form of a request by this client (RFC 6749 §2.3.1)."""
    if properties.get("token_endpoint_auth_method") == "client_secret_post":
        return {}, {**form, "client_id": client.client_id, "client_secret": client.client_secret}
    return client_basic(client.client_id, client.client_secret), form
