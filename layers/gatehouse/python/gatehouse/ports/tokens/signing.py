"""Signing: the private keys of the installation, and the pepper that client secrets are derived with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.ports.tokens.tokens import Jwk


ACCESS_TOKEN = "at+jwt"
ID_TOKEN = "JWT"


RS256 = "RS256"
ES256 = "ES256"
ALGORITHMS = (RS256, ES256)
"""What tokens of ours may be signed with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key without its secret. Times are epoch seconds; `retired_at` is 0 until another key signs in its place.

    One that is neither current nor retired is waiting: its public half is known before it signs.
    """

    kid: str
    algorithm: str
    created_at: int
    current: bool
    retired_at: int

    @property
    def waiting(self) -> bool:
        """Whether it is still to sign."""
        return not self.current and not self.retired_at


class Keyring(Protocol):
    """Signs with the current keys. Private keys and the pepper never leave it, save through what is derived from them."""

    def create_unless_there(self) -> None:
        """At deploy time: make the first keys and the pepper, unless they exist. Raises Unavailable."""
        ...

    def sign(self, claims: Mapping[str, object], kind: str = ACCESS_TOKEN, algorithm: str = RS256) -> str:
        """A JWT of this `typ` (RFC 9068 §2.1) with these claims, naming its key by `kid`."""
        ...

    def public_keys(self) -> Sequence[Jwk]:
        """The public half of every key whose tokens may still live, or will (RFC 7517 §4)."""
        ...

    @property
    def generation(self) -> int:
        """How often the keys have been changed."""
        ...

    def signing_keys(self) -> Sequence[SigningKey]:
        """What keys there are, as they stand now and not as they are remembered. Raises Unavailable."""
        ...

    def change(self, *, make: Sequence[str] = (), promote: Sequence[str] = (), drop: Sequence[str] = ()) -> None:
        """Make waiting keys of these algorithms, let these kids sign from now on, forget those. Raises Unavailable."""
        ...

    def derive(self, text: str) -> bytes:
        """HMAC-SHA256 of this text under the pepper: the same for ever, and unknowable without the pepper."""
        ...
