"""The list envelope of WSO2's REST interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.domain.page import Page

T = TypeVar("T")


def envelope(
    page: Page[T], render: Callable[[T], Any], *, resource: str, query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """`{count, list, pagination}`. `resource` is the list's path below the base (`/apis`); `query` are its other filters.

    `next` and `previous` are relative addresses, "" where there is no such page.
    """
    limit, offset = page.slice.limit, page.slice.offset
    kept = {name: value for name, value in (query or {}).items() if name not in {"limit", "offset"}}

    def address(start: int) -> str:
        return f"{resource}?{urlencode({'limit': limit, 'offset': start, **kept})}"

    return {
        "count": len(page.items),
        "list": [render(item) for item in page.items],
        "pagination": {
            "offset": offset,
            "limit": limit,
            "total": page.total,
            "next": address(offset + limit) if limit and offset + limit < page.total else "",
            "previous": address(max(0, offset - limit)) if offset > 0 and limit else "",
        },
    }
