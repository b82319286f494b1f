"""Sorts: how the interface speaks of APIs and of API products, whose operations differ in names and scopes only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.publisher import views, wire_products
from functions.publisher.routes import scopes as s

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.apis.api import Api


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """One of the two. `parameter` names its id in paths and queries, `noun` is it in names of operations."""

    collection: str
    parameter: str
    noun: str
    tag: str
    export: str
    revise: tuple[str, ...]
    see_life: tuple[str, ...]
    view: Callable[[Api], dict[str, Any]]

    @property
    def path(self) -> str:
        """The path of one of them."""
        return f"{self.collection}/{{{self.parameter}}}"


API = Sort(
    collection="/apis",
    parameter="apiId",
    noun="API",
    tag="API",
    export=s.EXPORT,
    revise=(s.CREATE, s.EXPORT, s.MANAGE, s.PUBLISH),
    see_life=(s.MANAGE, s.PUBLISH, s.VIEW),
    view=views.api,
)
PRODUCT = Sort(
    collection="/api-products",
    parameter="apiProductId",
    noun="APIProduct",
    tag="API Product",
    export=s.PRODUCT_EXPORT,
    revise=(s.CREATE, s.MANAGE, s.PUBLISH),
    see_life=(s.MANAGE, s.PUBLISH),
    view=wire_products.view,
)
