"""Conditions choose the limits of an advanced policy: the first group whose conditions a call meets, else the default."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from gatehouse.domain.applications.restriction import in_range
from gatehouse.domain.throttling.condition import ConditionKind
from gatehouse.mediation.patterns import found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Identity
    from gatehouse.domain.throttling.condition import Condition, ConditionalGroup
    from gatehouse.domain.throttling.policy import Terms

CLAIM_CHARACTERS_MAX = 4_000
"""How much of a claim a pattern is held against."""


def group_for(terms: Terms, call: Call, identity: Identity) -> ConditionalGroup | None:
    """The group whose limits take the place of the policy's own; None when no group is about this call."""
    for group in terms.groups:
        if all(_holds(condition, call, identity) for condition in group.conditions):
            return group
    return None


def _holds(condition: Condition, call: Call, identity: Identity) -> bool:
    return _matches(condition, call, identity) is not condition.inverted


def _matches(condition: Condition, call: Call, identity: Identity) -> bool:
    match condition.kind:
        case ConditionKind.ADDRESS:
            return in_range(condition.value, condition.value, call.address)
        case ConditionKind.ADDRESS_RANGE:
            first, _, last = condition.value.partition(" ")
            return in_range(first, last, call.address)
        case ConditionKind.HEADER:
            value = call.headers.get(condition.name.lower())
            return value is not None and bool(found(condition.value, value))
        case ConditionKind.QUERY:
            return any(bool(found(condition.value, value)) for value in _parameters(call, condition.name))
        case ConditionKind.CLAIM:
            claim = identity.claims.get(condition.name)
            return claim is not None and bool(found(condition.value, _text(claim)))


def _parameters(call: Call, name: str) -> Iterator[str]:
    return (value for key, value in parse_qsl(call.query, keep_blank_values=True) if key == name)


def _text(claim: object) -> str:
    """A claim as a pattern sees it; the members of a list with commas between them."""
    if isinstance(claim, list | tuple):
        return ",".join(map(str, claim))[:CLAIM_CHARACTERS_MAX]
    return str(claim)[:CLAIM_CHARACTERS_MAX]
