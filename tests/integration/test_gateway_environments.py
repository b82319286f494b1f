"""Environments of the gateway as Lambda starts them, with all that a stage may ask for: traces, and a store they share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.domain.artifact import Artifact, policy_key, revision_key, route_key, state_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import DeployedOperation
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from local.node import ROOT
from tests.bench.cold_start import SETTINGS
from tests.calls import API_ID, backend, menu_api
from tests.collector import Collector
from tests.events import http_event
from tests.rogue import Rogue, response
from tests.synthesis import PYTHONPATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatehouse.settings import GatewaySettings
    from tests.conftest import DynamoDB

pytestmark = pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
THEIRS = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "rojo=00f067aa0ba902b7"}
SERVE = """
import json, sys
answers, sys.stdout = sys.stdout, sys.stderr  # what the function prints is its log
from functions.gateway.handler import handler
for line in sys.stdin:
    loaded = [name for name in ("opentelemetry", "gatehouse.dataplane.answers.shared_responses") if name in sys.modules]
    print(json.dumps({**handler(json.loads(line), None), "loaded": loaded}), file=answers, flush=True)
"""


class Environment:
    """One process that serves one call after another."""

    def __init__(self, settings: GatewaySettings) -> None:
        variables = {**os.environ, **settings.to_environment(), "PYTHONPATH": PYTHONPATH}
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=ROOT,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, path: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(http_event("GET", path, headers=headers)) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def stop(self) -> str:
        """What it wrote into its log."""
        return self._process.communicate(timeout=20)[1]


@pytest.fixture
def served() -> Iterator[Rogue]:
    """The backend."""
    rogue = Rogue(lambda _: response(b'{"ok":true}', ("Content-Type", "application/json")))
    yield rogue
    rogue.stop()


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.stop()


@pytest.fixture
def settings(dynamodb: DynamoDB, served: Rogue) -> GatewaySettings:
    """Settings on tables where one API is deployed, open to everybody, which asks for caching of half its paths."""
    artifacts = dynamodb.table("artifacts")
    open_to_all = DeployedOperation(verb="GET", target="/*", authenticated=False)
    api = menu_api(production=backend(served.url), operations=(open_to_all,), cache_seconds=60)
    unlimited = [Terms(name="Unlimited"), Terms(name="Unauthenticated")]
    ArtifactTable(artifacts).publish(
        [
            Artifact(route_key(SUPER_TENANT, api.base_path), {"api_id": API_ID}),
            Artifact(revision_key(SUPER_TENANT, API_ID), api.to_body()),
            Artifact(state_key(SUPER_TENANT, API_ID), {"state": "PUBLISHED"}),
            *(
                Artifact(policy_key(SUPER_TENANT, kind, terms.name), terms.to_body())
                for kind in (PolicyKind.ADVANCED, PolicyKind.SUBSCRIPTION)
                for terms in unlimited
            ),
        ]
    )
    counters = dynamodb.table("counters", sorted_by_key=False)
    return replace(SETTINGS, artifacts_table=artifacts, counters_table=counters, counter_seconds=5.0)


@pytest.fixture
def started() -> Iterator[Callable[[GatewaySettings], Environment]]:
    environments: list[Environment] = []

    def start(settings: GatewaySettings) -> Environment:
        environments.append(Environment(settings))
        return environments[-1]

    yield start
    for environment in environments:
        environment.stop()


def test_a_call_is_traced_from_its_caller_through_the_gateway_to_its_backend(
    settings: GatewaySettings,
    started: Callable[[GatewaySettings], Environment],
    collector: Collector,
    served: Rogue,
) -> None:
    # Longer than in a region: this machine starts the collector, the emulator and the gateway at once.
    told = replace(settings, trace_endpoint=collector.endpoint, trace_sample_ratio=0.0, trace_export_seconds=5.0)
    environment = started(told)
    assert environment.call("/menu/1.0.0/items", THEIRS)["statusCode"] == 200
    spans = {span.name: span for span in collector.spans}
    call, at_backend = spans["GET /menu/1.0.0/*"], spans["backend"]
    assert (call.trace_id, call.parent_id, call.state) == (TRACE, PARENT, THEIRS["tracestate"])
    assert (at_backend.parent_id, at_backend.kind) == (call.span_id, "CLIENT")
    [asked] = served.seen
    assert asked.header("traceparent") == f"00-{TRACE}-{at_backend.span_id}-01"
    assert asked.header("tracestate") == THEIRS["tracestate"]
    assert call.attributes["gatehouse.api.id"] == API_ID
    assert call.resource["service.name"] == "gatehouse-gateway"

    before = len(collector.spans)
    environment.call("/menu/1.0.0/others")
    assert served.seen[1].header("traceparent").split("-")[1] != TRACE
    assert len(collector.spans) == before, "of traces that begin here, none is told at a ratio of 0"


def test_untraced_the_caller_and_the_backend_share_a_trace_that_passes_through(
    settings: GatewaySettings, started: Callable[[GatewaySettings], Environment], served: Rogue
) -> None:
    answer = started(settings).call("/menu/1.0.0/items", THEIRS)
    assert (answer["statusCode"], answer["loaded"]) == (200, [])
    [asked] = served.seen
    assert {name: asked.header(name) for name in THEIRS} == THEIRS


def test_what_one_environment_was_answered_another_gives_again(
    settings: GatewaySettings,
    started: Callable[[GatewaySettings], Environment],
    served: Rogue,
    dynamodb: DynamoDB,
) -> None:
    table = dynamodb.table("responses", sorted_by_key=False)
    sharing = replace(settings, responses_table=table, responses_seconds=5.0)
    first = started(sharing).call("/menu/1.0.0/items")
    second = started(sharing).call("/menu/1.0.0/items")
    assert (first["statusCode"], first["body"]) == (second["statusCode"], second["body"]) == (200, '{"ok":true}')
    assert len(served.seen) == 1
    assert int(second["headers"]["age"]) >= 0


def test_environments_that_share_nothing_ask_for_themselves(
    settings: GatewaySettings, started: Callable[[GatewaySettings], Environment], served: Rogue
) -> None:
    for environment in (started(settings), started(settings)):
        environment.call("/menu/1.0.0/items")
    assert len(served.seen) == 2


def test_a_table_that_is_not_there_costs_no_call(
    settings: GatewaySettings, started: Callable[[GatewaySettings], Environment], served: Rogue
) -> None:
    environment = started(replace(settings, responses_table="no-such-table"))
    for path in ("/menu/1.0.0/items", "/menu/1.0.0/others", "/menu/1.0.0/items"):
        assert environment.call(path)["statusCode"] == 200
    assert len(served.seen) == 2, "each environment's own memory still answers"
