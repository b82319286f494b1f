"""Subscribers of events and the API that they subscribe to: a server for callbacks, and what is done at a hub."""

from __future__ import annotations

import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.house import DEVPORTAL, PUBLISHER, House, unique
from tests.rogue import Rogue

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.rogue import Seen

DEFINITION = b"""\
asyncapi: 2.6.0
info: {title: Orders, version: 1.0.0}
channels:
  /orders: {subscribe: {message: {payload: {type: object}}}}
  /bills: {subscribe: {message: {payload: {type: object}}}}
"""
SECRET = "the backend's and ours"
EVENT = b'{"order": 7, "dish": "pizza \xc3\xa0 la carte"}'
PATIENCE_SECONDS = 60.0
"""The emulator starts environments of the hub, and runs what fails again after a second or two."""


def signed(body: bytes, secret: str, method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def eventually(known: Callable[[], Any], *, within: float = PATIENCE_SECONDS) -> Any:
    """What this returns as soon as it is true."""
    until = time.monotonic() + within
    while not (found := known()) and time.monotonic() < until:
        time.sleep(0.1)
    return found


@dataclass
class Callback:
    """A subscriber's server. `confirms` says whether it echoes challenges; `statuses` are the next answers to events."""

    confirms: bool = True
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = Rogue(self._answer)
        self.url = f"{self.server.url}/orders?of=kiosk"

    @property
    def events(self) -> list[Seen]:
        return [seen for seen in list(self.server.seen) if seen.head.startswith("POST")]

    @property
    def asked(self) -> list[dict[str, str]]:
        paths = [seen.path for seen in list(self.server.seen) if seen.head.startswith("GET")]
        return [{name: values[0] for name, values in parse_qs(urlsplit(path).query).items()} for path in paths]

    def received(self, count: int) -> list[Seen]:
        """The events, as soon as there are so many."""
        eventually(lambda: len(self.events) >= count)
        assert len(self.events) == count
        return self.events

    def _answer(self, seen: Seen) -> bytes:
        body = b""
        if seen.head.startswith("GET") and self.confirms:
            body = parse_qs(urlsplit(seen.path).query)["hub.challenge"][0].encode()
        status = self.statuses.pop(0) if seen.head.startswith("POST") and self.statuses else 200
        return b"HTTP/1.1 %d Told\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(body), body)


@dataclass(frozen=True, kw_only=True)
class Orders:
    """An API of WebSub, published, and what is done at its hub."""

    house: House
    id: str
    path: str

    def subscribe(self, token: str | None, callback: str, mode: str = "subscribe", **more: str) -> httpx.Response:
        form = {"hub.mode": mode, "hub.topic": "/orders", "hub.callback": callback}
        form |= {f"hub.{name}": value for name, value in more.items()}
        return self.house.gateway(self.path, token, method="POST", data=form)

    def post(self, body: bytes = EVENT, topic: str = "/orders", signature: str | None = None) -> httpx.Response:
        headers = {"content-type": "application/json"}
        if (value := signed(body, SECRET) if signature is None else signature) != "":
            headers["x-hub-signature"] = value
        address = f"{self.path}/webhooks_events_receiver_resource"
        return self.house.gateway(address, method="POST", params={"topic": topic}, content=body, headers=headers)

    def listed(self, application_id: str) -> list[dict[str, Any]]:
        query = {"applicationId": application_id, "apiId": self.id}
        return list(self.house.made("GET", f"{DEVPORTAL}/webhooks/subscriptions", params=query)["list"])


def orders(house: House, *plans: str, **more: Any) -> Orders:
    name = unique("Orders")
    properties = {
        "name": name,
        "version": "1.0.0",
        "context": f"/{name}",
        "type": "WEBSUB",
        "policies": list(plans) or ["AsyncUnlimited"],
        "websubSubscriptionConfiguration": {"enable": True, "secret": SECRET, "signingAlgorithm": "SHA256"},
        **more,
    }
    files = {"file": ("orders.yaml", DEFINITION), "additionalProperties": (None, json.dumps(properties))}
    api_id = str(house.made("POST", f"{PUBLISHER}/apis/import-asyncapi", files=files)["id"])
    house.deploy(api_id)
    house.change_state(api_id, "Publish")
    return Orders(house=house, id=api_id, path=house.base_path(api_id))


def customer(house: House, api: Orders, plan: str = "AsyncUnlimited") -> tuple[str, str, str]:
    """A new application with a subscription: its id, the subscription's, and a token."""
    application_id = house.application()
    subscription_id = house.subscribe(application_id, api.id, plan)
    return application_id, subscription_id, house.token(house.keys(application_id))
