"""Our code as assets, with its bytecode.

A function cannot write beside its code, so that what comes without bytecode is compiled anew in every cold start: for the
gateway that is a fifth of it. Bytecode fits one Python only, the runtime's, which may not be on the machine that deploys.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from infra.stage import HOST_RUNTIME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from infra.stage import Stage

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "code"
KEPT_SECONDS = 86_400
"""How long is kept what no synth asks for any more; another one may be reading it."""

VERSION_CHECK = "import sys; print('python%d.%d' % sys.version_info[:2])"


def own_code(scope: Construct, name: str, root: Path, sources: Iterable[Path], stage: Stage) -> lambda_.AssetCode:
    """The files or folders `sources` of ours, as they stand below `root`, and their bytecode if there is the Python for it."""
    python = compiler(stage.runtime)
    if python is None:
        cdk.Annotations.of(cdk.Stack.of(scope)).add_warning_v2(
            "gatehouse:bytecode",
            f"There is no {stage.runtime} on the PATH, so each cold start compiles its code, which takes longer. "
            f"`uv python install {stage.runtime.removeprefix('python')}` puts one there.",
        )
    files = sorted(file for source in sources for file in _files(source))
    digest = hashlib.sha256(f"{name}{python and stage.runtime}".encode())
    for file in files:
        digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes() + b"\0")
    # Bytecode is not the same from one compilation to the next; the sources say whether there is anything new.
    folder = BUILD / f"{name}-{digest.hexdigest()[:16]}"
    if folder.exists():
        os.utime(folder)
    else:
        _build(folder, root, files, python)
    return lambda_.Code.from_asset(str(folder), asset_hash=digest.hexdigest(), asset_hash_type=cdk.AssetHashType.CUSTOM)


@functools.cache
def compiler(runtime: str) -> str | None:
    """The Python on this machine that makes bytecode for a runtime (`python3.13`); None where there is none."""
    if runtime == HOST_RUNTIME:
        return sys.executable
    found = shutil.which(runtime)
    if found is None:
        return None
    # What bears the name may be a launcher without that Python behind it.
    told = subprocess.run([found, "-c", VERSION_CHECK], capture_output=True, text=True, check=False)
    return found if told.stdout.strip() == runtime else None


def compile_folder(python: str, folder: Path) -> None:
    """Put bytecode beside every module that is one for this Python.

    It is used unchecked: the times of files, by which Python would know, do not survive an archive.
    """
    command = [
        python,
        "-m",
        "compileall",
        "-q",
        "-j",
        "0",
        "--invalidation-mode",
        "unchecked-hash",
        "-s",
        folder,
        folder,
    ]
    subprocess.run([str(part) for part in command], check=False, capture_output=True)


def _files(source: Path) -> Iterable[Path]:
    if source.is_file():
        return [source]
    return [file for file in source.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def _build(folder: Path, root: Path, files: Iterable[Path], python: str | None) -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    for other in BUILD.iterdir():
        if time.time() - other.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as workbench:
        unfinished = Path(workbench) / folder.name
        for file in files:
            target = unfinished / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        if python is not None:
            compile_folder(python, unfinished)
        if not folder.exists():  # another synth may have been faster, and its folder is as good
            unfinished.rename(folder)
