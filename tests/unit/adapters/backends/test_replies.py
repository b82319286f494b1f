"""What a backend answers reaches the caller as it was."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.unit.adapters.backends.servers import OK, answer, answering

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.adapters.backends.conftest import Client
    from tests.unit.adapters.backends.servers import Backend, Peer


def test_status_headers_and_body_pass_byte_for_byte(client: Client, serve: Callable[..., Backend]) -> None:
    body = gzip.compress(b"menu")
    head = (
        b"HTTP/1.1 418 I'm a teapot\r\nSet-Cookie: a=1\r\nX-Name: Caf\xe9  au lait\r\nset-cookie: b=2\r\n"
        b"Empty:\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    reply = client.get(f"{serve(answering(head + body)).url}/x")
    assert reply.status == 418
    assert reply.headers == (
        ("Set-Cookie", "a=1"),
        ("X-Name", "Caf\xe9  au lait"),
        ("set-cookie", "b=2"),
        ("Empty", ""),
        ("Content-Encoding", "gzip"),
        ("Content-Length", str(len(body))),
    )
    assert reply.body == body


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (CHUNKED + b'5\r\nhello\r\n1;name="v"\r\n!\r\n0\r\nTrailer: x\r\n\r\n', b"hello!"),
        (CHUNKED + b"0\r\n\r\n", b""),
        (CHUNKED + b"A \r\n0123456789\r\n000\r\n\r\n", b"0123456789"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
        (b"HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx", b"x"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nxy", b"xy"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 100\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b""),
    ],
)
@pytest.mark.parametrize("piecemeal", [False, True])
def test_every_framing_of_http_1_is_understood(
    client: Client, serve: Callable[..., Backend], sent: bytes, body: bytes, *, piecemeal: bool
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        for part in [sent[i : i + 1] for i in range(len(sent))] if piecemeal else [sent]:
            peer.send(part)

    assert client.get(serve(script).url).body == body


def test_the_answer_to_head_has_no_body_whatever_its_length_says(client: Client, serve: Callable[..., Backend]) -> None:
    told = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"
    backend = serve(answering(told, told))
    for _ in range(2):
        reply = client.get(backend.url, method="HEAD")
        assert (reply.body, dict(reply.headers)) == (b"", {"content-length": "1000"})
    assert len(backend.peers) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 407, 503])
def test_redirects_and_refusals_are_the_callers_business(
    client: Client, serve: Callable[..., Backend], status: int
) -> None:
    backend = serve(answering(answer(status, location="/elsewhere", retry_after="0")))
    assert client.get(backend.url).status == status
    assert len(backend.requests) == 1


def test_megabytes_pass_both_ways(client: Client, serve: Callable[..., Backend]) -> None:
    body = bytes(range(256)) * 20_000

    def echo(peer: Peer) -> None:
        sent = peer.request().partition(b"\r\n\r\n")[2]
        peer.send(answer(200, sent))

    assert client.get(serve(echo).url, method="POST", body=body).body == body
