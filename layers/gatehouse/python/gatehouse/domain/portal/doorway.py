"""A doorway: where callers reach an API and how they prove themselves, as its published definition tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.domain.publishing.deployed import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    """`servers` are URLs, at least one. `token_url` and `authorization_url` are a key manager's; the latter may be ""."""

    servers: tuple[str, ...]
    token_url: str
    authorization_url: str
    access: Access
