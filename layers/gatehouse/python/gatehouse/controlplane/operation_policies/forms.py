"""Forms: what elements of Synapse's templates say in their attributes, as texts with placeholders and as conditions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatehouse.controlplane.operation_policies.expressions import json_path, placeholder
from gatehouse.domain.publishing.deployed import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.controlplane.operation_policies.synapse import Element

_COMPARISON = re.compile(r"(?P<left>[^=!]+?)\s*(?P<sign>!?=)\s*(?P<right>[^=!]+)")
_EXISTS = re.compile(r"(?P<not>not\(\s*)?boolean\((?P<expression>.+)\)(?(not)\s*\))", re.DOTALL)


def required(element: Element, name: str) -> str:
    """An attribute that has to be there. Raises NotTranslatable."""
    value = element.attributes.get(name, "")
    if not value:
        raise element.refused(f"has no attribute '{name}'")
    return value


def value_of(element: Element) -> str:
    """What a property or a header is set to, with placeholders in it. Raises NotTranslatable."""
    refuse_children(element)
    if "value" in element.attributes:
        return element.attributes["value"]
    return _read(element, required(element, "expression"))


def argument_of(element: Element) -> str:
    """What stands for an argument of a payload. Raises NotTranslatable."""
    if element.attributes.get("evaluator") != "json":
        return value_of(element)
    path = element.attributes.get("expression", "")
    found = json_path(path)
    if found is None:
        raise element.refused(f"has a JSON path that does more than to name a member: {path[:80]}")
    return found


def logged(element: Element) -> str:
    """A property in a log. Raises NotTranslatable."""
    if element.name != "property":
        raise element.refused("has no meaning in a log")
    return f"{required(element, 'name')} = {value_of(element)}"


def condition_of(element: Element) -> Condition:
    """What a filter asks: that a source matches, that two values are equal or not, or that there is one."""
    if "source" in element.attributes:
        return Condition(value=_read(element, required(element, "source")), matches=required(element, "regex"))
    asked = required(element, "xpath").strip()
    if match := _EXISTS.fullmatch(asked):
        return Condition(value=_read(element, match["expression"]), negated=match["not"] is None)
    if match := _COMPARISON.fullmatch(asked):
        left, right = _read(element, match["left"]), _read(element, match["right"])
        if "${" in right:
            left, right = right, left
        if "${" in right:
            raise element.refused(f"compares two values of the message: {asked[:80]}")
        return Condition(value=left, equals=right, negated=match["sign"] == "!=")
    return Condition(value=_read(element, asked), negated=True)


def branches(element: Element) -> Iterator[tuple[list[Element], bool]]:
    """What a filter does if what it asks holds (False), and if it does not (True)."""
    names = {child.name for child in element.children}
    if not names & {"then", "else"}:
        yield element.children, False
        return
    for child in element.children:
        if child.name not in {"then", "else"} or child.attributes:
            raise child.refused("has no place beside then and else, which hold what they do themselves")
        yield child.children, child.name == "else"


def refuse_children(element: Element) -> None:
    """Raises NotTranslatable for an element that is not empty."""
    if element.children or element.own.strip():
        raise element.refused("must be empty")


def _read(element: Element, expression: str) -> str:
    found = placeholder(expression)
    if found is None:
        raise element.refused(f"has an expression that cannot be read here: {expression[:80]}")
    return found
