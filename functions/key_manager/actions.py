"""Actions: what another function of ours may ask by invoking this one. `adapters/invoking/key_manager` is the asking side.

`{"action": "rotate_keys"}` is the schedule's and the operator's (docs/guides/key-manager.md).
An HTTP event has a `requestContext` and never gets here; who may invoke the function directly is IAM's decision.
"""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gatehouse.adapters.invoking.key_manager import ACTIONS, encode_error
from gatehouse.domain import body as bodies
from gatehouse.domain.errors import GatehouseError, Invalid
from gatehouse.domain.tokens.oauth import ClientRules, Lifetimes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.oauth.key_rotation import KeyRotation
    from gatehouse.ports.tokens.key_manager import KeyManager

ROTATE = "rotate_keys"
_log = Logger(service="gatehouse")


class Actions:
    """Answers actions with `{"result": …}` or `{"error": …}`; what is neither is a failure of the invocation."""

    def __init__(self, key_manager: KeyManager, rotation: KeyRotation) -> None:
        self._key_manager = key_manager
        self._rotation = rotation

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out `event["action"]` with `event["arguments"]`."""
        action, arguments = str(event.get("action", "")), dict(event.get("arguments", {}))
        facts = {"action": action, "tenant": arguments.get("tenant"), "client_id": arguments.get("client_id")}
        try:
            result = self._carry_out(action, arguments)
        except GatehouseError as error:
            # The only place that turns an error into a value: an action has no Surface around it.
            _log.info("action", extra=facts | {"error": type(error).__name__, "facts": str(error.facts)})
            return {"error": encode_error(error)}
        _log.info("action", extra=facts)
        return {"result": result}

    def _carry_out(self, action: str, arguments: dict[str, Any]) -> Any:
        if action == ROTATE:
            return self._rotation(at_once=arguments.get("at_once") is True)
        if action not in ACTIONS:
            raise Invalid.field("action", "is not one of the key manager's")
        if "lifetimes" in arguments:
            arguments["lifetimes"] = Lifetimes(**arguments["lifetimes"])
        if "rules" in arguments:
            arguments["rules"] = bodies.from_body(ClientRules, arguments["rules"])
        result = getattr(self._key_manager, action)(**arguments)
        if isinstance(result, str):
            return {"text": result}
        if isinstance(result, list):
            return [asdict(one) for one in result]
        return asdict(result) if is_dataclass(result) and not isinstance(result, type) else None
