"""External issuers over real HTTP: what is asked, what is believed, and how long and how much is waited for."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.keys import issuers
from gatehouse.adapters.keys.issuers import KEYS_BYTES_MAX, KEYS_MAX, HttpIssuers
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.tokens.issuer import Introspection
from tests.worlds.issuers import IssuerServer, basic_proof, jwk, reply, rsa_key, trickle

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[IssuerServer]:
    server = IssuerServer()
    yield server
    server.close()


def http(*, internal_allowed: bool = True) -> HttpIssuers:
    return HttpIssuers(internal_allowed=internal_allowed)


def test_keys_come_as_they_are_published(server: IssuerServer) -> None:
    server.jwks = {"keys": [jwk(rsa_key()), {"kty": "oct", "k": "c2VjcmV0"}, "no key"]}
    assert http().keys(f"{server.url}/jwks") == server.jwks["keys"][:2]
    assert server.asked == ["/jwks"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"keys": 7}', b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_key_set_is_no_answer(server: IssuerServer, body: bytes) -> None:
    server.answer = lambda handler: reply(handler, body)
    with pytest.raises(Unavailable):
        http().keys(f"{server.url}/jwks")


@pytest.mark.parametrize("status", [201, 204, 301, 302, 404, 500])
def test_another_status_is_no_answer_and_redirects_are_not_followed(server: IssuerServer, status: int) -> None:
    body = json.dumps({"keys": []}).encode() if status != 204 else b""
    server.answer = lambda handler: reply(handler, body, status, Location=f"{server.url}/elsewhere")
    with pytest.raises(Unavailable):
        http().keys(f"{server.url}/jwks")
    assert server.asked == ["/jwks"]


def test_a_huge_key_set_is_no_answer(server: IssuerServer) -> None:
    server.jwks = {"keys": [], "padding": "x" * KEYS_BYTES_MAX}
    with pytest.raises(Unavailable):
        http().keys(f"{server.url}/jwks")


def test_a_set_of_very_many_keys_is_no_answer(server: IssuerServer) -> None:
    server.jwks = {"keys": [{"kty": "RSA"}] * (KEYS_MAX + 1)}
    with pytest.raises(Unavailable):
        http().keys(f"{server.url}/jwks")


def test_an_endless_key_set_ends(server: IssuerServer) -> None:
    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        try:
            for _ in range(200):
                handler.wfile.write(b" " * 1024 * 1024)
        except OSError:
            pass
        handler.close_connection = True

    server.answer = endless
    with pytest.raises(Unavailable):
        http().keys(f"{server.url}/jwks")


@pytest.mark.parametrize("slowness", ["silent", "trickling"])
def test_a_slow_issuer_is_waited_for_no_longer_than_its_deadline(
    server: IssuerServer, slowness: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "READ_SECONDS", 0.5)
    monkeypatch.setattr(issuers, "ANSWER_SECONDS", 1.0)
    server.answer = trickle if slowness == "trickling" else lambda _: time.sleep(3)
    started = time.monotonic()
    with pytest.raises(Unavailable):
        http().keys(f"{server.url}/jwks")
    assert time.monotonic() - started < 2


def test_nobody_there_is_no_answer() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unavailable):
        http().keys(f"http://127.0.0.1:{port}/jwks")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "2130706433"])
def test_an_internal_address_is_never_asked(server: IssuerServer, host: str) -> None:
    url = f"{server.url.replace('127.0.0.1', host)}/jwks"
    with pytest.raises(Unavailable):
        http(internal_allowed=False).keys(url)
    with pytest.raises(Unavailable):
        http(internal_allowed=False).introspect(Introspection(url=url), "token")
    assert server.asked == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://idp.example/", "//idp.example", "nothing", ""])
def test_only_http_is_spoken(url: str) -> None:
    with pytest.raises(Unavailable):
        http().keys(url)


def test_an_active_token_s_claims_come_back_and_the_gateway_proves_itself(server: IssuerServer) -> None:
    server.active["opaque"] = {"active": True, "client_id": "c", "scope": "a b"}
    where = Introspection(url=f"{server.url}/introspect", username="gateway", password="s&c:ret")
    assert http().introspect(where, "opaque") == server.active["opaque"]
    assert server.forms == [{"token": ["opaque"], "token_type_hint": ["access_token"]}]
    assert server.authorizations == [basic_proof("gateway", "s&c:ret")]
    assert "s&c:ret" not in repr(where)


def test_without_a_user_name_nothing_is_proved(server: IssuerServer) -> None:
    assert http().introspect(Introspection(url=f"{server.url}/introspect"), "unknown&token=other") is None
    assert server.authorizations == [None]
    assert server.forms[0]["token"] == ["unknown&token=other"]


@pytest.mark.parametrize(
    "said",
    [
        {"active": False},
        {"active": "true"},
        {"active": 1},
        {},
        {"active": True, "token_type": "refresh_token"},
        {"active": True, "token_use": "refresh"},
        {"active": True, "typ": "Refresh"},
        {"active": True, "token_use": "id_token"},
    ],
)
def test_what_is_no_active_access_token_says_nothing(server: IssuerServer, said: dict[str, Any]) -> None:
    server.active["opaque"] = said
    assert http().introspect(Introspection(url=f"{server.url}/introspect"), "opaque") is None


def test_a_refusal_to_answer_is_no_inactive_token(server: IssuerServer) -> None:
    server.answer = lambda handler: reply(handler, b'{"error":"invalid_client"}', 401)
    with pytest.raises(Unavailable):
        http().introspect(Introspection(url=f"{server.url}/introspect"), "opaque")
