"""The hub in memory: its function on fakes, and a Lambda that carries out what it is handed."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from functions.hub.orders import Orders
from gatehouse.adapters.backends.guard import names_internal
from gatehouse.adapters.expressions import CelExpressions
from gatehouse.adapters.invoking.hub import LambdaHub
from gatehouse.dataplane.foreign import Judge
from gatehouse.dataplane.knowledge.catalogue import Catalogue
from gatehouse.dataplane.quota import Quotas
from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.websub.delivery import Deliveries
from gatehouse.dataplane.websub.desk import Desk
from gatehouse.domain.applications.application import Subscription
from gatehouse.domain.applications.grant import ApplicationProfile, KeyType
from gatehouse.domain.applications.webhook import Event, Registration, Webhook
from gatehouse.domain.artifact import Artifact, application_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import ApiType, DeployedOperation, EndpointGroup, EventSource
from gatehouse.ports.backends import BackendReply
from tests.calls import API_ID, APPLICATION_ID, MAX_STALENESS, REFRESH_AFTER, World, menu_api
from tests.fakes.application_webhooks import InMemoryApplicationWebhooks
from tests.fakes.applications import Shelf
from tests.fakes.counters import InMemoryCounters

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.ports.backends import BackendRequest

GATEWAY = "https://gateway.example"
CALLBACK = "https://kiosk.example/orders?of=all"
RETRIES = 2
"""How often Lambda runs an errand again that failed."""


class Subscribers:
    """The callbacks' servers. `answers` are by URL without its query; who has none takes everything and echoes nothing."""

    def __init__(self) -> None:
        self.requests: list[BackendRequest] = []
        self.answers: dict[str, Callable[[BackendRequest], BackendReply]] = {}

    def send(self, request: BackendRequest) -> BackendReply:
        self.requests.append(request)
        answer = self.answers.get(request.url.partition("?")[0])
        return answer(request) if answer else BackendReply(status=200, headers=(), body=b"")

    @property
    def events(self) -> list[BackendRequest]:
        return [request for request in self.requests if request.method == "POST"]

    @property
    def asked(self) -> list[BackendRequest]:
        return [request for request in self.requests if request.method == "GET"]


class HubWorld:
    """`hub` is what the gateway has. Errands wait until `run`."""

    def __init__(self) -> None:
        self.calls = World()
        self.clock = self.calls.clock
        self.subscribers = Subscribers()
        self.shelf = Shelf(self.calls.artifacts)
        self.webhooks = InMemoryApplicationWebhooks(self.shelf)
        self.lines: list[dict[str, Any]] = []
        self.errands: list[dict[str, Any]] = []
        self.executor = ThreadPoolExecutor(2)
        self.hub = LambdaHub(self, "hub")
        self.orders = self._orders(internal_allowed=False)
        profile = ApplicationProfile(application_id=APPLICATION_ID, name="Kiosk", owner="mary", policy="Unlimited")
        self.calls.artifacts.publish([Artifact(application_key(SUPER_TENANT, APPLICATION_ID), profile.to_body())])
        self.deploy()
        self.subscription()

    def close(self) -> None:
        self.executor.shutdown()

    def _orders(self, *, internal_allowed: bool) -> Orders:
        catalogue = Catalogue(
            self.calls.artifacts, self.clock, max_staleness=MAX_STALENESS, refresh_after=REFRESH_AFTER
        )
        throttle = Throttle(InMemoryCounters(), self.clock, self.executor, environments_max=10)
        judge = Judge(catalogue, Quotas(catalogue, throttle, CelExpressions()), self.clock)
        return Orders(
            Desk(
                webhooks=self.webhooks,
                backends=self.subscribers,
                errands=self.hub,
                clock=self.clock,
                forbidden=lambda url: not internal_allowed and names_internal(url),
            ),
            Deliveries(
                webhooks=self.webhooks,
                backends=self.subscribers,
                errands=self.hub,
                judge=judge,
                clock=self.clock,
                executor=self.executor,
                gateway_url=GATEWAY,
            ),
            lambda line: self.lines.append(json.loads(line)),
        )

    def deploy(self, state: str = "PUBLISHED", **changes: Any) -> None:
        values: dict[str, Any] = {
            "type": ApiType.WEBSUB,
            "production": EndpointGroup(),
            "sandbox": EndpointGroup(),
            "operations": (DeployedOperation(verb="SUBSCRIBE", target="/orders"),),
            "events": EventSource(),
        }
        self.calls.deploy(menu_api(**{**values, **changes}), state)

    def subscription(self) -> None:
        kept = Subscription(
            tenant=SUPER_TENANT, id="s-1", application_id=APPLICATION_ID, api_id=API_ID, policy="Gold", version=1
        )
        self.shelf.subscriptions[SUPER_TENANT, APPLICATION_ID, API_ID] = kept

    def webhook(self, **changes: Any) -> Webhook:
        values: dict[str, Any] = {
            "tenant": SUPER_TENANT,
            "application_id": APPLICATION_ID,
            "api_id": API_ID,
            "topic": "/orders",
            "callback": CALLBACK,
            "secret": "s3cret",
            "key_type": KeyType.PRODUCTION,
            "subject": "mary@carbon.super",
            "created_at": int(self.clock.now()),
            "expires_at": int(self.clock.now()) + 600,
        }
        return Webhook(**{**values, **changes})

    def registration(self, *, verified: bool = False, places: int = 9, **changes: Any) -> Registration:
        return Registration(
            webhook=self.webhook(**changes), topic_name="Orders", lease_seconds=600, places=places, verified=verified
        )

    def event(self, body: bytes = b'{"order": 7}') -> Event:
        return Event(
            id="event-1",
            tenant=SUPER_TENANT,
            api_id=API_ID,
            topic="/orders",
            content_type="application/json",
            body=body,
        )

    def publish(self, event: Event | None = None) -> None:
        self.hub.publish(event or self.event())
        self.run()

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        """As botocore's Lambda client has it."""
        assert FunctionName == "hub"
        order = json.loads(Payload)
        if InvocationType == "Event":
            self.errands.append(order)
            return {"StatusCode": 202}
        return {"Payload": io.BytesIO(json.dumps(self.orders(order)).encode())}

    def run(self, *, retries: int = RETRIES) -> int:
        """Carry out all errands, and those that they lead to; how many were given up."""
        lost = 0
        while self.errands:
            errand = self.errands.pop(0)
            lost += not any(self._done(errand) for _ in range(1 + retries))
        return lost

    def _done(self, errand: dict[str, Any]) -> bool:
        try:
            self.orders(errand)
        except Exception:
            return False
        return True

    @property
    def callbacks(self) -> list[str]:
        return [one.callback for one in self.webhooks.of_application(SUPER_TENANT, APPLICATION_ID)]
