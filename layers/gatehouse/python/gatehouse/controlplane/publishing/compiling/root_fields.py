"""The operations of a GraphQL API are the root fields of its schema, no more and no fewer; providers say who may use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.documents import new_operation
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.deployed import ApiType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gatehouse.domain.apis.api import Api

    Fields = Iterable[tuple[str, str]]  # kind and name


def settled(fields: Fields, known: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The operations for these fields, as they are known; of one that is known twice, the last."""
    by_field = {_key(operation): operation for operation in known}
    return [{**new_operation(*one), **by_field.get(one, {}), "verb": one[0], "target": one[1]} for one in fields]


def require_known(operations: Sequence[Mapping[str, Any]], fields: Fields) -> None:
    """Raises Invalid for an operation that is no root field of the schema."""
    known = set(fields)
    for index, operation in enumerate(operations):
        kind, name = _key(operation)
        if (kind, name) not in known:
            problem = f"the schema has no {kind.lower() or 'root'} field '{name}'"
            raise Invalid.field(f"operations.{index}.target", problem)


def followed(api: Api, document: Mapping[str, Any]) -> dict[str, Any]:
    """A new document of a GraphQL API, with all its operations. One that is left out stays as it is, never open to all.

    Raises Invalid.
    """
    if document.get("type") not in (None, ApiType.GRAPHQL):
        raise Invalid.field("type", f"cannot be changed (it is '{ApiType.GRAPHQL}')")
    before, given = api.document["operations"], document.get("operations") or ()
    fields = [_key(operation) for operation in before]
    require_known(given, fields)
    return {**document, "type": ApiType.GRAPHQL.value, "operations": settled(fields, [*before, *given])}


def _key(operation: Mapping[str, Any]) -> tuple[str, str]:
    return str(operation.get("verb") or "").upper(), str(operation.get("target") or "")
