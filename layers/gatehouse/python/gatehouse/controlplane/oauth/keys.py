"""Keys: the public signing keys, where every verifier of a tenant's tokens looks them up.

One key set signs for all tenants; each tenant has its own copy of the public half, because every lookup on the call path
starts with the tenant. A key stands in a tenant's set before it signs that tenant's first token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, keys_key
from gatehouse.domain.identity import SUPER_TENANT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.ports.artifacts import Artifacts, Publication
    from gatehouse.ports.signing import Keyring
    from gatehouse.ports.tokens import Jwk


class PublishedKeys:
    """Copies the public keys to the tenants that need them, and remembers which have them."""

    def __init__(
        self, keyring: Keyring, assertion_keyring: Keyring, artifacts: Artifacts, publication: Publication
    ) -> None:
        """`artifacts` reads what `publication` writes."""
        self._keyring = keyring
        self._assertion_keyring = assertion_keyring
        self._artifacts = artifacts
        self._publication = publication
        self._known: dict[str, Sequence[Jwk]] = {}

    def provision(self) -> None:
        """At deploy time: make the first keys unless they exist, and publish the super tenant's set."""
        self._keyring.create_unless_there()
        self._assertion_keyring.create_unless_there()
        self.ensure(SUPER_TENANT)

    def for_verifiers(self) -> list[Jwk]:
        """What `/oauth2/jwks` shows: the keys of tokens, and those of the gateway's assertions towards backends.

        The latter stand in no tenant's set: they sign no token.
        """
        return [*self._keyring.public_keys(), *self._assertion_keyring.public_keys()]

    def ensure(self, tenant: str) -> Sequence[Jwk]:
        """The tenant's key set (RFC 7517 §5), which stands where verifiers look when this returns."""
        keys = self._keyring.public_keys()
        if self._known.get(tenant) != keys:
            key = keys_key(tenant)
            (standing,) = self._artifacts.get([key])
            if standing is None or standing.get("keys") != list(keys):
                self._publication.publish([Artifact(key, {"keys": list(keys)})])
            self._known[tenant] = keys
        return keys
