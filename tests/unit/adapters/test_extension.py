"""The end of an environment: Lambda is asked to announce it, and what is to be done before it is done."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.extension import NAME, before_end
from gatehouse.adapters.snapshot import after_restore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 5.0


class RuntimeApi:
    """Lambda's Runtime API as far as extensions go: `next` holds until the environment ends."""

    def __init__(self, *, knows_extensions: bool = True) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.waiting = threading.Event()
        self.over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.asked.append((self.command, self.path, dict(self.headers.items()), body))
                self.send_response(200 if knows_extensions else 404)
                if knows_extensions:
                    self.send_header("Lambda-Extension-Identifier", "extension-1")
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_GET(self) -> None:
                outer.asked.append((self.command, self.path, dict(self.headers.items()), b""))
                outer.waiting.set()
                outer.over.wait(SECONDS)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def signals() -> Iterator[None]:
    """Whatever a test does to SIGTERM is undone."""
    before = signal.getsignal(signal.SIGTERM)
    wakeup = signal.set_wakeup_fd(-1)
    yield
    signal.set_wakeup_fd(wakeup)
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def runtime_api() -> Iterator[Callable[..., RuntimeApi]]:
    started = []

    def start(*, knows_extensions: bool = True) -> RuntimeApi:
        started.append(RuntimeApi(knows_extensions=knows_extensions))
        return started[-1]

    yield start
    for api in started:
        api.stop()


@pytest.mark.usefixtures("signals")
def test_an_extension_for_no_events_is_registered_and_waits(runtime_api: Callable[..., RuntimeApi]) -> None:
    api = runtime_api()
    assert before_end(api.address, lambda: None, leave=lambda _: None)
    assert api.waiting.wait(SECONDS)
    (register, waits) = api.asked
    assert register[:2] == ("POST", "/2020-01-01/extension/register")
    assert register[2]["lambda-extension-name"] == NAME
    assert register[3] == b'{"events": []}'
    assert waits[:2] == ("GET", "/2020-01-01/extension/event/next")
    assert waits[2]["lambda-extension-identifier"] == "extension-1"


@pytest.mark.usefixtures("signals")
def test_the_last_words_are_said_before_the_process_leaves(runtime_api: Callable[..., RuntimeApi]) -> None:
    said: list[object] = []
    left = threading.Event()

    def leave(code: int) -> None:
        said.append(code)
        left.set()

    assert before_end(runtime_api().address, lambda: said.append("last words"), leave=leave)
    os.kill(os.getpid(), signal.SIGTERM)
    assert left.wait(SECONDS)
    assert said == ["last words", 0]


@pytest.mark.usefixtures("signals")
def test_the_process_leaves_though_the_last_words_fail(
    runtime_api: Callable[..., RuntimeApi], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    left = threading.Event()

    def fail() -> None:
        raise RuntimeError

    assert before_end(runtime_api().address, fail, leave=lambda _: left.set())
    os.kill(os.getpid(), signal.SIGTERM)
    assert left.wait(SECONDS)


@pytest.mark.usefixtures("signals")
def test_a_main_thread_that_is_busy_or_holds_a_lock_does_not_keep_the_last_words_back(
    runtime_api: Callable[..., RuntimeApi],
) -> None:
    lock, left = threading.Lock(), threading.Event()

    def last_words() -> None:
        with lock:
            pass

    assert before_end(runtime_api().address, last_words, leave=lambda _: left.set())
    with lock:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
        assert not left.is_set()
    assert left.wait(SECONDS)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("where", ["", "127.0.0.1:9", "no-extensions"])
def test_where_lambda_is_not_nothing_is_done(where: str, runtime_api: Callable[..., RuntimeApi]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    address = runtime_api(knows_extensions=False).address if where == "no-extensions" else where
    assert not before_end(address, lambda: None)
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.usefixtures("signals")
def test_registering_takes_no_time_that_a_cold_start_would_notice(runtime_api: Callable[..., RuntimeApi]) -> None:
    api = runtime_api()
    before_end(api.address, lambda: None, leave=lambda _: None)
    started = time.thread_time()
    before_end(api.address, lambda: None, leave=lambda _: None)
    assert time.thread_time() - started < 0.02


def test_a_copy_of_an_environment_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    hooks: list[Callable[[], object]] = []
    module = ModuleType("snapshot_restore_py")
    monkeypatch.setattr(module, "register_after_restore", hooks.append, raising=False)
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", module)
    forgotten: list[str] = []
    assert after_restore(lambda: forgotten.append("all"))
    assert forgotten == []
    for hook in hooks:
        hook()
    assert forgotten == ["all"]


def test_where_there_are_no_snapshots_there_is_nothing_to_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", None)
    assert not after_restore(lambda: None)
