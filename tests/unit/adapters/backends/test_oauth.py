"""OAuth 2.0 to a backend, against a token endpoint that counts."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from gatehouse.adapters.backends.security.oauth import MARGIN_SECONDS, TOKEN_SECONDS, TOKENS, OAuth
from gatehouse.domain.publishing.deployed import EndpointSecurity, SecurityKind
from gatehouse.ports.backends import BackendReply, BackendRequest, BackendSecurityFailed
from tests.fakes.clock import StoppedClock
from tests.unit.adapters.backends.servers import answer, header, replying

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.adapters.backends.conftest import Client
    from tests.unit.adapters.backends.servers import Backend


class House:
    """A token endpoint and a backend that takes its tokens."""

    def __init__(self, serve: Callable[..., Backend], make_client: Callable[..., Client]) -> None:
        self.clock = StoppedClock()
        self.client = make_client(now=self.clock.now)
        self.told: dict[str, Any] = {"expires_in": 3600, "token_type": "Bearer"}
        self.revoked: set[str] = set()
        self.tokens = serve(replying(self._token))
        self.backend = serve(replying(self._serve))
        self.security = EndpointSecurity(
            kind=SecurityKind.OAUTH,
            token_url=f"{self.tokens.url}/token",
            client_id="id",
            client_secret="secret",
            parameters=(("scope", "read write"), ("audience", "https://menu")),
        )

    def _token(self, _: bytes) -> bytes:
        told = {"access_token": f"t{len(self.tokens.requests)}", **self.told}
        return answer(200, json.dumps(told).encode(), content_type="application/json")

    def _serve(self, request: bytes) -> bytes:
        token = (header(request, "authorization") or "").removeprefix("Bearer ")
        return answer(401 if token in self.revoked else 200, token.encode())

    def call(self, **more: Any) -> BackendReply:
        return self.client.get(self.backend.url, security=replace(self.security, **more), method="POST", body=b"order")


@pytest.fixture
def house(serve: Callable[..., Backend], make_client: Callable[..., Client]) -> House:
    return House(serve, make_client)


def test_the_token_of_client_credentials_is_asked_for_once(house: House) -> None:
    assert [house.call().body for _ in range(3)] == [b"t1"] * 3
    (question,) = house.tokens.requests
    assert question.startswith(b"POST /token HTTP/1.1\r\n")
    assert header(question, "authorization") == f"Basic {base64.b64encode(b'id:secret').decode()}"
    assert header(question, "content-type") == "application/x-www-form-urlencoded"
    assert parse_qsl(question.partition(b"\r\n\r\n")[2].decode()) == [
        ("grant_type", "client_credentials"),
        ("scope", "read write"),
        ("audience", "https://menu"),
    ]


def test_the_password_grant_sends_user_and_password(house: House) -> None:
    house.call(grant_type="PASSWORD", username="mary", password="p&ss", parameters=())
    form = dict(parse_qsl(house.tokens.requests[0].partition(b"\r\n\r\n")[2].decode()))
    assert form == {"grant_type": "password", "username": "mary", "password": "p&ss"}


def test_each_endpoint_has_its_own_token(house: House) -> None:
    assert [house.call(client_id=name).body for name in ("a", "b", "a")] == [b"t1", b"t2", b"t1"]


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (3600, 3600 - MARGIN_SECONDS),
        ("3600", 3600 - MARGIN_SECONDS),
        (10, 9),
        (None, TOKEN_SECONDS - MARGIN_SECONDS),
        ("soon", TOKEN_SECONDS - MARGIN_SECONDS),
    ],
)
def test_a_token_is_renewed_shortly_before_it_expires(house: House, expires_in: object, seconds: float) -> None:
    house.told["expires_in"] = expires_in
    house.call()
    house.clock.advance(seconds - 0.5)
    assert house.call().body == b"t1"
    house.clock.advance(1)
    assert house.call().body == b"t2"


@pytest.mark.parametrize("expires_in", [0, -5, "nan", "inf"])
def test_a_token_without_a_life_is_used_once(house: House, expires_in: object) -> None:
    house.told["expires_in"] = expires_in
    assert [house.call().body for _ in range(2)] == [b"t1", b"t2"]


def test_a_kept_token_that_the_backend_refuses_is_replaced_once(house: House) -> None:
    house.call()
    house.revoked = {"t1"}
    assert house.call().body == b"t2"
    house.revoked = {"t2", "t3"}
    assert house.call().status == 401
    assert len(house.tokens.requests) == 3


def test_a_new_token_that_the_backend_refuses_is_not_replaced(house: House) -> None:
    house.revoked = {"t1"}
    assert house.call().status == 401
    assert len(house.tokens.requests) == len(house.backend.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        answer(400, b'{"error": "invalid_client", "hint": "s3cret"}'),
        answer(302, location="/elsewhere"),
        answer(200, b"<html>s3cret"),
        answer(200, b"[]"),
        answer(200, b"[" * 100_000),
        answer(200, b"\xff\xfe"),
        answer(200, b"{}"),
        answer(200, b'{"access_token": ""}'),
        answer(200, b'{"access_token": 5}'),
        answer(200, b'{"access_token": "s3cret\\r\\nx: y"}'),
        b"garbage",
        b"",
    ],
)
def test_without_a_token_nothing_is_sent(house: House, serve: Callable[..., Backend], reply: bytes) -> None:
    broken = serve(lambda peer: peer.request() and peer.send(reply))
    with pytest.raises(BackendSecurityFailed) as failed:
        house.call(token_url=broken.url)
    assert not failed.value.sent
    assert "s3cret" not in repr(failed.value)
    assert not house.backend.requests


def test_the_guard_holds_for_token_endpoints(house: House, make_client: Callable[..., Client]) -> None:
    with pytest.raises(BackendSecurityFailed):
        make_client(internal_allowed=False).get("http://192.0.2.1/", security=house.security)
    assert not house.tokens.requests


def test_only_so_many_tokens_are_remembered(house: House) -> None:
    asked: list[str] = []

    def exchange(request: BackendRequest) -> BackendReply:
        asked.append(request.url)
        return BackendReply(status=200, headers=(), body=b'{"access_token": "t", "expires_in": 60}')

    oauth = OAuth(house.clock.now)
    request = BackendRequest(method="GET", url="http://a/", headers={}, body=b"")
    for number in [*range(TOKENS + 1), 0]:
        oauth.send(request, replace(house.security, client_id=str(number)), exchange)
    assert asked.count(house.security.token_url) == TOKENS + 2
