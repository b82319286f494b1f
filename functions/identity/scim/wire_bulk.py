"""What a bulk request looks like (RFC 7644 §3.7)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from functions.identity.scim.discovery import OPERATIONS_MAX
from gatehouse.edge.wire import Wire


class BulkOperation(Wire):
    """One operation."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: str
    bulkId: str | None = None
    version: str | None = None
    data: dict[str, Any] | None = None


class BulkRequest(Wire):
    """The body of a bulk request. `failOnErrors` is how many failures end it; without it all operations are tried."""

    model_config = ConfigDict(extra="forbid")

    schemas: list[str] = Field(default_factory=list)
    failOnErrors: int | None = Field(default=None, ge=1)
    Operations: list[BulkOperation] = Field(max_length=OPERATIONS_MAX)
