"""Conditional groups of advanced policies: the interface's documents in, what the gateway holds calls against out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.throttling.limits import canonical_limit, rates_of
from gatehouse.domain.applications.restriction import in_range, parsed_address
from gatehouse.domain.errors import Invalid
from gatehouse.domain.throttling.condition import Condition, ConditionalGroup, ConditionKind
from gatehouse.domain.throttling.counter_key import hashed
from gatehouse.domain.throttling.policy import PolicyKind, UnsupportedCondition
from gatehouse.mediation import patterns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Document = dict[str, Any]

GROUPS_MAX = 20
CONDITIONS_MAX = 20

_NAMED = {
    "HEADERCONDITION": ("headerCondition", "headerName", "headerValue", ConditionKind.HEADER),
    "QUERYPARAMETERCONDITION": (
        "queryParameterCondition",
        "parameterName",
        "parameterValue",
        ConditionKind.QUERY,
    ),
    "JWTCLAIMSCONDITION": ("jwtClaimsCondition", "claimUrl", "attribute", ConditionKind.CLAIM),
}
_ADDRESS = "IPCONDITION"
_MEMBERS = ("ipCondition", *(member for member, *_ in _NAMED.values()))


def canonical_groups(
    groups: list[Document], allowed: Callable[[ConditionKind], str], path: str = "conditionalGroups"
) -> list[Document]:
    """The groups as they are kept. `allowed` says why a kind of condition may not be used, "" when it may. Raises Invalid."""
    if len(groups) > GROUPS_MAX:
        raise Invalid.field(path, f"there may be at most {GROUPS_MAX} groups")
    kept: list[Document] = []
    for index, group in enumerate(groups):
        canonical = _canonical(group, f"{path}.{index}", allowed)
        if any(canonical["conditions"] == other["conditions"] for other in kept):
            raise Invalid.field(
                f"{path}.{index}.conditions", "are those of a group before it, which takes all its calls"
            )
        kept.append(canonical)
    return kept


def group_of(group: Mapping[str, Any]) -> ConditionalGroup:
    """What the gateway enforces of a canonical group. Its id comes of its conditions: counters outlive other changes."""
    conditions = tuple(_condition(condition, "conditions") for condition in group["conditions"])
    return ConditionalGroup(
        id=hashed(repr(conditions))[:12], conditions=conditions, limits=tuple(rates_of(group["limit"], "limit"))
    )


def _canonical(group: Document, path: str, allowed: Callable[[ConditionKind], str]) -> Document:
    conditions = group.get("conditions") or []
    if not 1 <= len(conditions) <= CONDITIONS_MAX:
        raise Invalid.field(f"{path}.conditions", f"there must be from 1 to {CONDITIONS_MAX} conditions")
    for index, condition in enumerate(conditions):
        where = f"{path}.conditions.{index}"
        if problem := allowed(_condition(condition, where).kind):
            raise UnsupportedCondition.field(f"{where}.type", problem)
    return {
        "description": group.get("description") or "",
        "conditions": [_kept(condition) for condition in conditions],
        "limit": canonical_limit(PolicyKind.ADVANCED, group["limit"], f"{path}.limit"),
    }


def _kept(condition: Document) -> Document:
    return {
        "type": condition["type"],
        "invertCondition": bool(condition.get("invertCondition")),
        **{member: condition.get(member) for member in _MEMBERS},
    }


def _condition(condition: Document, path: str) -> Condition:
    kind = condition["type"]
    inverted = bool(condition.get("invertCondition"))
    own = "ipCondition" if kind == _ADDRESS else _NAMED[kind][0]
    for other in _MEMBERS:
        if other != own and condition.get(other) is not None:
            raise Invalid.field(f"{path}.{other}", f"does not belong to a condition of type {kind}")
    if kind == _ADDRESS:
        return _address(_member(condition, "ipCondition", path), f"{path}.ipCondition", inverted=inverted)
    member, name, value, meant = _NAMED[kind]
    fields = _member(condition, member, path)
    if problem := patterns.problem(fields[value]):
        raise Invalid.field(f"{path}.{member}.{value}", problem)
    return Condition(kind=meant, name=fields[name], value=fields[value], inverted=inverted)


def _address(fields: Mapping[str, Any], path: str, *, inverted: bool) -> Condition:
    if fields.get("ipConditionType") == "IPRANGE":
        value = address_range(
            fields.get("startingIP"), fields.get("endingIP"), f"{path}.startingIP", f"{path}.endingIP"
        )
        return Condition(kind=ConditionKind.ADDRESS_RANGE, value=value, inverted=inverted)
    if fields.get("ipConditionType") != "IPSPECIFIC":
        raise Invalid.field(f"{path}.ipConditionType", "must be IPSPECIFIC or IPRANGE")
    value = address(fields.get("specificIP"), f"{path}.specificIP")
    return Condition(kind=ConditionKind.ADDRESS, value=value, inverted=inverted)


def _member(condition: Document, member: str, path: str) -> Mapping[str, Any]:
    fields = condition.get(member)
    if not isinstance(fields, dict):
        raise Invalid.field(f"{path}.{member}", f"is required for a condition of type {condition['type']}")
    return fields


def address(text: object, path: str) -> str:
    """An IP address in its one spelling. Raises Invalid."""
    found = parsed_address(text) if isinstance(text, str) else None
    if found is None:
        raise Invalid.field(path, "must be an IPv4 or IPv6 address")
    return str(found)


def address_range(first: object, last: object, first_path: str, last_path: str) -> str:
    """Two addresses of one family in order, with a blank between them. Raises Invalid."""
    low, high = address(first, first_path), address(last, last_path)
    if not in_range(low, high, low):
        raise Invalid.field(last_path, f"must be an address of the same family as {low}, and not before it")
    return f"{low} {high}"
