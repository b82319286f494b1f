"""The front door's own routes in memory. Verified by tests/contract/test_front_door.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.apis.direct import ROUTES_MAX, FrontDoorFull

if TYPE_CHECKING:
    from gatehouse.domain.apis.direct import DirectApi


class InMemoryFrontDoor:
    """`led` is where calls go, by route key. `failure` is raised by the next change, which is then half done."""

    def __init__(self, taken: int = 1) -> None:
        """`taken` routes are there already: the gateway function's."""
        self.apis: dict[str, DirectApi] = {}
        self.failure: Exception | None = None
        self.requests = 0
        self._taken = taken

    @property
    def led(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for api in self.apis.values():
            found[f"ANY {api.path}/{{proxy+}}"] = f"{api.backend}{api.backend_path}"
            if api.rooted:
                found[f"ANY {api.path}"] = f"{api.backend}{api.backend_path}"
        return found

    def put(self, api: DirectApi) -> None:
        self.requests += 1
        others = InMemoryFrontDoor()
        others.apis = {**self.apis, api.id: api}
        if len(others.led) + self._taken > ROUTES_MAX:
            raise FrontDoorFull.field("gatewayType", f"the front door holds {ROUTES_MAX} routes")
        self.apis[api.id] = api
        self._fail()

    def remove(self, api_id: str) -> None:
        self.requests += 1
        self.apis.pop(api_id, None)
        self._fail()

    def _fail(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
