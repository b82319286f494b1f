"""Responses: answers of backends that all environments of the gateway share, so that one has to ask for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ResponseKey:
    """What was asked: `question` is a digest (hexadecimal) of everything about it but the first three."""

    tenant: str
    api_id: str
    revision: int
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResponse:
    """An answer, fresh from `stored_at` to `until` (epoch seconds).

    `varied` are the request headers it depends on (`Vary`, names in lower case), each with the digest of its value: who
    reads a cache learns nothing of what was in them.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    stored_at: float
    until: float
    varied: Mapping[str, str]

    @property
    def size_bytes(self) -> int:
        """Of its body and headers."""
        return len(self.body) + sum(len(name) + len(value.encode()) for name, value in self.headers)


class Responses(Protocol):
    """The store. Both raise Unavailable, and soon: an answer that is late is better asked of the backend."""

    def find(self, key: ResponseKey) -> KeptResponse | None:
        """The answer kept last, which may no longer be fresh; None when there is none."""
        ...

    def keep(self, key: ResponseKey, response: KeptResponse) -> None:
        """Keep an answer in place of another one to the same question."""
        ...
