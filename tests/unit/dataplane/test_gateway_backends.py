"""Between the gateway and backends: what they are sent, what comes back, and how they fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.errors import Unavailable
from gatehouse.domain.publishing.deployed import Access, DeployedOperation
from gatehouse.ports.backends import (
    BackendBroken,
    BackendClosed,
    BackendConnectTimeout,
    BackendForbidden,
    BackendGarbled,
    BackendReply,
    BackendTimeout,
    BackendTooLarge,
    BackendUnreachable,
    BackendUnsent,
)
from tests.calls import (
    menu_api,
)
from tests.worlds.gateway import code

if TYPE_CHECKING:
    from tests.worlds.gateway import Running


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (BackendUnreachable(), (503, "101503")),
        (BackendForbidden(), (503, "101503")),
        (BackendUnsent(), (503, "101500")),
        (BackendBroken(), (503, "101501")),
        (BackendClosed(), (503, "101505")),
        (BackendGarbled(), (502, "101506")),
        (BackendTooLarge(), (502, "101510")),
        (BackendTimeout(), (504, "101504")),
        (BackendConnectTimeout(), (504, "101508")),
    ],
)
def test_5xx_names_how_the_backend_failed(running: Running, failure: Any, expected: tuple[int, str]) -> None:
    running.world.backend.failure = failure
    assert code(running.call(token=running.world.token())) == expected


@pytest.mark.parametrize(
    ("wanted", "brought", "expected"),
    [
        ("APPLICATION", "APPLICATION", 200),
        ("APPLICATION", "APPLICATION_USER", 401),
        ("APPLICATION_USER", "APPLICATION_USER", 200),
        ("APPLICATION_USER", "APPLICATION", 401),
        ("APPLICATION_USER", "", 401),
        ("", "", 200),
    ],
)
def test_an_operation_may_ask_for_a_user_s_token_or_an_application_s(
    running: Running, wanted: str, brought: str, expected: int
) -> None:
    operation = DeployedOperation(verb="GET", target="/items", token_type=wanted)
    running.world.deploy(menu_api(operations=(operation,)))
    reply = running.call(token=running.world.token(aut=brought))
    assert reply.status == expected
    assert expected == 200 or code(reply) == (401, "900905")


def test_504_when_no_time_is_left_to_ask_a_backend(running: Running) -> None:
    late = running.world.call(token=running.world.token())
    running.world.clock.advance(29)
    assert code(running.gateway.handle(late)) == (504, "101509")
    assert not running.world.backend.requests


def test_500_when_the_artifacts_cannot_be_read(running: Running) -> None:
    def down(*_: Any) -> Any:
        raise Unavailable

    running.world.artifacts.epoch = down  # type: ignore[method-assign]
    assert code(running.call(token=running.world.token())) == (500, "900900")


def test_the_credential_and_identity_headers_never_reach_the_backend(running: Running) -> None:
    headers = {
        "X-JWT-Assertion": "forged",
        "ApiKey": "secret",
        "Internal-Key": "secret",
        "X-Gatehouse-Request-Id": "forged",
        "Connection": "close, X-Hop",
        "X-Hop": "1",
        "TE": "trailers",
        "Host": "gateway.example",
        "X-Own": "kept",
    }
    running.call(token=running.world.token(), headers=headers)
    sent = running.world.backend.requests[0].headers
    assert sent["x-own"] == "kept"
    assert sent["x-gatehouse-request-id"] != "forged"
    assert not sent.keys() & {
        "authorization", "x-jwt-assertion", "apikey", "internal-key", "connection", "x-hop", "te", "host",
    }  # fmt: skip


def test_a_custom_credential_header_does_not_let_authorization_through(running: Running) -> None:
    running.world.deploy(menu_api(access=Access(authorization_header="X-Token")))
    token = running.world.token()
    reply = running.call(headers={"X-Token": f"Bearer {token}", "Authorization": "Basic c2VjcmV0"})
    assert reply.status == 200
    assert not running.world.backend.requests[0].headers.keys() & {"x-token", "authorization"}


def test_the_backends_answer_comes_back_byte_for_byte(running: Running) -> None:
    body = bytes(range(256))
    headers = (("content-type", "application/octet-stream"), ("set-cookie", "a=1"), ("set-cookie", "b=2"))
    hop = (("transfer-encoding", "chunked"), ("connection", "close"))
    running.world.backend.reply = BackendReply(status=207, headers=(*headers, *hop), body=body)
    reply = running.call(token=running.world.token())
    assert (reply.status, reply.body) == (207, body)
    assert reply.headers[:3] == headers
    assert not {name for name, _ in reply.headers} & {"transfer-encoding", "connection"}


def test_special_characters_of_a_path_are_encoded_for_the_backend(running: Running) -> None:
    running.call(path="/menu/1.0.0/items/grün & klein", token=running.world.token())
    assert running.world.backend.requests[0].url.endswith("/items/gr%C3%BCn%20&%20klein")
