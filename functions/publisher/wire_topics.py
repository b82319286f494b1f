"""What the publisher interface's documents about topics look like."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from gatehouse.edge.wire import Wire


class TopicBody(Wire):
    """A channel of an API of events, and what its clients do there."""

    id: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=1000)]
    mode: Annotated[str, Field(max_length=20)]
    description: Annotated[str, Field(max_length=32766)] = ""


Topics = Annotated[list[TopicBody], Field(max_length=500)]


class TopicsBody(Wire):
    """All topics of an API."""

    count: int | None = None
    list: Topics
    pagination: dict[str, Any] | None = None
