"""Custom rules count calls by keys that their authors made up; they are the super tenant's and about everybody's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.limits.attributes import attributes
from gatehouse.domain.throttling.custom_rule import filled
from gatehouse.ports.throttling.expressions import ExpressionProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Grant
    from gatehouse.domain.throttling.custom_rule import CustomRule
    from gatehouse.ports.throttling.expressions import Expressions, Program


class Rules:
    """All custom rules, their expressions compiled once per change."""

    def __init__(self, rules: Iterable[CustomRule], expressions: Expressions) -> None:
        self._rules = [(rule, _program(rule, expressions)) for rule in rules]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def about(self, call: Call, grant: Grant) -> Iterator[tuple[CustomRule, str]]:
        """The rules that hold of this call, each with the key that it counts the call by."""
        known = attributes(call, grant)
        for rule, program in self._rules:
            if program is None or program(known):
                yield rule, filled(rule.key_template, known)


def _program(rule: CustomRule, expressions: Expressions) -> Program | None:
    """None for a rule that always holds."""
    if not rule.when:
        return None
    program = expressions.compile(rule.when)
    if isinstance(program, ExpressionProblem):
        # What was good when it was saved and is not understood now holds of no call: a rule limits, it does not shut out.
        return _never
    return program


def _never(attributes: Mapping[str, Any]) -> bool:  # noqa: ARG001 -- a program
    return False
