"""A shelf of SDKs whose contents are their orders. Verified by tests/contract/test_sdks.py."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gatehouse.adapters.sdks.generator import refuse_foreign
from gatehouse.domain.portal.sdk import Sdk

if TYPE_CHECKING:
    from gatehouse.domain.portal.sdk import SdkOrder


class InMemorySdks:
    """`made` counts what had to be made; what is larger than `bytes_max` has an address."""

    def __init__(self, bytes_max: int = 1_000_000) -> None:
        self.orders: list[SdkOrder] = []
        self._shelf: dict[str, bytes] = {}
        self.bytes_max = bytes_max

    @property
    def made(self) -> int:
        return len(self._shelf)

    def get(self, order: SdkOrder) -> Sdk:
        self.orders.append(order)
        place = f"{order.tenant}/{order.digest}"
        if place not in self._shelf:
            refuse_foreign(json.loads(order.definition))
            self._shelf[place] = order.definition
        if len(self._shelf[place]) > self.bytes_max:
            return Sdk(url=f"https://content.example/{order.digest}")
        return Sdk(content=self._shelf[place])
