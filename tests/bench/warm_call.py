"""What a warm call costs: processor time, and reads and writes of the tables."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import urllib3

from functions.gateway.http import call_of, response_of
from gatehouse.adapters.backends import HttpBackends
from gatehouse.domain.policy import PolicyKind, Rate, Terms
from tests.calls import World, backend, menu_api
from tests.events import bearer, http_event
from tests.fakes.counters import InMemoryCounters

if TYPE_CHECKING:
    from gatehouse.dataplane.gateway import Gateway
    from gatehouse.ports.backends import Backends

CALLS = 3000
CALLS_PER_SECOND = 40


@dataclass(frozen=True)
class WarmCall:
    """Processor time in microseconds per call; reads and writes per call."""

    own: float
    with_http_client: float
    http_client_alone: float
    calls_that_read: float
    reads: float
    writes_per_counter: float


class _Stub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # one segment per answer: two of them would wait for the client's delayed acknowledgement

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


def measure() -> WarmCall:
    """All figures, in one run."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    http = HttpBackends(connect_seconds=3, read_seconds=25, internal_allowed=True)
    try:
        own, counted = _processor_time(None, url)
        with_client, _ = _processor_time(http, url)
        alone = _client_alone(url)
    finally:
        server.shutdown()
    return WarmCall(own, with_client, alone, *counted)


def _processor_time(backends: Backends | None, url: str) -> tuple[float, tuple[float, float, float]]:
    """Microseconds of this thread per call, from event to response; and what was read and written."""
    world = World()
    world.deploy(menu_api(production=backend(url)))
    for kind in (PolicyKind.SUBSCRIPTION, PolicyKind.APPLICATION):
        world.set_policy(kind, Terms(name="Large", quota=Rate(count=1_000_000, seconds=60)))
    world.subscribe(policy="Large")
    world.grant_application(policy="Large")
    counters = InMemoryCounters()
    with ThreadPoolExecutor(4) as executor:
        gateway = world.gateway(counters, executor, len, backends=backends, environments_max=50)
        event = http_event("GET", "/menu/1.0.0/items", headers=bearer(world.token()))
        for _ in range(200):
            _call(world, gateway, event)
        reads, writes, reading_calls = world.artifacts.reads, counters.writes, 0
        started = time.thread_time()
        for _ in range(CALLS):
            before = world.artifacts.reads
            _call(world, gateway, event)
            reading_calls += world.artifacts.reads > before
        spent = (time.thread_time() - started) / CALLS * 1e6
    counted = (reading_calls / CALLS, (world.artifacts.reads - reads) / CALLS, (counters.writes - writes) / CALLS / 2)
    return spent, counted


def _call(world: World, gateway: Gateway, event: dict[str, Any]) -> None:
    world.clock.advance(1 / CALLS_PER_SECOND)
    response = response_of(gateway.handle(call_of(event, world.clock.now())))
    if response["statusCode"] != 200:
        raise RuntimeError(str(response))
    world.backend.requests.clear()


def _client_alone(url: str) -> float:
    pool = urllib3.PoolManager(retries=False)
    started = time.thread_time()
    for _ in range(CALLS):
        pool.request("GET", f"{url}/items", headers={"accept": "*/*"})
    return (time.thread_time() - started) / CALLS * 1e6
