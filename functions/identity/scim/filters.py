"""Filters (RFC 7644 §3.4.2.2), evaluated on documents.

The library parses a filter and checks it against the schema. It also evaluates, but on models, and making models of all
users of a tenant takes a hundred times as long as looking at their documents.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scim2_models.path import CompareOperator, FilterVisitor, LogicalOperator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scim2_models.path import AttrPath, Comparison, FilterNode, LogicalExpr, Not, Present, ValuePath

_CASE_EXACT = frozenset({"id", "externalid"})
_TIMES = frozenset({"created", "lastmodified"})
_ORDER: dict[CompareOperator, Callable[[Any, Any], bool]] = {
    CompareOperator.eq: lambda left, right: bool(left == right),
    CompareOperator.co: lambda left, right: right in left,
    CompareOperator.sw: lambda left, right: left.startswith(right),
    CompareOperator.ew: lambda left, right: left.endswith(right),
    CompareOperator.gt: lambda left, right: bool(left > right),
    CompareOperator.ge: lambda left, right: bool(left >= right),
    CompareOperator.lt: lambda left, right: bool(left < right),
    CompareOperator.le: lambda left, right: bool(left <= right),
}


class Evaluation(FilterVisitor[bool]):
    """Whether a document, with names as the schema spells them, meets a filter."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def visit_comparison(self, node: Comparison) -> bool:
        """Any value of the attribute; `ne` is that none is equal."""
        values = values_at(self._document, node.attr_path)
        name = (node.attr_path.sub_attr or node.attr_path.attr).lower()
        wanted = comparable(name, node.value)
        if node.op == CompareOperator.ne:
            return all(comparable(name, value) != wanted for value in values) and not (not values and wanted is None)
        if wanted is None:
            return node.op == CompareOperator.eq and not values
        return any(_holds(node.op, comparable(name, value), wanted) for value in values)

    def visit_present(self, node: Present) -> bool:
        """Whether there is a value that is not empty."""
        return any(value not in ("", None, [], {}) for value in values_at(self._document, node.attr_path))

    def visit_not(self, node: Not) -> bool:
        """The opposite."""
        return not self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> bool:
        """All of the terms, or any."""
        results = (self.visit(term) for term in node.terms)
        return all(results) if node.op == LogicalOperator.and_ else any(results)

    def visit_value_path(self, node: ValuePath) -> bool:
        """Whether one element meets the inner filter."""
        elements = _elements(self._document, node.attr_path)
        return any(Evaluation(one).visit(node.val_filter) for one in elements if isinstance(one, dict))


def meets(node: FilterNode, document: Mapping[str, Any]) -> bool:
    """Whether the document meets the filter."""
    return Evaluation(document).visit(node)


def values_at(document: Mapping[str, Any], path: AttrPath) -> list[Any]:
    """The values at an attribute path; of complex attributes without a sub-attribute, their `value`."""
    found: list[Any] = []
    for element in _elements(document, path):
        if path.sub_attr:
            value = _named(element, path.sub_attr) if isinstance(element, dict) else None
        else:
            value = _named(element, "value") if isinstance(element, dict) and _named(element, "value") else element
        if value is not None:
            found.append(value)
    return found


def comparable(name: str, value: Any) -> Any:
    """A value as it is compared: text without its case, unless the attribute is an identifier; times as times."""
    if not isinstance(value, str):
        return value
    if name in _TIMES:
        try:
            return datetime.fromisoformat(value).timestamp()
        except ValueError:
            return value
    text = unicodedata.normalize("NFC", value)
    return text if name in _CASE_EXACT else unicodedata.normalize("NFC", text.lower())


def _elements(document: Mapping[str, Any], path: AttrPath) -> list[Any]:
    uri = str(path.uri or "").lower()
    extension = next((part for name, part in document.items() if uri and name.lower() == uri), None)
    value = _named(extension if isinstance(extension, dict) else document, path.attr)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _named(document: Mapping[str, Any], name: str) -> Any:
    if name in document:
        return document[name]
    wanted = name.lower()
    return next((value for key, value in document.items() if key.lower() == wanted), None)


def _holds(operator: CompareOperator, left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right and operator == CompareOperator.eq
    return type(left) is type(right) and _ORDER[operator](left, right)
