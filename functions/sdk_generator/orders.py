"""Orders, as another function sends them. `adapters/sdks/shelf` is the asking side.

`{"tenant", "language", "name", "version", "definition"}` → `{"bytes": …}` once the archive lies in the bucket, or
`{"error": "…"}` for a definition that the generator can make nothing of. Anything else is a failure of the invocation.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gatehouse.adapters.sdks.order import decode_order, place_of
from gatehouse.domain.portal.sdk import SdkNotGenerated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.domain.portal.sdk import SdkOrder

_log = Logger(service="gatehouse")


class Orders:
    """`generate` makes an archive, and `keep` puts one under a name."""

    def __init__(self, generate: Callable[[SdkOrder], bytes], keep: Callable[[str, bytes], None]) -> None:
        self._generate = generate
        self._keep = keep

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one order."""
        started = time.perf_counter()
        order = decode_order(event)
        facts = {"tenant": order.tenant, "language": order.language, "api": order.name, "digest": order.digest}
        try:
            archive = self._generate(order)
        except SdkNotGenerated as error:
            # Nothing of ours stands around an invocation that could turn an error into an answer.
            _log.info("order", extra={**facts, "error": type(error).__name__, "facts": str(error.facts)})
            return {"error": error.description}
        self._keep(place_of(order), archive)
        seconds = round(time.perf_counter() - started, 1)
        _log.info("order", extra={**facts, "bytes": len(archive), "seconds": seconds})
        return {"bytes": len(archive)}
