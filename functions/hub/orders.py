"""Orders, as the gateway sends them and the hub sends itself. `adapters/invoking/hub` is the asking side.

`{"action", "arguments"}` → `{"result": …}`, or `{"error": …}` to who waits for an answer. An errand that fails is a failure of
the invocation, so that Lambda runs it again.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.invoking import hub
from gatehouse.adapters.invoking.hub import event_in, registration_in, webhook_in
from gatehouse.domain.errors import GatehouseError, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.dataplane.websub.delivery import Deliveries
    from gatehouse.dataplane.websub.desk import Desk

AWAITED = frozenset({hub.SUBSCRIBE, hub.UNSUBSCRIBE})
"""Actions that somebody waits for: their failures are answers."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Carries orders out, one at a time. `write` takes the line that records each."""

    desk: Desk
    deliveries: Deliveries
    write: Callable[[str], object]

    def __call__(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one order. Raises what an errand failed of."""
        action, arguments = str(order.get("action", "")), dict(order.get("arguments", {}))
        started = time.perf_counter()
        line = {"event": "hub", "action": action, **_facts(arguments)}
        try:
            result = self._carried_out(action, arguments)
        except GatehouseError as error:
            self._record(line, started, error=type(error).__name__, facts=str(error.facts))
            if action in AWAITED:
                return {"error": {"cause": type(error).__name__}}
            raise
        except Exception as error:
            self._record(line, started, error=type(error).__name__, facts=str(error))
            raise
        self._record(line, started, result=result)
        return {"result": result}

    def _carried_out(self, action: str, arguments: dict[str, Any]) -> str | int | bool:
        match action:
            case hub.SUBSCRIBE:
                return str(self.desk.subscribe(registration_in(arguments)))
            case hub.UNSUBSCRIBE:
                return str(self.desk.unsubscribe(webhook_in(arguments)))
            case hub.VERIFY:
                return self.desk.verify(registration_in(arguments))
            case hub.DISTRIBUTE:
                return self.deliveries.distribute(event_in(arguments))
            case hub.DELIVER:
                return self.deliveries.deliver(event_in(arguments), webhook_in(arguments["webhook"]))
        raise Invalid.field("action", "is not one of the hub's")

    def _record(self, line: dict[str, Any], started: float, **more: object) -> None:
        spent = round((time.perf_counter() - started) * 1000, 1)
        self.write(json.dumps({**line, **more, "latency_ms": spent}))


def _facts(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What of an order may be logged: names, and neither callbacks, which may hold secrets, nor contents."""
    webhook, event = arguments.get("webhook", arguments), arguments.get("event", {})
    named = {
        "tenant": webhook.get("tenant") or event.get("tenant"),
        "api_id": webhook.get("api_id") or event.get("api_id"),
        "application_id": webhook.get("application_id"),
        "topic": webhook.get("topic") or event.get("topic"),
        "request_id": event.get("id"),
    }
    return {name: value for name, value in named.items() if value}
