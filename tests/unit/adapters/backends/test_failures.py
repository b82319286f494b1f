"""Every way in which a backend can fail has its name, and none takes longer than it may."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.backends.reader import BODY_MAX_BYTES, HEAD_MAX_BYTES
from gatehouse.ports.backends import (
    BackendClosed,
    BackendConnectTimeout,
    BackendForbidden,
    BackendTimeout,
    BackendTooLarge,
    BackendUnreachable,
)
from tests.unit.adapters.backends.servers import OK, answering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.unit.adapters.backends.conftest import Client
    from tests.unit.adapters.backends.servers import Backend, Peer


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def test_unreachable_when_nobody_listens(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(BackendUnreachable) as failed:
        client.get(f"http://127.0.0.1:{port}/")
    assert not failed.value.sent


def test_unreachable_when_the_name_does_not_resolve(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(BackendUnreachable, match=r"nowhere\.example"):
        client.get("http://nowhere.example/")


def test_connect_timeout_when_the_resolver_is_slow(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: Any, flags: int, **__: Any) -> None:
        if not flags:
            time.sleep(2)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with at_most(1.5), pytest.raises(BackendConnectTimeout):
        client.get("http://slow.example/", connect_seconds=0.1)


@pytest.fixture
def full() -> Iterator[int]:
    """The port of a server that accepts nothing any more."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_connect_timeout_when_nobody_accepts(client: Client, full: int) -> None:
    with at_most(1.5), pytest.raises(BackendConnectTimeout) as failed:
        client.get(f"http://127.0.0.1:{full}/", connect_seconds=0.1)
    assert not failed.value.sent


def test_another_address_of_the_name_is_tried_in_time(
    client: Client, full: int, serve: Callable[..., Backend], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = serve(answering(OK)).port

    def two(*_: Any, flags: int, **__: Any) -> list[Any]:
        if flags:
            raise socket.gaierror(socket.EAI_NONAME, "no number")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", one)) for one in (full, port)]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    with at_most(2):
        assert client.get("http://two.example/", connect_seconds=0.6).body == b"ok"


def test_connect_timeout_when_tls_is_never_agreed_on(client: Client, serve: Callable[..., Backend]) -> None:
    backend = serve(lambda _: time.sleep(2))
    with at_most(1.5), pytest.raises(BackendConnectTimeout):
        client.get(f"https://127.0.0.1:{backend.port}/", connect_seconds=0.1)


def test_unreachable_when_the_other_side_speaks_no_tls(client: Client, serve: Callable[..., Backend]) -> None:
    backend = serve(lambda peer: peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with pytest.raises(BackendUnreachable):
        client.get(f"https://127.0.0.1:{backend.port}/")


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhal"])
def test_timeout_when_the_backend_falls_silent(client: Client, serve: Callable[..., Backend], begun: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(begun)
        time.sleep(2)

    with at_most(1.5), pytest.raises(BackendTimeout) as failed:
        client.get(serve(script).url, read_seconds=0.1)
    assert failed.value.sent


def test_timeout_when_the_backend_takes_no_body(client: Client, serve: Callable[..., Backend]) -> None:
    backend = serve(lambda _: time.sleep(2))
    with at_most(1.5), pytest.raises(BackendTimeout):
        client.get(backend.url, method="POST", body=bytes(8_000_000), read_seconds=0.1)


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"]
)
def test_timeout_when_a_backend_drips_for_longer_than_an_answer_may_take(
    make_client: Callable[..., Client], serve: Callable[..., Backend], start: bytes
) -> None:
    def drip(peer: Peer) -> None:
        peer.request()
        peer.send(start)
        for byte in b"HTTP/1.1 200 OK" * 20:
            peer.send(b"1\r\n%c\r\n" % byte if b"chunked" in start else bytes([byte]))
            time.sleep(0.02)

    client = make_client(answer_seconds=0.3)
    with at_most(2), pytest.raises(BackendTimeout):
        client.get(serve(drip).url, read_seconds=60)


def test_the_time_for_the_answer_bounds_connecting_too(make_client: Callable[..., Client], full: int) -> None:
    with at_most(1.5), pytest.raises(BackendConnectTimeout):
        make_client(answer_seconds=0.1).get(f"http://127.0.0.1:{full}/", connect_seconds=60)


@pytest.mark.parametrize(
    "sent",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 099 Odd\r\n\r\n",
        b"HTTP/1.1 600 Odd\r\n\r\n",
        b"HTTP/1.1\t200 OK\r\n\r\n",
        b"HTTP/1.1 200 O\0K\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: nameless\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nspaced : x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n",
        b"HTTP/1.1 200 OK\r\na: b\rc: d\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1_0\r\n\r\n0123456789",
        b"HTTP/1.1 200 OK\r\ncontent-length: \xb2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\n",
        b"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20,
    ],
)  # fmt: skip
def test_closed_when_what_comes_is_not_http(client: Client, serve: Callable[..., Backend], sent: bytes) -> None:
    with pytest.raises(BackendClosed) as failed:
        client.get(serve(answering(sent)).url)
    assert failed.value.sent


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTT",
        b"HTTP/1.1 200 OK\r\na: b\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
@pytest.mark.parametrize("how", ["end", "reset"])
def test_closed_when_the_reply_is_shorter_than_it_says(
    client: Client, serve: Callable[..., Backend], sent: bytes, how: str
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(sent)
        getattr(peer, how)()

    with pytest.raises(BackendClosed):
        client.get(serve(script).url)


def test_closed_when_a_body_without_length_breaks_off(client: Client, serve: Callable[..., Backend]) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\nhalf of")
        time.sleep(0.05)
        peer.reset()

    with pytest.raises(BackendClosed):
        client.get(serve(script).url)


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"8000\r\n" + b"x" * 0x8000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nx: ", b"x" * 1000),
        (b"HTTP/1.1 200 ", b"x" * 1000),
    ],
)
def test_too_large_when_there_is_no_end(
    client: Client, serve: Callable[..., Backend], start: bytes, again: bytes
) -> None:
    def endless(peer: Peer) -> None:
        peer.request()
        peer.send(start)
        while True:
            peer.send(again)

    with at_most(10), pytest.raises(BackendTooLarge) as failed:
        client.get(serve(endless).url)
    assert failed.value.sent


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (BODY_MAX_BYTES + 1),
        b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 20_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 300 + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: %s\r\n" % (b"y" * 10_000) * 7 + b"\r\n",
    ],
)
def test_too_large_as_soon_as_it_is_known(client: Client, serve: Callable[..., Backend], sent: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(sent)
        time.sleep(3)

    with at_most(2), pytest.raises(BackendTooLarge):
        client.get(serve(script).url)


def test_the_largest_body_passes(client: Client, serve: Callable[..., Backend]) -> None:
    told = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % BODY_MAX_BYTES
    assert len(client.get(serve(answering(told + bytes(BODY_MAX_BYTES))).url).body) == BODY_MAX_BYTES
    assert HEAD_MAX_BYTES < BODY_MAX_BYTES


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])
def test_forbidden_when_the_address_is_internal(
    make_client: Callable[..., Client], serve: Callable[..., Backend], host: str
) -> None:
    backend = serve(answering(OK))
    with pytest.raises(BackendForbidden) as failed:
        make_client(internal_allowed=False).get(f"http://{host}:{backend.port}/")
    assert not failed.value.sent
    assert not backend.peers
