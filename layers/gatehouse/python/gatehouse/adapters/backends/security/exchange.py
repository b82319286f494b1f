"""What every kind of endpoint security works with: an exchange, and requests with headers in place of others."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

from gatehouse.ports.backends import BackendReply, BackendRequest

Exchange = Callable[[BackendRequest], BackendReply]
"""Sends a request as it is, within the deadlines of the call. Raises a BackendFailed."""

UNAUTHORIZED = 401


def with_headers(request: BackendRequest, **proofs: str) -> BackendRequest:
    """The request with these headers, and without what the caller sent under their names. `_` stands for `-`."""
    return with_header_map(request, {name.replace("_", "-"): value for name, value in proofs.items()})


def with_header_map(request: BackendRequest, proofs: dict[str, str]) -> BackendRequest:
    """As `with_headers`, for names that are data."""
    names = {name.lower() for name in proofs}
    kept = {name: value for name, value in request.headers.items() if name.lower() not in names}
    return replace(request, headers={**kept, **proofs})


def basic_credentials(username: str, password: str) -> str:
    """The value of an Authorization header (RFC 7617 §2), in UTF-8."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode('ascii')}"
