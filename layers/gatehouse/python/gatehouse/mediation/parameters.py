"""Parameters that several policies take, declared once."""

from __future__ import annotations

from gatehouse.mediation.headers import NAME_PATTERN
from gatehouse.mediation.specification import Attribute, Kind

HEADER_NAME = Attribute(name="headerName", display_name="Header Name", required=True, pattern=NAME_PATTERN)

HEADER_VALUE = Attribute(
    name="headerValue",
    display_name="Header Value",
    required=True,
    description="May hold placeholders: ${claim.sub}, ${header.x}, ${query.x}, ${path}, ${method}.",
)

QUERY_NAME = Attribute(name="paramKey", display_name="Parameter Key", required=True)


def structure_limit(name: str, display_name: str) -> Attribute:
    """How much of something a body may hold."""
    return Attribute(name=name, display_name=display_name, kind=Kind.INTEGER, default=100, least=1)
