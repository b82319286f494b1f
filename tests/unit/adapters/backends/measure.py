"""What the client costs: processor time per request, next to urllib3's in the same run.

`python -m tests.unit.adapters.backends.measure` prints it. The stub answers in one segment, from a process of its own.
"""

from __future__ import annotations

import multiprocessing
import time
from typing import TYPE_CHECKING, NamedTuple

import urllib3

from gatehouse.adapters.backends import HttpBackends
from gatehouse.ports.backends import BackendRequest
from tests.unit.adapters.backends.servers import Backend, always, answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

REQUESTS = 1000
ROUNDS = 5
HEADERS = {"accept": "*/*", "user-agent": "client/1", "accept-encoding": "gzip", "x-gatehouse-request-id": "abc123"}
ANSWER = answer(200, b"ok", content_type="application/json", date="Thu, 01 Jan 1970 00:00:00 GMT", server="stub")


class Cost(NamedTuple):
    """Microseconds of this thread per request: the least of all rounds, which the rest of the machine disturbed least."""

    ours: float
    urllib3: float

    @property
    def ratio(self) -> float:
        return self.ours / self.urllib3


def measure(requests: int = REQUESTS, rounds: int = ROUNDS) -> Cost:
    """Both clients in turn."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    stub = spawn.Process(target=_serve, args=(there,), daemon=True)
    stub.start()
    url = f"http://127.0.0.1:{here.recv()}/items"
    ours = HttpBackends(connect_seconds=3, read_seconds=25, internal_allowed=True)
    theirs = urllib3.PoolManager(retries=False)
    try:
        pairs = [
            (
                _spent(lambda: ours.send(BackendRequest(method="GET", url=url, headers=HEADERS, body=b"")), requests),
                _spent(lambda: theirs.request("GET", url, headers=HEADERS), requests),
            )
            for _ in range(rounds)
        ]
    finally:
        ours.close()
        theirs.clear()
        stub.terminate()
        stub.join()
        here.close()
    return Cost(min(pair[0] for pair in pairs), min(pair[1] for pair in pairs))


def _serve(pipe: Connection) -> None:
    backend = Backend(always(ANSWER))
    pipe.send(backend.port)
    pipe.poll(None)


def _spent(request: Callable[[], object], count: int) -> float:
    for _ in range(50):
        request()
    started = time.thread_time()
    for _ in range(count):
        request()
    return (time.thread_time() - started) / count * 1e6


if __name__ == "__main__":
    cost = measure()
    print(f"ours {cost.ours:.0f} µs, urllib3 {cost.urllib3:.0f} µs, ratio {cost.ratio:.2f}")
