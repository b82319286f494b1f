"""A direct API is one that the front door itself takes to its backend: no function waits for the answer.

What that costs is in docs/guides/authorizer.md; `controlplane/publishing/direct` says which APIs can be direct.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

DIRECT = "direct"
ROUTES_MAX = 300
INTEGRATIONS_MAX = 300
"""What one HTTP API of Amazon's can hold. The first can be raised on request, the second cannot."""

TIMEOUT_MAX_SECONDS = 30.0
"""How long an HTTP API waits for a backend, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectApi:
    """Where the front door leads the calls of one API.

    `path` is its base path with the tenant's prefix; `rooted` says whether that path itself is served, besides those
    below it. `backend` is scheme and host, `backend_path` what comes before the rest of the path, "" or `/v1`.
    `timeout_seconds` 0 is the front door's own. What is hidden (headers, query parameters) never reaches the backend.
    """

    id: str
    path: str
    rooted: bool
    backend: str
    backend_path: str
    timeout_seconds: float
    hidden_headers: tuple[str, ...]
    hidden_parameters: tuple[str, ...]


def is_direct(document: Mapping[str, Any]) -> bool:
    """Whether an API's `gatewayType` is `direct`, in any case and with any vendor (`wso2/direct`)."""
    return str(document.get("gatewayType") or "").rpartition("/")[2].strip().lower() == DIRECT


class FrontDoorFull(Invalid):
    """The front door has no room for the API's routes."""

    message = "The front door is full"
