"""Remote content: the promises of `ports/remote`, kept by the fake and over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.outward import remote as adapter
from gatehouse.adapters.outward.remote import HttpRemote
from gatehouse.domain.remote import UrlMalformed, UrlUnreadable
from tests.fakes.remote import InMemoryRemote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.ports.remote import Remote

CONTENT = b'{"openapi": "3.0.3"}'


@dataclass(frozen=True)
class World:
    """`root` is where `/there` is and `/absent` is not; at `silent` nobody is."""

    remote: Remote
    root: str
    silent: str


class Promises:
    """Held by every implementation."""

    def test_what_stands_there_is_read(self, world: World) -> None:
        assert world.remote.read(f"{world.root}/there") == CONTENT

    def test_what_is_posted_is_answered(self, world: World) -> None:
        assert world.remote.ask(f"{world.root}/echo", CONTENT, "application/json") == CONTENT

    def test_what_is_not_there_is_refused(self, world: World) -> None:
        with pytest.raises(UrlUnreadable):
            world.remote.read(f"{world.root}/absent")
        with pytest.raises(UrlUnreadable, match="answers 404"):
            world.remote.ask(f"{world.root}/absent", CONTENT, "application/json")

    def test_nothing_is_asked_for_that_might_come_too_late(self, world: World) -> None:
        with pytest.raises(UrlUnreadable, match="too late"):
            world.remote.read(f"{world.root}/there", seconds=adapter.ANSWER_SECONDS - 1)

    @pytest.mark.parametrize("url", ["", "there", "file:///etc/passwd", "ftp://docs.example/a"])
    def test_only_web_addresses_are_asked(self, world: World, url: str) -> None:
        with pytest.raises(UrlMalformed):
            world.remote.read(url)
        with pytest.raises(UrlMalformed):
            world.remote.probe(url)
        with pytest.raises(UrlMalformed):
            world.remote.ask(url, CONTENT, "application/json")

    def test_a_probe_says_how_an_address_answers(self, world: World) -> None:
        answers = [world.remote.probe(f"{world.root}/{path}").status for path in ("there", "absent")]
        silent = world.remote.probe(world.silent)
        assert (answers, silent.status, silent.problem) == ([200, 404], 0, "does not answer")


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        remote = InMemoryRemote()
        remote.contents["https://docs.example/there"] = CONTENT
        remote.answers["https://docs.example/echo"] = lambda content: content
        remote.silent.add("https://silent.example")
        return World(remote, "https://docs.example", "https://silent.example")


class Docs(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        hops = self.path.removeprefix("/hop")
        if hops != self.path:
            left = int(hops)
            self._answer(302, b"", Location=f"/hop{left - 1}" if left > 1 else "/there")
        elif self.path == "/large":
            self._answer(200, bytes(2048))
        elif self.path == "/inwards":
            self._answer(302, b"", Location="http://169.254.169.254/latest/meta-data")
        else:
            self._answer(200 if self.path == "/there" else 404, CONTENT)

    do_HEAD = do_GET  # noqa: N815 -- the library's name

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/moved":
            self._answer(302, b"", Location="/echo")
        else:
            self._answer(200 if self.path == "/echo" else 404, sent)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@pytest.fixture
def docs() -> Iterator[str]:
    """A server of documents on this machine; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Docs)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class TestOverHttp(Promises):
    @pytest.fixture
    def world(self, docs: str) -> Iterator[World]:
        remote = HttpRemote(internal_allowed=True)
        yield World(remote, docs, "http://127.0.0.1:1")
        remote.close()

    def test_so_many_redirects_are_followed_and_no_more(self, world: World) -> None:
        assert world.remote.read(f"{world.root}/hop{adapter.REDIRECTS_MAX}") == CONTENT
        with pytest.raises(UrlUnreadable, match="redirects"):
            world.remote.read(f"{world.root}/hop{adapter.REDIRECTS_MAX + 1}")

    def test_what_is_posted_does_not_follow_redirects(self, world: World) -> None:
        with pytest.raises(UrlUnreadable, match="answers 302"):
            world.remote.ask(f"{world.root}/moved", CONTENT, "application/json")

    def test_more_than_is_taken_is_refused(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(adapter, "CONTENT_BYTES_MAX", 1024)
        with pytest.raises(UrlUnreadable, match="more than"):
            world.remote.read(f"{world.root}/large")

    def test_addresses_within_are_not_called_where_that_is_forbidden(self, docs: str) -> None:
        guarded = HttpRemote(internal_allowed=False)
        with pytest.raises(UrlUnreadable, match="may not be called"):
            guarded.read(f"{docs}/there")
        with pytest.raises(UrlUnreadable, match="may not be called"):
            guarded.ask(f"{docs}/echo", CONTENT, "application/json")
        assert guarded.probe(f"{docs}/there").problem == "is an address that may not be called"
        guarded.close()
