"""A local stack: the emulator, the CDK app deployed to it, and the sample backend. State lives in one folder.

Used by `make run` and by the end-to-end tests alike.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import httpx

from local.node import ROOT, cdk_command, environment
from local.ports import Ports
from local.tls import Certificates, certificates
from local.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FOLDER = ROOT / ".local"
STAGE = "local"
ACCOUNT = "000000000000"
REGION = "us-east-1"
ADMIN = ("admin", "admin")
START_SECONDS = 60
STOP_SECONDS = 15
DEPLOY_SECONDS = 280
FREE_BYTES_MIN = 1_000_000_000
TAIL_LINES = 25

STATE_FORMAT = "2"
"""Another one where rows that were written before cannot be read any more: versions before 1.0 carry nothing over."""
STATE_MARKER = "format"

# What a deployment is made of: when none of it changed, the last one is still right.
SOURCES = (
    "app.py",
    "cdk.json",
    "functions",
    "infra",
    "layers/gatehouse",
    *(f"layers/{name}/requirements.txt" for name in ("dependencies", "openapi_generator")),
)


@dataclass(slots=True)
class LocalStack:
    """Start with `start`, end with `stop`; a stack of the same folder and ports finds its state again."""

    folder: Path
    ports: Ports
    say: Callable[[str], None] = print
    context: tuple[str, ...] = ()
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def shifted(cls, offset: int) -> Self:
        """The stack that `make run PORT_OFFSET=offset` runs."""
        return cls(FOLDER / f"stack-{offset}", Ports.shifted(offset))

    @property
    def certificates(self) -> Certificates:
        """The CA and the server's certificate."""
        return certificates(self.folder.parent / "tls")

    def start(self) -> None:
        """Bring everything up. Raises Trouble, with everything ended again."""
        _check_disk(self.folder)
        _check_state(self.folder)
        self.ports.claim()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / STATE_MARKER).write_text(STATE_FORMAT)
        try:
            self._step("emulator", self._start_emulator)
            self._step("sample backend", self._start_backend)
            self._deploy()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every process that was started, and theirs."""
        for process in reversed(self._processes):
            _end(process)
        self._processes.clear()

    def wait(self) -> None:
        """Stay until a process of the stack ends by itself. Raises Trouble then."""
        while all(process.poll() is None for process in self._processes):
            time.sleep(0.5)
        raise Trouble(f"A process of the stack ended unexpectedly. Its log: {self._log}")

    @property
    def aws_environment(self) -> dict[str, str]:
        """What makes AWS clients talk to the emulator."""
        kept = {name: value for name, value in environment().items() if not name.startswith("AWS_")}
        return {
            **kept,
            "AWS_ENDPOINT_URL": self.ports.emulator_url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def _log(self) -> Path:
        return self.folder / "stack.log"

    @property
    def _outputs(self) -> Path:
        return self.folder / "outputs.json"

    def _step(self, name: str, work: Callable[[], None]) -> None:
        started = time.monotonic()
        work()
        self.say(f"  {name:<16} ready in {time.monotonic() - started:.1f} s")

    def _start_emulator(self) -> None:
        ports, tls = self.ports, self.certificates
        configuration = {
            "https": [ports.management_https, ports.gateway_https],
            "http": [ports.management_http, ports.gateway_http, ports.emulator],
            "doors": {
                ports.management_https: "ManagementApi",
                ports.management_http: "ManagementApi",
                ports.gateway_https: "GatewayApi",
                ports.gateway_http: "GatewayApi",
            },
            "certificate": str(tls.certificate),
            "key": str(tls.key),
            "outputs": str(self._outputs),
        }
        file = self.folder / "emulator.json"
        file.write_text(json.dumps(configuration))
        variables = {
            "GATEWAY_PORT": str(ports.emulator),
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "STATE_DIR": str(self.folder / "state"),
            "S3_DATA_DIR": str(self.folder / "s3"),
            "TMPDIR": str(_made(self.folder / "tmp")),
            "LOG_LEVEL": "WARNING",
            # Both would listen on all interfaces.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
        self._spawn([sys.executable, "-m", "local.emulator", str(file)], {**self.aws_environment, **variables})
        self._await(f"{ports.emulator_url}/_ministack/health", "The emulator")

    def _start_backend(self) -> None:
        command = [sys.executable, str(ROOT / "samples" / "menu" / "backend.py"), str(self.ports.backend)]
        self._spawn(command, dict(os.environ))
        self._await(f"{self.ports.backend_url}/menu", "The sample backend")

    def _deploy(self) -> None:
        fingerprint = self._fingerprint()
        marker = self.folder / "deployed"
        if marker.exists() and marker.read_text() == fingerprint and self._outputs.exists():
            self.say("  deployment       unchanged")
            return
        marker.unlink(missing_ok=True)
        # Away from cdk.json: bootstrapping needs no app, and synthesizing it takes as long again.
        self._step("bootstrap", lambda: self._cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=self.folder))
        outputs = ["--all", "--require-approval", "never", "--outputs-file", str(self._outputs)]
        self._step("deployment", lambda: self._cdk("deploy", *outputs))
        marker.write_text(fingerprint)

    def _cdk(self, *arguments: str, folder: Path = ROOT) -> None:
        context = [
            "stage=" + STAGE,
            "local=true",
            f"management_url={self.ports.management_url}",
            f"gateway_url={self.ports.gateway_url}",
            f"first_admin_password={ADMIN[1]}",
            *self.context,
        ]
        options = [part for pair in context for part in ("-c", pair)]
        command = cdk_command(*arguments, *options, "--output", str(self.folder / "cdk.out"), "--ci", "--no-notices")
        log = self.folder / f"cdk-{arguments[0]}.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=self.aws_environment,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._processes.append(process)
            try:
                status = process.wait(DEPLOY_SECONDS)
            except subprocess.TimeoutExpired:
                status = -1
            finally:
                _end(process)
                self._processes.remove(process)
        if status:
            raise Trouble(f"cdk {arguments[0]} failed. The end of {log}:\n\n{_tail(log)}")

    def _fingerprint(self) -> str:
        digest = hashlib.sha256(f"{self.ports}{self.context}{sys.version}".encode())
        for source in SOURCES:
            path = ROOT / source
            files = sorted(path.rglob("*")) if path.is_dir() else [path]
            for file in files:
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
        return digest.hexdigest()

    def _spawn(self, command: Sequence[str], variables: dict[str, str]) -> None:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=variables,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._processes.append(process)

    def _await(self, url: str, name: str) -> None:
        process = self._processes[-1]
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(url, timeout=2, trust_env=False)
                return
            time.sleep(0.1)
        raise Trouble(f"{name} did not start. The end of {self._log}:\n\n{_tail(self._log)}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all of its group: first politely, so that state is saved, then not."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _check_disk(folder: Path) -> None:
    nearest = folder
    while not nearest.exists():
        nearest = nearest.parent
    free = shutil.disk_usage(nearest).free
    if free < FREE_BYTES_MIN:
        raise Trouble(
            f"The disk is full: {free // 1_000_000} MB are free, {FREE_BYTES_MIN // 1_000_000} MB are needed."
        )


def _check_state(folder: Path) -> None:
    marker = folder / STATE_MARKER
    if folder.exists() and not (marker.exists() and marker.read_text() == STATE_FORMAT):
        raise Trouble(
            f"What is kept in {folder} was made by an older version, in rows that this one cannot read. "
            "`make clean-state` forgets it."
        )


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-TAIL_LINES:])
