"""External key managers: keeping them, reading their certificates, and asking whether something refers to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.tokens.issuer import Issuer
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.ports.tokens.tokens import Jwk


class KeyManagers(Protocol):
    """Keeping key managers. Each write takes the issuer along, and environments hear of it before it returns."""

    def get(self, tenant: str, key_manager_id: str) -> ExternalKeyManager | None:
        """The key manager with this id, or None."""
        ...

    def named(self, tenant: str, name: str) -> ExternalKeyManager | None:
        """The key manager of this name, without regard to case, or None."""
        ...

    def all(self, tenant: str) -> list[ExternalKeyManager]:
        """Every external key manager of the tenant, by name."""
        ...

    def add(self, key_manager: ExternalKeyManager, issuer: Issuer) -> ExternalKeyManager:
        """Keep a new one; returns it with its version. Raises KeyManagerExists, IssuerTaken."""
        ...

    def save(self, key_manager: ExternalKeyManager, issuer: Issuer) -> ExternalKeyManager:
        """Replace one read before, but not its name; returns it with its new version.

        Raises IssuerTaken, or Changed, also when it is gone.
        """
        ...

    def remove(self, key_manager: ExternalKeyManager) -> None:
        """Forget one read before, and its issuer. Raises Changed."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class KeyManagerUser:
    """An application that has keys at a key manager."""

    tenant: str
    application_id: str


class KeyManagerUses(Protocol):
    """Something that refers to key managers by id, to the resident one by ""; `tenant` may be ALL_TENANTS."""

    def uses(self, tenant: str, key_manager_id: str) -> bool:
        """Whether it refers to this one."""
        ...

    def users(self, tenant: str, key_manager_id: str) -> list[KeyManagerUser]:
        """Who refers to it, each once, in an order that stays."""
        ...


class PublicKeys(Protocol):
    """Reads public keys."""

    def of_pem(self, text: str) -> Sequence[Jwk]:
        """The public keys of the certificates or public keys in this text, as JWKs without a `kid`.

        Raises ValueError, with the reason, for what is no such text, a private key, or a key too weak or of another kind.
        """
        ...
