"""Designs: where APIs and API products differ, though they are revised, deployed and led through their lives alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal


class Designs(Protocol):
    """Implemented by `design.Design` and by `products.Products`."""

    def get(self, principal: Principal, api_id: str) -> Api:
        """The API or product. Raises ApiNotFound, also for one of the other sort."""
        ...

    def snapshot(self, api: Api) -> Api:
        """As a revision keeps it. Raises Invalid for what cannot be revised."""
        ...

    def restore(self, api: Api, restored: Api) -> Api:
        """Put what a revision kept in place of what was read; returns it as it is then. Raises Invalid, Changed."""
        ...

    def check_reachable(self, api: Api) -> None:
        """Raises NotPublishable when calls would have nowhere to go."""
        ...
