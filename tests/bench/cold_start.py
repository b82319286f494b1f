"""How long a fresh interpreter takes to be ready for its first call, against a bare botocore client in the same run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from gatehouse.settings import GatewaySettings
from local.node import ROOT

RUNS = 7
SETTINGS = GatewaySettings(
    stage="bench",
    artifacts_table="artifacts",
    counters_table="counters",
    identity_table="identity",
    user_store_secret="user-stores",
    lockout_threshold=5,
    lockout_first_seconds=300,
    lockout_growth=2.0,
    lockout_seconds_max=86_400,
    address_failures=100,
    address_seconds=600,
    management_url="https://localhost:9443",
    max_staleness_seconds=5.0,
    refresh_after_seconds=1.0,
    environments_max=50,
    counter_seconds=0.1,
    throttle_preset="balanced",
    throttle_on_fault="closed",
    throttle_epsilon=0.0,
    give_back_seconds=0.25,
    api_key_use_seconds=3600,
    introspected_seconds=60.0,
    trusted_proxies=(),
    backend_connect_seconds=3.0,
    backend_read_seconds=25.0,
    assertion_secret="assertion",
    hub_function="hub",
    hostname_verification="Strict",
    tls_minimum="1.2",
    call_seconds=28.0,
    responses_table="",
    responses_seconds=0.1,
    trace_endpoint="",
    trace_sample_ratio=0.1,
    trace_export_seconds=0.3,
    local_backends_allowed=True,
)
GATEWAY = "import functions.gateway.handler"
BARE_CLIENT = "import botocore.session; botocore.session.Session().create_client('dynamodb')"


@dataclass(frozen=True)
class ColdStart:
    """Medians, in seconds."""

    gateway: float
    bare_client: float

    @property
    def ratio(self) -> float:
        """How many times as long as the bare client."""
        return self.gateway / self.bare_client


def environment() -> dict[str, str]:
    """What the gateway's environment looks like."""
    aws = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "gatehouse" / "python")])
    return {**os.environ, **aws, "PYTHONPATH": path, **SETTINGS.to_environment()}


def run(code: str, **variables: str) -> str:
    """What this code prints in a fresh interpreter, which has these variables too."""
    command = [sys.executable, "-c", code]
    told = {**environment(), **variables}
    return subprocess.run(command, env=told, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def measure() -> ColdStart:
    """Both, alternately, so that a busy machine slows both; from bytecode, as they are deployed (`infra/constructs/code.py`)."""
    with tempfile.TemporaryDirectory() as bytecode:
        for code in (GATEWAY, BARE_CLIENT):
            _seconds(code, bytecode)
        pairs = [(_seconds(GATEWAY, bytecode), _seconds(BARE_CLIENT, bytecode)) for _ in range(RUNS)]
    gateway, bare = zip(*pairs, strict=True)
    return ColdStart(statistics.median(gateway), statistics.median(bare))


def _seconds(code: str, bytecode: str) -> float:
    timed = f"import time; a = time.perf_counter(); {code}; print(time.perf_counter() - a)"
    return float(run(timed, PYTHONPYCACHEPREFIX=bytecode, PYTHONDONTWRITEBYTECODE=""))
