"""Keys: the public signing keys, where every verifier of a tenant's tokens looks them up.

One key set signs for all tenants; each tenant has its own copy of the public half, because every lookup on the call path
starts with the tenant. A key stands in a tenant's set before it signs that tenant's first token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, keys_key
from gatehouse.domain.people.identity import SUPER_TENANT

if TYPE_CHECKING:
    from gatehouse.ports.artifacts import Artifacts, Publication
    from gatehouse.ports.tokens.oauth import KeyLifetimes
    from gatehouse.ports.tokens.signing import Keyring
    from gatehouse.ports.tokens.tokens import Jwk


LONGEST_ASSUMED_SECONDS = 86_400
"""A key is kept this long after its last signature, without anything being written down. Longer lives are."""


class PublishedKeys:
    """Copies the public keys to the tenants that need them, and remembers which have them."""

    def __init__(
        self,
        keyring: Keyring,
        assertion_keyring: Keyring,
        artifacts: Artifacts,
        publication: Publication,
        lifetimes: KeyLifetimes,
    ) -> None:
        """`artifacts` reads what `publication` writes."""
        self._keyring = keyring
        self._assertion_keyring = assertion_keyring
        self._artifacts = artifacts
        self._publication = publication
        self._lifetimes = lifetimes
        self._known: dict[str, int] = {}
        self._longest: dict[tuple[str, int], int] = {}

    def provision(self) -> None:
        """At deploy time: make the first keys unless they exist, and publish the super tenant's set."""
        self._keyring.create_unless_there()
        self._assertion_keyring.create_unless_there()
        self.publish(SUPER_TENANT)

    def for_verifiers(self) -> list[Jwk]:
        """What `/oauth2/jwks` shows: the keys of tokens, and those of the gateway's assertions towards backends.

        The latter stand in no tenant's set: they sign no token.
        """
        return [*self._keyring.public_keys(), *self._assertion_keyring.public_keys()]

    def ensure(self, tenant: str, algorithm: str, lifetime_seconds: int) -> None:
        """Let the tenant's verifiers know the keys before one signs a token that lives so long, and keep them for it."""
        generation = self._keyring.generation
        if self._known.get(tenant) != generation:
            self.publish(tenant)
            self._known[tenant] = generation
        if lifetime_seconds > max(LONGEST_ASSUMED_SECONDS, self._longest.get((algorithm, generation), 0)):
            # All of the algorithm's keys: another environment may still sign with the one before.
            for key in self._keyring.signing_keys():
                if key.algorithm == algorithm and not key.waiting:
                    self._lifetimes.extend(key.kid, lifetime_seconds)
            self._longest[algorithm, generation] = lifetime_seconds

    def publish(self, tenant: str) -> None:
        """Write the tenant's key set (RFC 7517 §5) where verifiers look, unless a newer one stands there."""
        keys, generation = self._keyring.public_keys(), self._keyring.generation
        key = keys_key(tenant)
        (standing,) = self._artifacts.get([key])
        written = standing.get("generation", -1) if standing else -1
        if not isinstance(written, int) or written < generation:
            self._publication.publish([Artifact(key, {"keys": list(keys), "generation": generation})])
