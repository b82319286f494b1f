"""Webhooks: the promises of `ports/publishing/webhooks`, kept by the fake and over HTTP."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.outward.webhooks import PAUSES_SECONDS, HttpWebhooks, signature
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.publishing.webhook import HookSecurity, Message, Webhook
from tests.fakes.webhooks import InMemoryWebhooks
from tests.rogue import Rogue, Seen, response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatehouse.ports.publishing.webhooks import Webhooks

MESSAGE = Message(id="r1.opened", at=1_614_265_330, body=b'{"type": "workflow.opened"}')
TOKEN = b'{"access_token": "t1", "expires_in": 300}'


@dataclass(frozen=True)
class World:
    """At `taking` messages are taken, at `silent` nobody is. `taken` are the bodies that were."""

    webhooks: Webhooks
    taking: str
    silent: str
    taken: Callable[[], list[bytes]]


class Promises:
    """Held by every implementation."""

    def test_a_message_is_handed_over(self, world: World) -> None:
        world.webhooks.post(Webhook(url=world.taking), MESSAGE)
        assert world.taken() == [MESSAGE.body]

    def test_where_nobody_is_nothing_is_taken(self, world: World) -> None:
        with pytest.raises(Unavailable):
            world.webhooks.post(Webhook(url=world.silent), MESSAGE)
        assert world.taken() == []


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        silent = "https://silent.example/"
        webhooks = InMemoryWebhooks(silent)
        return World(
            webhooks, "https://taking.example/", silent, lambda: [message.body for _, message in webhooks.posted]
        )


@dataclass
class Engine:
    """Another system: it gives these answers, the last one again and again. `pauses` are what was waited between tries."""

    statuses: list[int]
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rogue = Rogue(self._answer)
        self.webhooks = HttpWebhooks(internal_allowed=True, sleep=self.pauses.append)
        self.messages: list[Seen] = []

    def _answer(self, seen: Seen) -> bytes:
        if seen.path == "/token":
            return response(TOKEN, ("Content-Type", "application/json"))
        self.messages.append(seen)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return response(status=f"{status} {HTTPStatus(status).phrase}")

    def post(self, **security: str | HookSecurity) -> Seen:
        self.webhooks.post(Webhook(url=f"{self.rogue.url}/decide", **security), MESSAGE)  # type: ignore[arg-type]
        return self.messages[-1]


@pytest.fixture
def engines() -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def engine(*statuses: int) -> Engine:
        made.append(Engine(list(statuses)))
        return made[-1]

    yield engine
    for one in made:
        one.webhooks.close()
        one.rogue.stop()


class TestOverHttp(Promises):
    @pytest.fixture
    def world(self, engines: Callable[..., Engine]) -> World:
        engine, gone = engines(200), engines(200)
        gone.rogue.stop()
        return World(engine.webhooks, engine.rogue.url, gone.rogue.url, lambda: [seen.body for seen in engine.messages])

    def test_a_message_says_which_it_is_and_when_it_came_to_be(self, engines: Callable[..., Engine]) -> None:
        seen = engines(202).post()
        assert seen.head.startswith("POST /decide ")
        assert seen.header("content-type") == "application/json"
        assert (seen.header("webhook-id"), seen.header("webhook-timestamp")) == ("r1.opened", "1614265330")
        assert not seen.header("webhook-signature")

    def test_the_three_ways_to_prove_who_asks(self, engines: Callable[..., Engine]) -> None:
        engine, secret = engines(200), "a secret of more than 24 bytes"
        seen = engine.post(security=HookSecurity.SIGNATURE, secret=secret)
        assert seen.header("webhook-signature") == signature(secret, MESSAGE)
        seen = engine.post(security=HookSecurity.BASIC, username="house", secret="sesame")
        assert seen.header("authorization") == f"Basic {base64.b64encode(b'house:sesame').decode()}"
        token_url = f"{engine.rogue.url}/token"
        seen = engine.post(security=HookSecurity.OAUTH, username="house", secret="sesame", token_url=token_url)
        assert seen.header("authorization") == "Bearer t1"

    def test_the_signature_is_that_of_standard_webhooks(self) -> None:
        # The example of https://github.com/standard-webhooks/standard-webhooks.
        message = Message(id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=1_614_265_330, body=b'{"test": 2432232314}')
        signed = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message)
        assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_who_stumbles_is_asked_again_with_the_same_message(self, engines: Callable[..., Engine]) -> None:
        engine = engines(503, 429, 200)
        engine.post()
        assert (len(engine.messages), engine.pauses) == (3, [0.0, *PAUSES_SECONDS])
        assert {seen.header("webhook-id") for seen in engine.messages} == {"r1.opened"}

    @pytest.mark.parametrize(("status", "tries"), [(500, 3), (404, 1), (302, 1)])
    def test_what_is_not_taken_is_given_up(self, engines: Callable[..., Engine], status: int, tries: int) -> None:
        engine = engines(status)
        with pytest.raises(Unavailable) as refused:
            engine.post()
        assert (len(engine.messages), refused.value.facts["cause"]) == (tries, f"a webhook answers {status}")

    @pytest.mark.parametrize("url", ["http://engine.example/", "https://169.254.169.254/", "https://127.0.0.1/"])
    def test_outside_the_local_stack_neither_inner_addresses_nor_plain_http_are_called(self, url: str) -> None:
        webhooks = HttpWebhooks(internal_allowed=False, sleep=lambda _: None)
        with pytest.raises(Unavailable) as refused:
            webhooks.post(Webhook(url=url), MESSAGE)
        webhooks.close()
        assert refused.value.facts["cause"] in {
            "a webhook is no https address",
            "a webhook is at an address that may not be called",
        }
