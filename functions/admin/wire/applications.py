"""What a tenant's configuration says about applications."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from gatehouse.edge.wire import Wire

ATTRIBUTES_MAX = 50
"""As many as an application may have."""


class AttributeElement(Wire):
    """An attribute that applications are asked for. A hidden one is not, and has its default."""

    Attribute: Annotated[str, Field(min_length=1, max_length=255)]
    Description: Annotated[str, Field(max_length=1000)] = ""
    Tooltip: Annotated[str, Field(max_length=1000)] = ""
    Type: Annotated[str, Field(max_length=60)] = "text"
    Required: bool = False
    Hidden: bool = False
    Default: Annotated[str, Field(max_length=1024)] = ""


def _named_once(attributes: list[AttributeElement]) -> list[AttributeElement]:
    """Raises ValueError for two of one name."""
    names = [attribute.Attribute for attribute in attributes]
    if len(set(names)) != len(names):
        message = "names an attribute more than once"
        raise ValueError(message)
    return attributes


class ApplicationSection(Wire):
    """What applications of the tenant are like."""

    Attributes: Annotated[
        list[AttributeElement], Field(default_factory=list, max_length=ATTRIBUTES_MAX), AfterValidator(_named_once)
    ]
