"""Signing: the private keys of the installation, and the pepper that client secrets are derived with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.ports.tokens import Jwk


ACCESS_TOKEN = "at+jwt"
ID_TOKEN = "JWT"


class Keyring(Protocol):
    """Signs with the current key. Private keys and the pepper never leave it, save through what is derived from them."""

    def create_unless_there(self) -> None:
        """At deploy time: make the first signing key and the pepper, unless they exist. Raises Unavailable."""
        ...

    def sign(self, claims: Mapping[str, object], kind: str = ACCESS_TOKEN) -> str:
        """A JWT of this `typ` (RFC 9068 §2.1) with these claims, RS256, naming its key by `kid`."""
        ...

    def public_keys(self) -> Sequence[Jwk]:
        """The public half of every key whose tokens may still live (RFC 7517 §4)."""
        ...

    def derive(self, text: str) -> bytes:
        """HMAC-SHA256 of this text under the pepper: the same for ever, and unknowable without the pepper."""
        ...
