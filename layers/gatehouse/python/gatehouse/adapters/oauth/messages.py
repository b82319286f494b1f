"""Requests and clients in the shapes that Authlib asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from gatehouse.controlplane.clients.redirect_uri import accepts, default_of
from gatehouse.domain.tokens.oauth import AUTHORIZATION_CODE, IMPLICIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.tokens.oauth import Client

# Authlib wants to see that requests are encrypted; ours are since the front door, which names them otherwise.
_ADDRESS = "https://key-manager/"
_GRANT_OF_RESPONSE = {"code": AUTHORIZATION_CODE, "token": IMPLICIT, "id_token": IMPLICIT, "id_token token": IMPLICIT}


class FormRequest(OAuth2Request):
    """A request to one of the OAuth endpoints. Parameters without a value count as absent (RFC 6749 §3.1, §3.2).

    `authorization` is the header, "" for none; `tenant` is the one that the path names; `address` is the caller's IP address.
    """

    def __init__(
        self,
        method: str,
        parameters: Mapping[str, str],
        *,
        authorization: str = "",
        tenant: str | None = None,
        address: str = "",
    ) -> None:
        super().__init__(method, _ADDRESS, headers={"Authorization": authorization})
        self._parameters = {name: value for name, value in parameters.items() if value}
        self.payload: Any = BasicOAuth2Payload(self._parameters)
        self.authorization = authorization
        self.tenant = tenant
        self.address = address
        self.login: Any = None
        self.granted: tuple[str, ...] = ()

    @property
    def args(self) -> dict[str, str]:
        """The parameters."""
        return self._parameters

    @property
    def form(self) -> dict[str, str]:
        """The parameters."""
        return self._parameters


class RegisteredClient(ClientMixin):
    """A client of ours, as Authlib asks about it. Secrets it never sees: `ClientAuthentication` compares them."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get_client_id(self) -> str:
        """The client's id."""
        return self.client.id

    def get_default_redirect_uri(self) -> str:
        """Where to when a request does not say; "" when it must."""
        return default_of(self.client)

    def get_allowed_scope(self, scope: str | None) -> str:
        """What may be asked for: anything. What is granted is the user's roles' to say."""
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether the client has registered this address."""
        return accepts(self.client, redirect_uri)

    def check_response_type(self, response_type: str) -> bool:
        """Whether the client has registered the grant behind this response type."""
        return _GRANT_OF_RESPONSE.get(response_type) in self.client.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client has registered this grant."""
        return grant_type in self.client.grant_types
