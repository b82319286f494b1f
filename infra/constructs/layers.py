"""The two layers of all functions: our shared code, and third-party code; and the one that the SDK generator has in its place.

Third-party wheels are fetched for the processor and Python of the function, without Docker: `uv pip install --target`.
For the local stack these are the host's, because the emulator runs functions in its own interpreter.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from infra.constructs.code import ROOT, compile_folder, compiler, own_code

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stage import Stage

LAYERS = ROOT / "layers"
DEPENDENCIES, OPENAPI_GENERATOR = "dependencies", "openapi_generator"
BUILD = ROOT / "build" / "layers"

# What wheels carry along that no function loads.
_SURPLUS = ("__pycache__", "tests", "*.pyi", "*.dist-info/RECORD", "*.dist-info/direct_url.json")

COMMAND_LINE = (
    "annotated_doc",
    "markdown_it",
    "mdurl",
    "prompt_toolkit",
    "pygments",
    "rich",
    "shellingham",
    "typer",
    "wcwidth",
)
"""The packages that the evaluator of expressions needs for its command line alone: 17 MB. We load its compiled module."""

SERVICES = frozenset({"apigatewayv2", "dynamodb", "lambda", "s3", "secretsmanager", "sesv2", "sts"})
"""The AWS services whose descriptions stay in botocore: those that our functions call. They are 1 of its 27 MB."""


def shared(scope: Construct, stage: Stage) -> list[lambda_.ILayerVersion]:
    """The layers, ours first."""
    root = LAYERS / "gatehouse"
    code = own_code(scope, "layer", root, [root / "python"], stage)
    return [_layer(scope, "gatehouse", code, stage), third_party(scope, DEPENDENCIES, stage)]


def third_party(scope: Construct, name: str, stage: Stage) -> lambda_.ILayerVersion:
    """The layer of `layers/{name}`. What needs no bundles (`cdk list`, `cdk destroy`) gets the requirements in its place."""
    content = packed(bundle(name, stage)) if cdk.Stack.of(scope).bundling_required else LAYERS / name
    return _layer(scope, name, lambda_.Code.from_asset(str(content)), stage)


def _layer(scope: Construct, name: str, code: lambda_.AssetCode, stage: Stage) -> lambda_.ILayerVersion:
    return lambda_.LayerVersion(
        scope,
        name,
        code=code,
        compatible_runtimes=[stage.lambda_runtime],
        compatible_architectures=[stage.lambda_architecture],
    )


def bundle(name: str, stage: Stage) -> Path:
    """The folder of a layer of third-party code for this stage's runtime; made once per content of its requirements."""
    requirements = LAYERS / name / "requirements.txt"
    recipe = requirements.read_bytes() + Path(__file__).read_bytes() + str(compiler(stage.runtime) is None).encode()
    python = stage.runtime.replace(".", "-")  # CDK takes what follows a dot for a file's extension
    kind = "host" if stage.local else "lambda"
    digest = hashlib.sha256(recipe).hexdigest()[:12]
    folder = BUILD / f"{name}-{python}-{stage.architecture}-{kind}-{digest}"
    if not folder.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILD) as workbench:
            unfinished = Path(workbench) / folder.name
            _install(requirements, unfinished / "python", stage)
            with contextlib.suppress(OSError):  # another synth was faster, and its folder is as good
                unfinished.rename(folder)
    return folder


def packed(folder: Path) -> Path:
    """A bundle as an archive beside it, made once: CDK would pack it anew for every deployment to a new place."""
    archive = folder.with_name(f"{folder.name}.zip")
    if not archive.exists():
        with tempfile.TemporaryDirectory(dir=BUILD) as workbench:
            unfinished = Path(workbench) / archive.name
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packing:
                for file in sorted(folder.rglob("*")):
                    if file.is_file():
                        entry = zipfile.ZipInfo(file.relative_to(folder).as_posix())
                        entry.external_attr = file.stat().st_mode << 16  # what may be run must still be
                        packing.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
            unfinished.rename(archive)
    return archive


def _install(requirements: Path, target: Path, stage: Stage) -> None:
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    command += ["--target", str(target), "--require-hashes", "--only-binary", ":all:", "-r", str(requirements)]
    if not stage.local:
        machine = "aarch64" if stage.architecture == "arm64" else "x86_64"
        # Amazon Linux 2023 has glibc 2.34; wheels for 2.28 and older run there.
        command += ["--python-platform", f"{machine}-manylinux_2_28"]
        command += ["--python-version", stage.runtime.removeprefix("python")]
    subprocess.run(command, check=True)
    shutil.rmtree(target / "bin", ignore_errors=True)
    for pattern in _SURPLUS:
        for path in list(target.rglob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for package in COMMAND_LINE:
        shutil.rmtree(target / package, ignore_errors=True)
    for description in (target / "botocore" / "data").iterdir():
        if description.is_dir() and description.name not in SERVICES:
            shutil.rmtree(description)
    if python := compiler(stage.runtime):
        compile_folder(python, target)
