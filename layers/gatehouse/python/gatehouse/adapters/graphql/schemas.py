"""Schemas: SDL to the graph that our rules look at. A schema that no server could serve is refused, with every place named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_ast_schema,
    get_named_type,
    parse,
    validate_schema,
)
from graphql.language import ExecutableDefinitionNode
from graphql.validation.validate import validate_sdl

from gatehouse.domain.apis.graphql import LEAF, Graph, RootKind, SchemaInvalid
from gatehouse.domain.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql import GraphQLNamedType, GraphQLSchema

BYTES_MAX = 1_500_000
TOKENS_MAX = 250_000
PROBLEMS_MAX = 20
"""How many problems are told at once."""


def read(content: bytes) -> Graph:
    """What a schema says. Raises SchemaInvalid."""
    if len(content) > BYTES_MAX:
        raise _invalid([f"the schema is larger than {BYTES_MAX} bytes"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid([f"not UTF-8: {error.reason} at byte {error.start}"]) from error
    try:
        return _graph(_schema(text))
    except GraphQLError as error:
        raise _invalid([_told(error)]) from error
    except RecursionError as error:
        raise _invalid(["nested too deeply"]) from error
    except TypeError as error:  # what graphql-core only notices while it builds the types
        raise _invalid([str(error)]) from error


def _schema(text: str) -> GraphQLSchema:
    document = parse(text, max_tokens=TOKENS_MAX)
    for definition in document.definitions:
        if isinstance(definition, ExecutableDefinitionNode):
            raise GraphQLError("A schema has types, and no operations", definition)
    if errors := validate_sdl(document):
        raise _invalid(_told(error) for error in errors[:PROBLEMS_MAX])
    schema = build_ast_schema(document, assume_valid_sdl=True)
    if errors := validate_schema(schema):
        raise _invalid(_told(error) for error in errors[:PROBLEMS_MAX])
    return schema


def _graph(schema: GraphQLSchema) -> Graph:
    roots = {
        RootKind.QUERY: schema.query_type,
        RootKind.MUTATION: schema.mutation_type,
        RootKind.SUBSCRIPTION: schema.subscription_type,
    }
    return Graph(
        roots={kind.value: root.name for kind, root in roots.items() if root},
        types={
            name: _fields(kind)
            for name, kind in schema.type_map.items()
            if _has_fields(kind) and not name.startswith("__")
        },
    )


def _fields(kind: GraphQLNamedType) -> dict[str, str]:
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return {}
    named = {name: get_named_type(field.type) for name, field in kind.fields.items()}
    return {name: inner.name if _has_fields(inner) else LEAF for name, inner in named.items()}


def _has_fields(kind: GraphQLNamedType) -> bool:
    return isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)


def _told(error: GraphQLError) -> str:
    message = error.message.removeprefix("Syntax Error: ").rstrip(".")
    if not error.locations:
        return message
    place = error.locations[0]
    return f"{message} at line {place.line}, column {place.column}"


def _invalid(problems: Iterable[str]) -> SchemaInvalid:
    fields = tuple(FieldError("schemaDefinition", problem) for problem in problems)
    return SchemaInvalid("; ".join(field.problem for field in fields), fields=fields)
