"""Logout at the wish of a client (OpenID Connect RP-Initiated Logout 1.0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gatehouse.controlplane.clients.redirect_uri import accepts, is_address
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import qualified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.openid.id_token import IdTokens
    from gatehouse.controlplane.openid.session import Visitor
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.tokens.oauth import Clients


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutRequest:
    """A valid wish. `certain`: the client has shown the id token of whoever is logged in, so nobody needs to be asked.

    `leads_to` is where the browser goes afterwards, "" for a page of ours.
    """

    certain: bool
    leads_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Logout:
    """Reads logout requests."""

    clients: Clients
    id_tokens: IdTokens

    def read(self, parameters: Mapping[str, str], visitor: Visitor) -> LogoutRequest:
        """What is asked for. Raises Invalid: an address that is not registered, or a client that is not the token's."""
        hint, client_id = parameters.get("id_token_hint", ""), parameters.get("client_id", "")
        claims = self.id_tokens.claims(hint) if hint else {}
        if hint and (not claims or client_id not in {"", claims.get("aud")}):
            raise Invalid("The request names an id token that is not the application's.")
        client = self._client(str(claims.get("aud", client_id)))
        leads_to = parameters.get("post_logout_redirect_uri", "")
        if leads_to and (client is None or not _registered(client, leads_to)):
            raise Invalid("The request names an address that the application has not registered.")
        session = visitor.session
        mine = session is not None and claims.get("sub") == qualified(session.tenant, session.user)
        state = parameters.get("state", "")
        return LogoutRequest(certain=mine, leads_to=_with_state(leads_to, state) if leads_to and state else leads_to)

    def _client(self, client_id: str) -> Client | None:
        return self.clients.find(client_id) if client_id.isascii() and client_id.isalnum() else None


def _registered(client: Client, uri: str) -> bool:
    # WSO2's clients have one callback for both.
    return is_address(uri) and (uri in client.rules.post_logout_redirect_uris or accepts(client, uri))


def _with_state(uri: str, state: str) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'state': state})}"
