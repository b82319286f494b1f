"""GraphQL: what is read of schemas and queries, what is refused and where, and what queries weigh."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.adapters.graphql import CoreQueries, CoreSchemas, queries, schemas
from gatehouse.domain.apis.graphql import Graph, SchemaInvalid
from gatehouse.domain.apis.graphql_query import COMPLEXITY_CAP, NESTING_MAX, QueryInvalid, Weight, weigh
from tests.graphql_texts import SDL, query_texts

GRAPH = CoreSchemas().read(SDL)
PRICED = GRAPH.with_complexity({"Query": {"menu": 5}, "Dish": {"name": 0, "gone": 9}, "Gone": {"field": 9}})
TWICE = "fragment A on Dish { name } fragment A on Dish { price } { menu { ...A } }"


def weight(text: str, graph: Graph = GRAPH, operation: str = "", **variables: Any) -> tuple[int, int]:
    document = CoreQueries().read(text)
    found = weigh(document, document.operation(operation), graph, variables)
    return found.depth, found.complexity


def problem(text: str, operation: str = "") -> str:
    with pytest.raises(QueryInvalid) as caught:
        weight(text, operation=operation)
    return caught.value.problem


def test_a_schema_says_its_root_fields_and_what_type_a_field_has() -> None:
    assert list(GRAPH.root_fields()) == [
        ("QUERY", "menu"),
        ("QUERY", "dish"),
        ("QUERY", "search"),
        ("QUERY", "version"),
        ("MUTATION", "order"),
        ("SUBSCRIPTION", "ordered"),
    ]
    assert GRAPH.types["Dish"] == {"name": "", "price": "", "sides": "Dish"}
    assert GRAPH.types["Found"] == {}
    assert Graph.from_body(GRAPH.to_body()) == GRAPH


def test_root_types_may_have_other_names() -> None:
    graph = CoreSchemas().read(b"schema { query: Ask } type Ask { a: Int } extend type Ask { b: Ask! }")
    assert (graph.roots, graph.types) == ({"QUERY": "Ask"}, {"Ask": {"a": "", "b": "Ask"}})


@pytest.mark.parametrize(
    ("sdl", "told"),
    [
        (b"type Query {\n  a: Int", "Expected Name, found <EOF> at line 2, column 9"),
        (b"type Query {\n  a: Dish\n}", "Unknown type 'Dish' at line 2, column 6"),
        (
            b"type Query { a: Int }\ntype Query { b: Int }",
            "There can be only one type named 'Query' at line 1, column 6",
        ),
        (b"type Dish { a: Int }", "Query root type must be provided"),
        (b"type Query { a: Int @key }", "Unknown directive '@key' at line 1, column 21"),
        (b"type Query { a: Int } { menu }", "no operations at line 1, column 23"),
        (b"", "Unexpected <EOF> at line 1, column 1"),
        (b"\xff", "not UTF-8: invalid start byte at byte 0"),
        (b"type Query { a(b: " + b"[" * 5000, "nested too deeply"),
        (b"#" * (schemas.BYTES_MAX + 1), f"the schema is larger than {schemas.BYTES_MAX} bytes"),
    ],
)
def test_what_is_wrong_with_a_schema_is_told_with_its_place(sdl: bytes, told: str) -> None:
    with pytest.raises(SchemaInvalid) as caught:
        CoreSchemas().read(sdl)
    assert told in caught.value.description


def test_every_problem_of_a_schema_is_told_at_once() -> None:
    with pytest.raises(SchemaInvalid) as caught:
        CoreSchemas().read(b"type Query { a: A b: B }")
    assert [field.problem for field in caught.value.fields] == [
        "Unknown type 'A' at line 1, column 17",
        "Unknown type 'B' at line 1, column 22",
    ]


@pytest.mark.parametrize(
    ("text", "depth", "complexity"),
    [
        ("{ version }", 1, 1),
        ("{ menu { name } }", 2, 2),
        ("{ menu { name sides { name price } } version }", 3, 6),
        ("{ a: menu { name } b: menu { name } }", 2, 4),
        ("{ ...F } fragment F on Query { menu { ...G } } fragment G on Dish { sides { name } }", 3, 3),
        ("{ menu { ... { name } ... on Dish { price } } }", 2, 3),
        ("{ search { ... on Dish { name } ... on Drink { litres } } }", 2, 3),
        ("{ menu(first: 10) { name sides(LIMIT: 2) { name } } }", 3, 60),
        ("{ menu(first: -10) { name } }", 2, 2),
        ("{ __schema { types { fields { name } } } version __typename }", 1, 1),
        ("mutation { order(dish: 1) { name } }", 2, 2),
        ('query Q($n: Int = 4) { menu(last: $n, filter: "x") { name } }', 2, 8),
    ],
)
def test_what_a_query_weighs(text: str, depth: int, complexity: int) -> None:
    assert weight(text) == (depth, complexity)


def test_a_variable_multiplies_as_its_value_does() -> None:
    text = "query Q($n: Int = 4) { menu(first: $n) { name } }"
    assert [weight(text, n=n)[1] for n in (3, None, True, "9", 10**400)] == [6, 2, 2, 2, COMPLEXITY_CAP]


def test_a_number_with_very_many_digits_is_very_large() -> None:
    assert weight("{ menu(first: " + "9" * 5000 + ") { name } }") == (2, COMPLEXITY_CAP)


def test_fields_cost_what_is_said_of_them() -> None:
    assert PRICED.complexity == {"Query": {"menu": 5}, "Dish": {"name": 0}}
    assert weight("{ menu(first: 2) { name price } }", PRICED) == (2, 12)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{ menu {", "Expected Name, found <EOF> at line 1, column 9"),
        ("{\n  menu { taste }\n}", "type 'Dish' has no field 'taste' at line 2, column 10"),
        ("{ version { a } }", "'version' has no fields to select at line 1, column 3"),
        ("{ search { name } }", "type 'Found' has no field 'name' at line 1, column 12"),
        ("{ menu { ...Gone } }", "there is no fragment 'Gone' at line 1, column 10"),
        ("{ menu { ... on Gone { a } } }", "there is no type 'Gone' with fields at line 1, column 10"),
        ("{ menu { ...A } } fragment A on Dish { sides { ...A } }", "fragment 'A' contains itself"),
        ("{ menu { ...A } } fragment A on Dish { ...B } fragment B on Dish { ...A }", "fragment 'A' contains itself"),
        (TWICE, "there are several fragments 'A' at line 1, column 29"),
        ("{ version } query B { version }", "several operations need a name each"),
        ("query A { version } query A { version }", "several operations need a name each"),
        ("query A { version } query B { version }", "operationName says of none"),
        ("fragment A on Dish { name }", "there is no operation"),
        ("type Query { a: Int }", "only operations and fragments can be asked for at line 1, column 1"),
        ("{ version } extend type Dish { a: Int }", "only operations and fragments"),
        ("{ a" * 2000, f"nested deeper than {NESTING_MAX} levels"),
        ("{ a " * 101 + "}" * 101, f"nested deeper than {NESTING_MAX} levels"),
        ("{ a(b: " + "[" * 3000 + "]" * 3000 + ") }", f"nested deeper than {NESTING_MAX} levels"),
        ("{ " + "a " * queries.TOKENS_MAX + "}", f"more than {queries.TOKENS_MAX} tokens"),
        ("#" * (queries.CHARACTERS_MAX + 1), f"longer than {queries.CHARACTERS_MAX} characters"),
        ("{ \ud800 }", "line 1, column 3"),
    ],
)
def test_what_is_wrong_with_a_query_is_told_with_its_place(text: str, told: str) -> None:
    assert told in problem(text)


def test_an_operation_is_picked_by_its_name() -> None:
    text = "query A { version } query B { menu { name } }"
    assert (weight(text, operation="A"), weight(text, operation="B")) == ((1, 1), (2, 2))
    assert "no operation of the name" in problem(text, operation="C")


def test_an_operation_that_the_schema_has_no_type_for_is_refused() -> None:
    document = CoreQueries().read("mutation { a }")
    with pytest.raises(QueryInvalid, match="no mutation operations"):
        weigh(document, document.operations[0], CoreSchemas().read(b"type Query { a: Int }"), {})


def test_fragments_that_double_each_other_are_weighed_in_no_time() -> None:
    levels = NESTING_MAX // 2 - 2
    fragments = [
        f"fragment F{n} on Dish {{ a: sides {{ ...F{n + 1} }} b: sides {{ ...F{n + 1} }} }}" for n in range(levels)
    ]
    text = f"{{ menu {{ ...F0 }} }} {' '.join(fragments)} fragment F{levels} on Dish {{ name }}"
    started = time.perf_counter()
    assert weight(text) == (levels + 2, COMPLEXITY_CAP)
    assert time.perf_counter() - started < 2


def test_a_chain_of_fragments_has_an_end() -> None:
    chain = " ".join(f"fragment F{n} on Dish {{ ...F{n + 1} }}" for n in range(500))
    assert f"nested deeper than {NESTING_MAX} levels" in problem(f"{{ menu {{ ...F0 }} }} {chain}")


@settings(max_examples=300)
@given(query_texts())
def test_every_text_has_a_weight_or_a_problem(text: str) -> None:
    with contextlib.suppress(QueryInvalid):
        document = CoreQueries().read(text)
        assert isinstance(weigh(document, document.operation(""), GRAPH, {}), Weight)


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=60), query_texts().map(lambda text: text.encode("utf-8", "replace"))))
def test_every_text_is_a_schema_or_not(content: bytes) -> None:
    with contextlib.suppress(SchemaInvalid):
        assert CoreSchemas().read(content).roots
