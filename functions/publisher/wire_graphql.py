"""What the publisher interface's documents about GraphQL look like."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gatehouse.edge.wire import Wire


class FieldComplexity(Wire):
    """What selecting a field of a GraphQL type costs."""

    type: str
    field: str
    complexityValue: int


FieldComplexities = Annotated[list[FieldComplexity], Field(max_length=10_000)]


class ComplexityBody(Wire):
    """What the fields of a GraphQL API cost."""

    list: FieldComplexities
