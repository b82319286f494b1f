"""Expressions: conditions that people write over the attributes of a call, in the Common Expression Language (CEL)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionProblem:
    """Why a text is no expression, and where: line and column count from 1."""

    problem: str
    line: int
    column: int


class Program(Protocol):
    """An expression that can be asked."""

    def __call__(self, attributes: Mapping[str, Any]) -> bool | None:
        """Whether it holds of these attributes.

        None when that cannot be said: a property is absent, or the answer is neither true nor false. Raises nothing.
        """
        ...


class Expressions(Protocol):
    """Understands expressions."""

    def compile(self, text: str) -> Program | ExpressionProblem:
        """A program for this text, or what is wrong with it. A name that no call has an attribute for is a problem.

        A program's time and memory are bounded by the text's length, whatever the attributes are.
        """
        ...
