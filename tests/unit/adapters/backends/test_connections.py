"""Connections are kept, and what a dead one swallowed is done again only when that is safe."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.backends.pool import CONNECTIONS_PER_HOST, HOSTS, IDLE_SECONDS, Pool
from gatehouse.ports.backends import BackendClosed
from tests.fakes.clock import StoppedClock
from tests.unit.adapters.backends.servers import OK, always, answer, answering

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.adapters.backends.conftest import Client
    from tests.unit.adapters.backends.servers import Backend, Peer


def test_requests_that_follow_each_other_share_a_connection(client: Client, serve: Callable[..., Backend]) -> None:
    backend = serve(always(OK))
    for _ in range(5):
        client.get(backend.url)
    assert (len(backend.requests), len(backend.peers)) == (5, 1)


@pytest.mark.parametrize(
    "last",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nConnection: foo, Close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        OK + b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison",
        b"HTTP/1.1 204 None\r\n\r\nunasked",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nkeep-alive: timeout=0\r\n\r\nok",
    ],
)
def test_a_connection_is_not_kept_after(client: Client, serve: Callable[..., Backend], last: bytes) -> None:
    backend = serve(always(last))
    for _ in range(2):
        assert client.get(backend.url).body in {b"ok", b""}
    assert len(backend.peers) == 2


def test_http_1_0_keeps_a_connection_when_it_says_so(client: Client, serve: Callable[..., Backend]) -> None:
    backend = serve(always(b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok"))
    for _ in range(2):
        client.get(backend.url)
    assert len(backend.peers) == 1


def test_bytes_that_come_while_idle_are_never_taken_for_a_reply(client: Client, serve: Callable[..., Backend]) -> None:
    poison = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison"

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(OK)
            time.sleep(0.05)
            peer.send(poison)

    backend = serve(script)
    for _ in range(2):
        assert client.get(backend.url).body == b"ok"
        time.sleep(0.15)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_idle_connection_that_closed_is_replaced_unseen(
    client: Client, serve: Callable[..., Backend], method: str
) -> None:
    backend = serve(answering(OK))
    client.get(backend.url)
    time.sleep(0.1)
    assert client.get(backend.url, method=method, body=b"x").body == b"ok"


def closing_on_the_second_request(peer: Peer) -> None:
    peer.request()
    peer.send(OK)
    peer.request()
    peer.end()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_an_idempotent_request_that_a_kept_connection_swallowed_is_sent_again(
    client: Client, serve: Callable[..., Backend], method: str
) -> None:
    backend = serve(closing_on_the_second_request)
    client.get(backend.url)
    assert client.get(backend.url, method=method).status == 200
    assert len(backend.requests) == 3


@pytest.mark.parametrize("method", ["POST", "PATCH", "PURCHASE"])
def test_any_other_request_that_was_swallowed_whole_is_not(
    client: Client, serve: Callable[..., Backend], method: str
) -> None:
    backend = serve(closing_on_the_second_request)
    client.get(backend.url)
    with pytest.raises(BackendClosed) as failed:
        client.get(backend.url, method=method)
    assert failed.value.sent
    assert len(backend.requests) == 2


def test_a_post_that_did_not_leave_completely_is_sent_again(client: Client, serve: Callable[..., Backend]) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(OK)
        if peer.number == 0:
            peer.socket.recv(1000)
            peer.reset()

    backend = serve(script)
    client.get(backend.url)
    assert client.get(backend.url, method="POST", body=bytes(5_000_000)).body == b"ok"
    assert len(backend.peers) == 2


def test_how_a_connection_ended_is_told_by_its_code(client: Client, serve: Callable[..., Backend]) -> None:
    def resets(peer: Peer) -> None:
        peer.request()
        peer.reset()

    def reads_half(peer: Peer) -> None:
        peer.socket.recv(1000)
        peer.reset()

    for script, body, code in (
        (lambda peer: peer.request() and None, b"", "101505"),
        (resets, b"", "101501"),
        (reads_half, bytes(5_000_000), "101500"),
        (lambda peer: peer.request() and peer.send(b"no HTTP\r\n\r\n"), b"", "101506"),
    ):
        with pytest.raises(BackendClosed) as failed:
            client.get(serve(script).url, method="POST", body=body)
        assert failed.value.code == code


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_new_connection_that_closes_without_a_reply_is_not_replaced(
    client: Client, serve: Callable[..., Backend], method: str
) -> None:
    backend = serve(lambda peer: peer.request() and None)
    with pytest.raises(BackendClosed):
        client.get(backend.url, method=method)
    assert len(backend.peers) == 1


def test_a_kept_connection_is_replaced_once_only(client: Client, serve: Callable[..., Backend]) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        if peer.number == 0:
            peer.send(OK)
            peer.request()

    backend = serve(script)
    client.get(backend.url)
    with pytest.raises(BackendClosed):
        client.get(backend.url)
    assert len(backend.peers) == 2


def test_a_reply_that_broke_off_is_not_asked_for_again(client: Client, serve: Callable[..., Backend]) -> None:
    backend = serve(answering(OK, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"))
    client.get(backend.url)
    with pytest.raises(BackendClosed):
        client.get(backend.url)
    assert len(backend.requests) == 2


def test_a_backend_may_refuse_a_body_before_it_has_read_it(client: Client, serve: Callable[..., Backend]) -> None:
    def script(peer: Peer) -> None:
        peer.socket.recv(100)
        peer.send(answer(413, b"too much", connection="close"))
        time.sleep(0.1)
        peer.reset()

    reply = client.get(serve(script).url, method="POST", body=bytes(5_000_000))
    assert (reply.status, reply.body) == (413, b"too much")


def test_many_threads_get_each_their_own_reply(client: Client, serve: Callable[..., Backend]) -> None:
    def script(peer: Peer) -> None:
        while request := peer.request():
            peer.send(answer(200, request.split(b" ")[1]))

    backend = serve(script)
    wrong: list[bytes] = []

    def work(name: int) -> None:
        for number in range(30):
            target = f"/{name}/{number}"
            body = client.get(f"{backend.url}{target}").body
            if body != target.encode():
                wrong.append(body)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(backend.requests) == 180


class Idle:
    """A connection in the pool's eyes."""

    def __init__(self) -> None:
        self.idle_until = 0.0
        self.closed = False
        self.usable = True

    def is_usable(self) -> bool:
        return self.usable

    def close(self) -> None:
        self.closed = True


