"""The schema checker: what JSON Schema says, and that no schema and no value keep it busy."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

from gatehouse.adapters.schemas import JsonSchemas

CHECKER = JsonSchemas()


def problem(schema: Any, value: Any, **definitions: Any) -> str | None:
    return CHECKER.problem(schema, definitions, value)


def test_what_is_valid_has_no_problem() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "required": ["a"]}
    assert problem(schema, {"a": [1]}, A={"type": "array", "items": {"type": "integer"}}) is None


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        ({"type": "integer"}, "s3cret", ': does not satisfy type "integer"'),
        ({"properties": {"a/b": {"items": {"minimum": 5}}}}, {"a/b": [7, 3]}, "/a~1b/1: does not satisfy minimum 5"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "x", ": does not satisfy anyOf"),
        ({"properties": {"a": False}}, {"a": 1}, ": does not satisfy its schema"),
        ({"enum": ["x" * 500]}, "y", ': does not satisfy enum ["' + "x" * 118),
        (False, 1, ": nothing is allowed here"),
    ],
)
def test_the_place_and_the_rule_are_told_without_the_value(schema: Any, value: Any, told: str) -> None:
    assert problem(schema, value) == told


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"pattern": "^a+$"}, "aaa", True),
        ({"pattern": "^a+$"}, "b", False),
        ({"pattern": "^a+$"}, 7, True),
        ({"pattern": "(?=b)"}, "a", True),
        ({"patternProperties": {"^x": {"type": "integer"}}}, {"x1": 1, "y": "z"}, True),
        ({"patternProperties": {"^x": {"type": "integer"}}}, {"x1": "z"}, False),
        ({"patternProperties": {"^x": {"type": "integer"}}}, [], True),
        ({"patternProperties": {"^x": True}, "additionalProperties": False}, {"x1": 1}, True),
        ({"patternProperties": {"^x": True}, "additionalProperties": False}, {"y": 1}, False),
        ({"properties": {"a": True}, "additionalProperties": {"type": "integer"}}, {"a": "x", "b": 1}, True),
        ({"properties": {"a": True}, "additionalProperties": {"type": "integer"}}, {"b": "x"}, False),
        ({"additionalProperties": False}, 7, True),
        ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1, "b": 2}], True),
        ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"b": 2, "a": 1}], False),
        ({"uniqueItems": False}, [1, 1], True),
        (True, object(), True),
    ],
)
def test_the_rules_that_are_bounded_here_mean_what_they_meant(schema: Any, value: Any, valid: bool) -> None:  # noqa: FBT001
    assert (problem(schema, value) is None) is valid


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_branches_that_double_at_every_level_end() -> None:
    here = {"$ref": "#/$defs/A"}
    doubling = {"anyOf": [{"items": here, "minItems": 2}, {"items": here, "maxItems": 0}]}
    started = time.perf_counter()
    assert problem(here, nested(60), A=doubling) == ": too complex to be checked"
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": "^(a|aa)+$"}, "a" * 100_000 + "b"),
        ({"patternProperties": {"^(a*)*$": False}}, {"a" * 100_000 + "b": 1}),
        ({"patternProperties": {"^(a|aa)+$": True}, "additionalProperties": False}, {"a" * 100_000 + "b": 1}),
        ({"uniqueItems": True}, [{"a": number} for number in range(50_000)]),
    ],
)
def test_unlucky_values_take_no_longer_than_others(schema: Any, value: Any) -> None:
    started = time.perf_counter()
    problem(schema, value)
    assert time.perf_counter() - started < 5


def test_what_nests_too_deep_is_refused() -> None:
    here = {"$ref": "#/$defs/A"}
    assert problem(here, nested(900), A={"items": here}) == ": nested too deep to be checked"
    assert problem(here, nested(50), A={"items": here}) is None


def test_a_schema_that_cannot_be_used_is_a_problem_and_no_error() -> None:
    assert problem({"$ref": "#/$defs/None"}, 1) == ": cannot be checked (KeyError)"
    assert problem({"type": "unheard"}, 1) == ": cannot be checked (UnknownType)"


def test_nobody_pays_for_the_library_before_something_is_checked() -> None:
    script = "import sys, gatehouse.adapters.schemas; print({'jsonschema', 're2'} & sys.modules.keys())"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "set()"
