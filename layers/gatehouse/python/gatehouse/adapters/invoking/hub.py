"""The hub's function, as the gateway asks it, and as it sends itself on errands. IAM decides who may.

`{"action", "arguments"}` → `{"result": …}` to who waits; an errand is an asynchronous invocation, which Lambda keeps and, when
it fails, tries again. The other side is `functions/hub/orders`, which shares the encoding below.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.adapters.invoking.asking import AskedFunction
from gatehouse.domain import body as bodies
from gatehouse.domain.applications.webhook import Event, Registration, Standing, Webhook
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

SUBSCRIBE, UNSUBSCRIBE = "subscribe", "unsubscribe"
DISTRIBUTE, DELIVER, VERIFY = "distribute", "deliver", "verify"


class LambdaHub:
    """Implements `ports.hub.Hub` and `ports.hub.Errands` on a botocore Lambda client (`adapters.aws.hub_client`)."""

    def __init__(self, client: Any, function_name: str) -> None:
        """On the hub's function, by name or ARN."""
        self._client = client
        self._name = function_name
        self._asked = AskedFunction(client, function_name, _failure)

    def subscribe(self, registration: Registration) -> Standing:
        """Have events sent to a callback, or say why not."""
        return Standing(self._asked.ask(SUBSCRIBE, bodies.to_body(registration)))

    def unsubscribe(self, webhook: Webhook) -> Standing:
        """Have no more events of the topic sent to the callback."""
        return Standing(self._asked.ask(UNSUBSCRIBE, bodies.to_body(webhook)))

    def publish(self, event: Event) -> None:
        """Have an event delivered."""
        self._send(DISTRIBUTE, {"event": _encoded(event)})

    def verify(self, registration: Registration) -> None:
        """Ask a callback whether it wants to be subscribed."""
        self._send(VERIFY, bodies.to_body(registration))

    def deliver(self, event: Event, webhook: Webhook) -> None:
        """Send one event to one callback. The secret stays where it is: who delivers looks the webhook up."""
        named = {name: value for name, value in bodies.to_body(webhook).items() if name != "secret"}
        self._send(DELIVER, {"event": _encoded(event), "webhook": named})

    def _send(self, action: str, arguments: Mapping[str, object]) -> None:
        payload = json.dumps({"action": action, "arguments": arguments}).encode()
        try:
            self._client.invoke(FunctionName=self._name, InvocationType="Event", Payload=payload)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=type(error).__name__, action=action) from error


def registration_in(arguments: Mapping[str, Any]) -> Registration:
    """The registration in an order."""
    return bodies.from_body(Registration, arguments)


def webhook_in(arguments: Mapping[str, Any]) -> Webhook:
    """The webhook in an order."""
    return bodies.from_body(Webhook, arguments)


def event_in(arguments: Mapping[str, Any]) -> Event:
    """The event in an order."""
    encoded = arguments["event"]
    return Event(**{**encoded, "body": base64.b64decode(encoded["body"])})


def _encoded(event: Event) -> dict[str, str]:
    return {
        "id": event.id,
        "tenant": event.tenant,
        "api_id": event.api_id,
        "topic": event.topic,
        "content_type": event.content_type,
        "body": base64.b64encode(event.body).decode(),
    }


def _failure(document: Mapping[str, Any]) -> Exception:
    return Unavailable(cause=str(document.get("cause", "")))
