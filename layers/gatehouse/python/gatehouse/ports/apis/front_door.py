"""The front door's own routes: direct APIs, which it takes to their backends itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.apis.direct import DirectApi


class FrontDoorRoutes(Protocol):
    """Routes that go before the gateway function's. Each asks the authorizer, so one too many admits nobody."""

    def put(self, api: DirectApi) -> None:
        """Lead the API's calls to its backend, and nowhere else of its own any more. May be repeated.

        Raises FrontDoorFull with nothing changed; Changed and Unavailable with some of it done.
        """
        ...

    def remove(self, api_id: str) -> None:
        """Leave the API's calls to the gateway function; it need not have had routes. May be repeated.

        Raises Unavailable with some of it done.
        """
        ...
