"""A glance is what is read once, so that any number of a tenant's APIs can be shown to a visitor as lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.portal.display import Display


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """`closed` are the plans that the visitor may not choose; `averages` are those of the APIs that have ratings, by id."""

    visitor: Visitor
    display: Display
    closed: frozenset[str]
    averages: Mapping[str, float]

    def plans(self, summary: ApiSummary) -> list[str]:
        """The names of the plans that the API offers to the visitor and that are not closed to them."""
        return [name for name in self.visitor.plans_of(summary) if name not in self.closed]

    def average(self, summary: ApiSummary) -> float:
        """What its ratings come to, 0 when there are none."""
        return self.averages.get(summary.id, 0.0)

    def takes(self, summary: ApiSummary) -> bool:
        """Whether an application of the visitor's could be subscribed to it."""
        return self.visitor.may_subscribe(summary, self.display)
