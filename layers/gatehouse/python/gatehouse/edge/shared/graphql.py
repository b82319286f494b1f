"""GraphQL APIs on the wire: the interfaces of the publisher and of the store show them alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatehouse.controlplane.graphs import Cost


def schema_view(named: tuple[str, str]) -> dict[str, Any]:
    """A schema, by its file name."""
    name, text = named
    return {"name": name, "schemaDefinition": text}


def costs_view(costs: Iterable[Cost]) -> dict[str, Any]:
    """What fields cost."""
    return {"list": [{"type": one.type, "field": one.field, "complexityValue": one.complexity} for one in costs]}


def types_view(types: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """The types of a schema and their fields."""
    return {"typeList": [{"type": name, "fieldList": list(fields)} for name, fields in types.items()]}
