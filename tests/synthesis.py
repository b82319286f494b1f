"""An assembly is what `cdk synth` writes; here without bundles, which take long and prove nothing about a template."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.node import ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path

PYTHONPATH = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "gatehouse" / "python")])
SYNTH_SECONDS = 120


def run_cdk_code(outdir: Path, *arguments: str, **context: str) -> subprocess.CompletedProcess[str]:
    """Run Python code that synthesizes, with the context of cdk.json and this; bundles are left out."""
    flags = json.loads((ROOT / "cdk.json").read_text())["context"]
    known: dict[str, object] = {**flags, "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True, **context}
    variables = {
        **environment(),
        "PYTHONPATH": PYTHONPATH,
        "CDK_OUTDIR": str(outdir),
        "CDK_CONTEXT_JSON": json.dumps(known),
    }
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=SYNTH_SECONDS
    )


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a synth wrote."""

    folder: Path
    stage: str

    def template(self, stack: str) -> dict[str, Any]:
        """The CloudFormation of `State` or `Service`."""
        text = (self.folder / f"Gatehouse-{self.stage}-{stack}.template.json").read_text()
        return dict(json.loads(text))

    def resources(self, kind: str, *, stack: str | None = None) -> dict[str, dict[str, Any]]:
        """Logical id → resource, of one CloudFormation type, in one stack or both."""
        found: dict[str, dict[str, Any]] = {}
        for name in (stack,) if stack else ("State", "Service"):
            resources = self.template(name)["Resources"]
            found |= {key: resource for key, resource in resources.items() if resource["Type"] == kind}
        return found

    def functions(self) -> dict[str, dict[str, Any]]:
        """Concern → properties of its function."""
        functions = [resource["Properties"] for resource in self.resources("AWS::Lambda::Function").values()]
        return {properties["Handler"].split(".")[1]: properties for properties in functions}

    def policies(self) -> dict[str, list[dict[str, Any]]]:
        """Concern → the statements of its role's policies."""
        statements: dict[str, list[dict[str, Any]]] = {}
        for resource in self.resources("AWS::IAM::Policy").values():
            concern = resource["Metadata"]["aws:cdk:path"].split("/")[1]
            statements.setdefault(concern, []).extend(resource["Properties"]["PolicyDocument"]["Statement"])
        return statements

    def manifest(self) -> dict[str, Any]:
        """Stack name → its properties in the assembly."""
        return dict(json.loads((self.folder / "manifest.json").read_text())["artifacts"])

    def asset(self, code: dict[str, Any]) -> Path:
        """The folder that is uploaded as this function's `Code` or layer's `Content`."""
        digest = str(code["S3Key"]).removesuffix(".zip")
        files = json.loads((self.folder / f"Gatehouse-{self.stage}-Service.assets.json").read_text())["files"]
        return self.folder / str(files[digest]["source"]["path"])


def synthesized(folder: Path, stage: str, **context: str) -> Assembly:
    """The app's assembly for this stage."""
    done = run_cdk_code(folder, "app.py", stage=stage, **context)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-8000:]}"
    return Assembly(folder, stage)
