"""Client authentication: which client speaks at the token endpoint (RFC 6749 §2.3.1: Basic, or fields of the body)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from gatehouse.controlplane.clients.client_assertion import TYPE
from gatehouse.controlplane.clients.client_secret import proves
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.oauth import InvalidClient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.clients.client_assertion import ClientAssertions
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.tokens.oauth import Clients
    from gatehouse.ports.world import Clock

CLIENT_ID_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAuthentication:
    """Checks client credentials. An unknown client and a wrong secret answer alike."""

    clients: Clients
    clock: Clock
    assertions: ClientAssertions

    def __call__(self, authorization: str, form: Mapping[str, str], tenant: str | None) -> Client:
        """The client that this `Authorization` header ("" for none) or form proves.

        `tenant` is the one the path names: a client of another tenant is unknown there, unless it serves all tenants.
        Raises InvalidClient, or Invalid when the client authenticates in two ways at once.
        """
        if "client_assertion" in form:
            return self._own(self._by_assertion(authorization, form), tenant)
        client_id, secret = _credentials(authorization, form)
        found = self.clients.find(client_id) if _possible(client_id) else None
        # A public client need not prove itself; what it sends for a secret must still be one.
        proved = proves(secret, found, self.clock.now())
        if found is not None and found.rules.public:
            proved = proved or not secret
        if not proved or found is None or found.rules.keys:
            raise InvalidClient(
                client_id=client_id[:CLIENT_ID_MAX], cause="unknown client, wrong secret or wrong method"
            )
        return self._own(found, tenant)

    def _by_assertion(self, authorization: str, form: Mapping[str, str]) -> Client:
        assertion = form["client_assertion"]
        if authorization or "client_secret" in form:
            raise Invalid("The client authenticates in two ways: use the assertion or a secret, not both.")
        client_id = self.assertions.client_id(assertion)
        found = self.clients.find(client_id) if _possible(client_id) else None
        if form.get("client_assertion_type") != TYPE or found is None or not found.rules.keys:
            raise InvalidClient(client_id=client_id[:CLIENT_ID_MAX], cause="unknown client or wrong method")
        if form.get("client_id", found.id) != found.id:
            raise InvalidClient(client_id=found.id, cause="the assertion is another client's")
        self.assertions.check(found, assertion)
        return found

    def _own(self, found: Client, tenant: str | None) -> Client:
        """The client, where it is known. Raises InvalidClient."""
        if tenant is not None and tenant != found.tenant and not found.saas:
            raise InvalidClient(client_id=found.id, cause="client of another tenant")
        return found

    def speaks_of_client(self, authorization: str) -> bool:
        """Whether a Basic `Authorization` header names a client of ours, and not a user."""
        scheme, _, _ = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        client_id, _ = _basic(authorization)
        return _possible(client_id) and self.clients.find(client_id) is not None


def _possible(client_id: str) -> bool:
    """What cannot be an id of ours need not be looked for, and might not even fit a key."""
    return client_id.isascii() and client_id.isalnum() and len(client_id) <= CLIENT_ID_MAX


def _credentials(authorization: str, form: Mapping[str, str]) -> tuple[str, str]:
    """Client id and secret. Raises InvalidClient, Invalid."""
    if not authorization:
        return form.get("client_id", ""), form.get("client_secret", "")
    client_id, secret = _basic(authorization)
    if "client_secret" in form or form.get("client_id", client_id) != client_id:
        raise Invalid("The client authenticates in two ways: use the Authorization header or the body, not both.")
    return client_id, secret


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient(cause="not Basic")
    try:
        client_id, separator, secret = base64.b64decode(credential.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidClient(cause="malformed Basic credential") from error
    if not separator:
        raise InvalidClient(cause="Basic credential without a colon")
    # Both are form-urlencoded before they are joined (RFC 6749 §2.3.1).
    return unquote_plus(client_id), unquote_plus(secret)
