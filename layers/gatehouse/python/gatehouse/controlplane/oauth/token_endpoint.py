"""The token endpoint (RFC 6749 §3.2): a client that proves itself exchanges a grant for a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.oauth.grants import required
from gatehouse.domain.oauth import UnauthorizedClient, UnsupportedGrantType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.controlplane.oauth.client_authentication import ClientAuthentication
    from gatehouse.domain.oauth import Client, IssuedToken

    Grant = Callable[[Client, Mapping[str, str], str | None], IssuedToken]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint:
    """Knows the grants that are served, by their `grant_type`."""

    authenticate: ClientAuthentication
    grants: Mapping[str, Grant]

    def __call__(self, authorization: str, form: Mapping[str, str], tenant: str | None) -> IssuedToken:
        """The token for this request; `tenant` is the one the path names. Raises the errors of RFC 6749 §5.2."""
        grant_type = required(form, "grant_type")
        client = self.authenticate(authorization, form, tenant)
        grant = self.grants.get(grant_type)
        if grant is None:
            raise UnsupportedGrantType(grant_type=grant_type[:64])
        if grant_type not in client.grant_types:
            raise UnauthorizedClient(client_id=client.id, grant_type=grant_type)
        return grant(client, form, tenant)
