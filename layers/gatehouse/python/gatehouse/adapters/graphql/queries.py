"""Queries: text to the nodes that our rules look at. Everything else of a query is the backend's to check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLError, parse
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    VariableNode,
)

from gatehouse.domain.apis.graphql import RootKind
from gatehouse.domain.apis.graphql_query import (
    NESTING_MAX,
    Document,
    Field,
    Inline,
    Operation,
    Place,
    QueryInvalid,
    Selection,
    Spread,
)

if TYPE_CHECKING:
    from graphql.language import DocumentNode, NamedTypeNode, Node, SelectionSetNode

CHARACTERS_MAX = 50_000
TOKENS_MAX = 5_000
"""Parsing takes some 30 µs a token, and anybody may ask for it."""

SLICING = frozenset({"first", "last", "limit"})
"""Arguments that say how many answers a field may have; lower case."""

_DIGITS_MAX = 18


def read(text: str) -> Document:
    """The text as a document. Raises QueryInvalid."""
    if len(text) > CHARACTERS_MAX:
        raise QueryInvalid(f"the query is longer than {CHARACTERS_MAX} characters")
    try:
        return _document(parse(text, max_tokens=TOKENS_MAX))
    except GraphQLError as error:
        place = Place(error.locations[0].line, error.locations[0].column) if error.locations else None
        raise QueryInvalid(error.message.removeprefix("Syntax Error: ").rstrip("."), place) from None
    except RecursionError:
        raise QueryInvalid(f"nested deeper than {NESTING_MAX} levels") from None


def _document(parsed: DocumentNode) -> Document:
    operations: dict[str, Operation] = {}
    fragments: dict[str, Inline] = {}
    for definition in parsed.definitions:
        match definition:
            case OperationDefinitionNode():
                name = definition.name.value if definition.name else ""
                if name in operations or (operations and "" in {name, *operations}):
                    raise QueryInvalid("several operations need a name each, and no two the same", _place(definition))
                operations[name] = _operation(definition, name)
            case FragmentDefinitionNode():
                if definition.name.value in fragments:
                    problem = f"there are several fragments '{definition.name.value}'"
                    raise QueryInvalid(problem, _place(definition))
                selections = _selections(definition.selection_set, 1)
                on = definition.type_condition.name.value
                fragments[definition.name.value] = Inline(on, _place(definition), selections)
            case _:
                raise QueryInvalid("only operations and fragments can be asked for", _place(definition))
    if not operations:
        raise QueryInvalid("there is no operation")
    return Document(tuple(operations.values()), fragments)


def _operation(node: OperationDefinitionNode, name: str) -> Operation:
    defaults = {
        definition.variable.name.value: number
        for definition in node.variable_definitions
        if (number := _number(definition.default_value)) is not None
    }
    return Operation(RootKind(node.operation.name), name, _selections(node.selection_set, 1), defaults)


def _selections(node: SelectionSetNode | None, level: int) -> tuple[Selection, ...]:
    if node is None:
        return ()
    if level > NESTING_MAX:
        raise QueryInvalid(f"nested deeper than {NESTING_MAX} levels", _place(node))
    found: list[Selection] = []
    for selection in node.selections:
        match selection:
            case FieldNode():
                inner = _selections(selection.selection_set, level + 1)
                found.append(Field(selection.name.value, _place(selection), inner, _slices(selection)))
            case FragmentSpreadNode():
                found.append(Spread(selection.name.value, _place(selection)))
            case InlineFragmentNode():
                condition: NamedTypeNode | None = selection.type_condition
                on = condition.name.value if condition is not None else ""
                found.append(Inline(on, _place(selection), _selections(selection.selection_set, level + 1)))
    return tuple(found)


def _slices(node: FieldNode) -> tuple[int | str, ...]:
    found: list[int | str] = []
    for argument in node.arguments:
        if argument.name.value.lower() in SLICING:
            number = _number(argument.value)
            if number is not None:
                found.append(number)
            elif isinstance(argument.value, VariableNode):
                found.append(argument.value.name.value)
    return tuple(found)


def _number(node: Node | None) -> int | None:
    """A whole number that stands in the text; what has too many digits to be one is very large."""
    if not isinstance(node, IntValueNode):
        return None
    return int(node.value[:_DIGITS_MAX])


def _place(node: Node) -> Place:
    token = node.loc.start_token if node.loc else None
    return Place(token.line, token.column) if token else Place(1, 1)
