"""Registration by the standard (RFC 7591), and managing what was registered (RFC 7592).

Who registers a client gets a token for managing it. It is an HMAC of the client's id, so nothing of it is kept, and it dies
with the client.
"""

from __future__ import annotations

import base64
import hmac
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.clients.redirect_uri import checked_addresses
from gatehouse.controlplane.clients.registration import known_grant_types
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.oauth import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    DEFAULT_LIFETIMES,
    DEFAULT_RULES,
    IMPLICIT,
    ClientExists,
)
from gatehouse.domain.tokens.refusals import InvalidToken
from gatehouse.ports.tokens.signing import ALGORITHMS

if TYPE_CHECKING:
    from gatehouse.controlplane.clients.dynamic_registration import DynamicRegistration
    from gatehouse.controlplane.clients.registration import Registration
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.tokens.oauth import Client, ClientRules, Lifetimes
    from gatehouse.ports.tokens.oauth import Clients
    from gatehouse.ports.tokens.signing import Keyring

SCOPE = "apim:dcr:app_manage"
REDIRECT_URIS_MAX = 50
KEYS_MAX = 10
_SECRET = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """What a client says of itself (RFC 7591 §2). `owner` "" is the caller, `name` "" is made up."""

    name: str
    owner: str
    grant_types: tuple[str, ...]
    rules: ClientRules = DEFAULT_RULES
    lifetimes: Lifetimes = DEFAULT_LIFETIMES


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataRegistration:
    """Registers, reads, replaces and forgets clients by their metadata."""

    clients: Clients
    registration: Registration
    dynamic: DynamicRegistration
    keyring: Keyring

    def register(self, caller: Principal, metadata: ClientMetadata) -> Client:
        """A new client. Raises Invalid that names the metadata, Forbidden."""
        checked = _checked(metadata)
        tenant, owner = self.dynamic.owner(caller, checked.owner) if checked.owner else (caller.tenant, caller.user)
        try:
            return self.registration.register(
                tenant=tenant,
                owner=owner,
                name=checked.name or f"client-{uuid.uuid4().hex[:12]}",
                grant_types=known_grant_types(checked.grant_types),
                lifetimes=checked.lifetimes,
                rules=checked.rules,
            )
        except ClientExists as error:
            raise Invalid.field("client_name", "is the name of another client of this owner") from error

    def managed(self, client_id: str, caller: Principal | str) -> Client:
        """The client, for whoever may manage it: its registration token, its owner, or an administrator of its tenant.

        Raises InvalidToken: also when there is no such client, so that nobody learns which there are.
        """
        known = client_id.isascii() and client_id.isalnum()
        found = self.clients.find(client_id) if known else None
        if found is None or not self._may(found, caller):
            raise InvalidToken(client_id=client_id[:64])
        return found

    def replace(self, client: Client, metadata: ClientMetadata) -> Client:
        """Put this in place of what the client said of itself; its name and owner stay. Raises Invalid, Changed."""
        checked = _checked(metadata)
        if checked.name not in {"", client.name}:
            raise Invalid.field("client_name", "cannot be changed")
        grants = known_grant_types(checked.grant_types)
        # Where it came with one, WSO2's callback is replaced as well: the addresses of the metadata are all there are.
        changed = replace(client, grant_types=grants, callback_url="", rules=checked.rules, lifetimes=checked.lifetimes)
        return self.clients.save(changed)

    def forget(self, client: Client) -> None:
        """Delete the client and void its tokens."""
        self.registration.delete(client.tenant, client.id)

    def token(self, client: Client) -> str:
        """What manages this client (RFC 7592 §3)."""
        mac = self.keyring.derive(f"registration\n{client.id}\n{client.created_at}")
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def _may(self, client: Client, caller: Principal | str) -> bool:
        if isinstance(caller, str):
            return hmac.compare_digest(caller.encode(), self.token(client).encode())
        if caller.tenant != client.tenant or SCOPE not in caller.scopes:
            return False
        return caller.is_admin or caller.user.lower() == client.owner.lower()


def _checked(metadata: ClientMetadata) -> ClientMetadata:
    rules = metadata.rules
    if len(rules.redirect_uris) + len(rules.post_logout_redirect_uris) > REDIRECT_URIS_MAX:
        raise Invalid.field("redirect_uris", f"must not be more than {REDIRECT_URIS_MAX}")
    uris = checked_addresses(rules.redirect_uris, field="redirect_uris")
    after = checked_addresses(rules.post_logout_redirect_uris, field="post_logout_redirect_uris")
    if not uris and {AUTHORIZATION_CODE, IMPLICIT} & set(metadata.grant_types):
        raise Invalid.field("redirect_uris", "is required for grants that go through a browser")
    if rules.signed_with not in ALGORITHMS:
        raise Invalid.field("id_token_signed_response_alg", f"must be one of {', '.join(ALGORITHMS)}")
    if len(rules.keys) > KEYS_MAX or not all(_is_public(key) for key in rules.keys):
        raise Invalid.field(
            "jwks", f"must hold 1 to {KEYS_MAX} public RSA or EC keys (RFC 7517 §5), and nothing secret"
        )
    if rules.public and CLIENT_CREDENTIALS in metadata.grant_types:
        raise Invalid.field("grant_types", "a client without a secret cannot speak for itself")
    return replace(metadata, rules=replace(rules, redirect_uris=uris, post_logout_redirect_uris=after))


def _is_public(key: dict[str, Any]) -> bool:
    members = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}}.get(str(key.get("kty")))
    texts = all(isinstance(value, str | list) for value in key.values())
    return members is not None and members <= set(key) and not _SECRET & set(key) and texts
