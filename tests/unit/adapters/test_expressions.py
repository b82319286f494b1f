"""Expressions over the attributes of calls."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.adapters.expressions import CelExpressions
from gatehouse.domain.throttling.custom_rule import ATTRIBUTES
from gatehouse.ports.throttling.expressions import ExpressionProblem

CALL: dict[str, Any] = {
    **dict.fromkeys(ATTRIBUTES, "x"),
    "userId": "mary@carbon.super",
    "apiContext": "/menu/1.0.0",
    "customProperty": {"tier": "gold", "age": 30, "roles": ["cook", "waiter"], "vip": True},
}


def holds(text: str, attributes: dict[str, Any] = CALL) -> bool | None:
    program = CelExpressions().compile(text)
    assert not isinstance(program, ExpressionProblem), program
    return program(attributes)


def problem(text: str) -> ExpressionProblem:
    found = CelExpressions().compile(text)
    assert isinstance(found, ExpressionProblem)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('userId == "mary@carbon.super"', True),
        ("userId == 'john@carbon.super'", False),
        ('apiContext.startsWith("/menu/") && apiVersion != "2.0.0"', True),
        ('userId.matches("^m.*super$")', True),
        ('userId.matches(r"\\d")', False),
        ('customProperty.tier == "gold"', True),
        ('customProperty["age"] >= 18', True),
        ('"cook" in customProperty.roles', True),
        ("customProperty.vip", True),
        ("has(customProperty.badge)", False),
        ('has(customProperty.badge) && customProperty.badge == "1"', False),
        ("size(userId) > 3 ? true : false", True),
        ('// who\nuserId in ["a", "mary@carbon.super"]', True),
        ("true", True),
    ],
)
def test_an_expression_holds_or_not(text: str, expected: bool) -> None:  # noqa: FBT001 -- an expectation
    assert holds(text) is expected


@pytest.mark.parametrize(
    "text", ['customProperty.absent == "1"', "customProperty.tier", "customProperty.tier > 3", "int(userId) > 3"]
)
def test_what_cannot_be_said_of_a_call_is_no_answer(text: str) -> None:
    assert holds(text) is None


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("userId ==", 1, 10, "Syntax error"),
        ("\n\n  userId = 1", 3, 10, "Syntax error"),
        ("", 1, 1, "Syntax error"),
        ('userId == "a" &&\n  usrId == "b"', 2, 3, "'usrId' is no attribute"),
        ('true || size("a") == 1 || len(userId) == 1', 1, 27, "'len' is no function"),
        ("[1, 2].all(x, x > 0)", 1, 8, "'all' cannot be called"),
        ("customProperty.exists(x, true)", 1, 16, "'exists' cannot be called"),
        ("userId.matches(customProperty.p)", 1, 8, "pattern in quotation marks"),
        ('userId.matches("(")', 1, 8, "the pattern is no regular expression"),
        ('userId.matches("(a{900}){900}")', 1, 8, "the pattern"),
        ('userId.matches("^(a|" + userId)', 1, 8, "the pattern is no regular expression"),
        ("userId", 1, 1, "neither true nor false"),
        ("userId > 1", 1, 1, "not alike"),
        ("(" * 1000 + "true" + ")" * 996, 1, 1, ""),
        ("true" + " " * 2000, 1, 2001, "longer than 2000"),
        ('"\\ud800" == userId', 1, 1, "literal"),
        ("99999999999999999999999 == 1", 1, 1, "literal"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, line: int, column: int, words: str) -> None:
    found = problem(text)
    assert words in found.problem
    if words:
        assert (found.line, found.column) == (line, column)


def test_a_name_inside_a_text_or_after_a_dot_is_no_attribute() -> None:
    assert holds('"usrId" != userId && customProperty.tier != "nonsense"') is True


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc") | st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from("abc"), _JSON))
def test_no_claims_break_a_program(claims: dict[str, Any]) -> None:
    program = CelExpressions().compile('customProperty.a == "1" || customProperty.b > 2 || "x" in customProperty.c')
    assert not isinstance(program, ExpressionProblem)
    assert program({**CALL, "customProperty": claims}) in {True, False, None}


def test_claims_nested_without_end_break_no_program() -> None:
    deep: Any = "end"
    for _ in range(900):
        deep = [deep]
    assert holds('customProperty.deep == "1"', {**CALL, "customProperty": {"deep": deep}}) is False


@given(st.text(alphabet="userIdcustomProperty.\"'\\()[]{}<>=!&|?:+-*/%0123456789 \nrRbB\ud800é", max_size=60))
def test_any_text_compiles_or_has_a_place(text: str) -> None:
    found = CelExpressions().compile(text)
    if isinstance(found, ExpressionProblem):
        assert found.problem
        assert found.line >= 1
        assert found.column >= 1
    else:
        assert found(CALL) in {True, False, None}


def test_only_who_compiles_pays_for_the_evaluator() -> None:
    code = (
        "import sys; from gatehouse.adapters.expressions import CelExpressions; before = set(sys.modules)\n"
        "CelExpressions().compile('true'); print(sorted({m.split('.')[0] for m in set(sys.modules) - before}))\n"
        "assert not {'typer', 'rich', 'prompt_toolkit', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=30)
