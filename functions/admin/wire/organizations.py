"""What organizations look like in the admin interface, on the way in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gatehouse.edge.wire import Wire, spelled

_TRIMMED = spelled(r"^\S(.*\S)?$", "must not begin or end with a space")


class OrganizationBody(Wire):
    """An organization. Its own id and its parent's may be sent, because clients send back what they got."""

    organizationId: str | None = None
    externalOrganizationId: Annotated[str, Field(min_length=1, max_length=255, pattern=_TRIMMED)]
    parentOrganizationId: str | None = None
    displayName: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    description: Annotated[str, Field(max_length=1023)] | None = None
