"""Conditions: whether a policy is for this very message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.mediation.patterns import matches
from gatehouse.mediation.placeholders import fill_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.domain.publishing.deployed import Condition
    from gatehouse.mediation.message import Message, Situation


def hold(conditions: Iterable[Condition], message: Message, situation: Situation) -> bool:
    """Whether all of them do. A pattern that cannot be used matches nothing."""
    return all(_holds(condition, message, situation) for condition in conditions)


def _holds(condition: Condition, message: Message, situation: Situation) -> bool:
    value = fill_line(condition.value, message, situation)
    fits = bool(matches(condition.matches, value)) if condition.matches else value == condition.equals
    return fits is not condition.negated