def kept(pool: Pool, key: str, connection: Any, seconds: float | None = None) -> Any:
    pool.put(key, connection, seconds)
    return connection


def test_the_pool_keeps_the_newest_of_a_host_and_of_the_hosts() -> None:
    pool = Pool(StoppedClock().now)
    many = [kept(pool, "a", Idle()) for _ in range(CONNECTIONS_PER_HOST + 1)]
    assert [one.closed for one in many] == [True] + [False] * CONNECTIONS_PER_HOST
    hosts = [kept(pool, f"host{number}", Idle()) for number in range(HOSTS)]
    assert all(one.closed for one in many)
    assert not any(one.closed for one in hosts)
    assert pool.take("host0") is hosts[0]
    assert pool.take("host0") is None


@pytest.mark.parametrize(("announced", "seconds"), [(None, IDLE_SECONDS), (4.0, 4.0), (1000.0, IDLE_SECONDS)])
def test_the_pool_gives_no_connection_that_was_idle_for_too_long(announced: float | None, seconds: float) -> None:
    clock = StoppedClock()
    pool = Pool(clock.now)
    connection = kept(pool, "a", Idle(), announced)
    clock.advance(seconds - 0.1)
    assert pool.take("a") == connection
    kept(pool, "a", connection, announced)
    clock.advance(seconds)
    assert pool.take("a") is None
    assert connection.closed


def test_the_pool_closes_what_is_dead_expired_or_left_at_the_end() -> None:
    clock = StoppedClock()
    pool = Pool(clock.now)
    dead, old, left = Idle(), Idle(), Idle()
    kept(pool, "b", old)
    dead.usable = False
    kept(pool, "a", dead)
    assert pool.take("a") is None
    clock.advance(IDLE_SECONDS + 1)
    kept(pool, "c", left)
    pool.close_expired()
    assert (dead.closed, old.closed, left.closed) == (True, True, False)
    pool.close()
    assert left.closed
