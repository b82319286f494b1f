"""The two layers of all functions: our shared code, and third-party code.

Third-party wheels are fetched for the processor and Python of the function, without Docker: `uv pip install --target`.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stage import Stage

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = ROOT / "layers" / "dependencies" / "requirements.txt"
BUILD = ROOT / "build" / "layers"

# What wheels carry along that no function loads.
_SURPLUS = ("__pycache__", "tests", "*.pyi", "*.dist-info/RECORD", "*.dist-info/direct_url.json", "bin")


def shared(scope: Construct, stage: Stage) -> list[lambda_.ILayerVersion]:
    """The layers, ours first."""
    code = lambda_.Code.from_asset(str(ROOT / "layers" / "gatehouse"), exclude=["**/__pycache__", "**/*.pyc"])
    third_party = lambda_.Code.from_asset(str(dependencies(stage)))
    return [
        lambda_.LayerVersion(
            scope,
            name,
            code=content,
            compatible_runtimes=[stage.lambda_runtime],
            compatible_architectures=[stage.lambda_architecture],
        )
        for name, content in (("gatehouse", code), ("dependencies", third_party))
    ]


def dependencies(stage: Stage) -> Path:
    """The folder of the dependencies layer for this stage's runtime; made once per content of the requirements."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    folder = BUILD / f"{stage.runtime}-{stage.architecture}-{'local' if stage.local else 'lambda'}-{digest}"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _install(unfinished / "python", stage)
        unfinished.rename(folder)
    return folder


def _install(target: Path, stage: Stage) -> None:
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(target), "--require-hashes"]
    command += ["--only-binary", ":all:", "-r", str(REQUIREMENTS)]
    if not stage.local:
        machine = "aarch64" if stage.architecture == "arm64" else "x86_64"
        # Amazon Linux 2023 has glibc 2.34; wheels for 2.28 run there.
        command += [
            "--python-platform",
            f"{machine}-manylinux_2_28",
            "--python-version",
            stage.runtime[len("python") :],
        ]
    subprocess.run(command, check=True)
    for pattern in _SURPLUS:
        for path in list(target.rglob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
