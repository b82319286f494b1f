"""What a warm call costs: processor time of its own, by credential and by the size of what is known; reads and writes."""

from __future__ import annotations

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import urllib3

from functions.gateway.http import call_of, response_of
from gatehouse.adapters.backends import HttpBackends
from gatehouse.domain.applications.api_key import digest_of, new_secret
from gatehouse.domain.applications.grant import ApiKeyGrant, ApplicationProfile, KeyType
from gatehouse.domain.artifact import Artifact, api_key_key, application_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access, DeployedOperation
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import API_ID, APPLICATION_ID, World, backend, menu_api
from tests.events import bearer, http_event
from tests.fakes.counters import InMemoryCounters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.dataplane.gateway import Gateway
    from gatehouse.domain.publishing.deployed import DeployedApi
    from gatehouse.ports.backends import Backends

CALLS = 500
WARMING = 200
CALLS_PER_SECOND = 40
ROUNDS = 9
COUNTED = 1500
OWNER = "mary@carbon.super"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is called, how, and among how many others."""

    name: str
    credential: str = "token"  # `token` | `key` | `nothing`
    operations: int = 4
    apis: int = 1
    over_http: bool = False


PLAIN = Scenario(name="access token, 4 operations")
SCENARIOS = (
    PLAIN,
    Scenario(name="API key", credential="key"),
    Scenario(name="no credential", credential="nothing"),
    Scenario(name="1 operation", operations=1),
    Scenario(name="10 operations", operations=10),
    Scenario(name="1,000 operations", operations=1000),
    Scenario(name="1,000 APIs known", apis=1000),
    Scenario(name="over HTTP", over_http=True),
)


@dataclass(frozen=True)
class Microseconds:
    """Processor time per call in several rounds: the least is the program's, what is above it the machine's."""

    least: float
    median: float


@dataclass(frozen=True)
class WarmCall:
    """Processor time per call, by scenario; reads and writes per call of the first one."""

    own: dict[str, Microseconds]
    http_client_alone: Microseconds
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


class Warm:
    """A gateway that has seen its calls before, and the event that is called again and again."""

    def __init__(self, scenario: Scenario, url: str, executor: ThreadPoolExecutor) -> None:
        self.world = World()
        self.counters = InMemoryCounters()
        for kind in (PolicyKind.SUBSCRIPTION, PolicyKind.APPLICATION):
            self.world.set_policy(kind, Terms(name="Large", limits=(Rate(count=1_000_000, seconds=60),)))
        self.world.set_policy(
            PolicyKind.SUBSCRIPTION, Terms(name="Unauthenticated", limits=(Rate(count=1_000_000, seconds=60),))
        )
        self.world.subscribe(policy="Large")
        self.world.grant_application(policy="Large")
        for api in _apis(scenario, url):
            self.world.deploy(api)
        http = HttpBackends(connect_seconds=3, read_seconds=25, internal_allowed=True) if scenario.over_http else None
        backends: Backends | None = http
        self.gateway: Gateway = self.world.gateway(self.counters, executor, len, backends=backends, environments_max=50)
        for number in range(1, scenario.apis):
            self._call(http_event("GET", f"/other{number}/1.0.0/items/1"))
        last = f"/menu/1.0.0/items{scenario.operations - 1}/1" if scenario.operations > 1 else "/menu/1.0.0/items/1"
        self.event = http_event("GET", last, headers=self._headers(scenario.credential))
        for _ in range(WARMING):
            self.call()

    def call(self) -> None:
        """One call, as much later as the pace demands."""
        response = self._call(self.event)
        if response["statusCode"] != 200:
            raise RuntimeError(str(response))

    def microseconds(self) -> float:
        """Processor time of this thread per call, from event to response."""
        started = time.thread_time()
        for _ in range(CALLS):
            self.call()
        return (time.thread_time() - started) / CALLS * 1e6

    def _call(self, event: dict[str, Any]) -> dict[str, Any]:
        self.world.clock.advance(1 / CALLS_PER_SECOND)
        response = response_of(self.gateway.handle(call_of(event, self.world.clock.now())))
        self.world.backend.requests.clear()
        return response

    def _headers(self, credential: str) -> dict[str, str]:
        match credential:
            case "key":
                return {"ApiKey": self._key()}
            case "token":
                return bearer(self.world.token(exp=int(self.world.clock.now()) + 10**7))
            case _:
                return {}

    def _key(self) -> str:
        secret = new_secret()
        profile = ApplicationProfile(application_id=APPLICATION_ID, name="Kiosk", owner=OWNER, policy="Large")
        grant = ApiKeyGrant(
            key_id="k", application_id=APPLICATION_ID, api_id="", key_type=KeyType.PRODUCTION, owner=OWNER
        )
        self.world.artifacts.publish(
            [
                Artifact(application_key(SUPER_TENANT, APPLICATION_ID), profile.to_body()),
                Artifact(api_key_key(SUPER_TENANT, digest_of(secret)), grant.to_body()),
            ]
        )
        return secret


def _apis(scenario: Scenario, url: str) -> Iterator[DeployedApi]:
    targets = ["/items/{id}", *(f"/items{number}/{{id}}" for number in range(1, scenario.operations))]
    operation = DeployedOperation(verb="GET", target="/", authenticated=scenario.credential != "nothing")
    operations = tuple(replace(operation, target=target) for target in targets)
    menu = menu_api(production=backend(url), access=Access(api_key=True), operations=operations)
    yield menu
    for number in range(1, scenario.apis):
        context = f"/other{number}"
        yield replace(menu, id=f"{API_ID}-{number}", context=context, base_path=f"{context}/1.0.0")


def measure() -> WarmCall:
    """All figures, in one run; rounds are taken in turn, so that a busy machine slows all alike."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        with ThreadPoolExecutor(4) as executor:
            warm = {scenario.name: Warm(scenario, url, executor) for scenario in SCENARIOS}
            counted = _counted(warm[PLAIN.name])
            rounds = [
                ({name: one.microseconds() for name, one in warm.items()}, _client_alone(url)) for _ in range(ROUNDS)
            ]
    finally:
        server.shutdown()
    own = {name: _microseconds([times[name] for times, _ in rounds]) for name in warm}
    return WarmCall(own, _microseconds([alone for _, alone in rounds]), *counted)


def _microseconds(rounds: list[float]) -> Microseconds:
    return Microseconds(min(rounds), statistics.median(rounds))


def _counted(warm: Warm) -> tuple[float, float, float]:
    """Calls that read at all, reads, and writes per counter, each per call."""
    reads, writes, reading_calls = warm.world.artifacts.reads, warm.counters.writes, 0
    for _ in range(COUNTED):
        before = warm.world.artifacts.reads
        warm.call()
        reading_calls += warm.world.artifacts.reads > before
    read, written = warm.world.artifacts.reads - reads, warm.counters.writes - writes
    return reading_calls / COUNTED, read / COUNTED, written / COUNTED / 2


def _client_alone(url: str) -> float:
    pool = urllib3.PoolManager(retries=False)
    started = time.thread_time()
    for _ in range(CALLS):
        pool.request("GET", f"{url}/items", headers={"accept": "*/*"})
    return (time.thread_time() - started) / CALLS * 1e6
