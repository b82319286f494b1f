"""A line of an interface, short enough to be read as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.edge.http import Answer


@dataclass(frozen=True, slots=True)
class Lines:
    """Makes the operations of one tag."""

    tag: str

    def __call__(
        self,
        method: str,
        path: str,
        name: str,
        summary: str,
        route: Callable[..., Answer],
        scopes: tuple[str, ...] = (),
        **more: Any,
    ) -> Operation:
        """`name` is WSO2's name of the operation; `more` is what `Operation` takes besides."""
        return Operation(
            method=method, path=path, id=name, summary=summary, route=route, scopes=scopes, tag=self.tag, **more
        )
