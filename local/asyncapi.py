"""`python -m local.asyncapi PACKAGE` keeps the schemas of AsyncAPI that definitions are held to.

PACKAGE is the unpacked npm package `@asyncapi/specs`, the official one (`npm pack @asyncapi/specs`). Nothing on PyPI carries
its schemas. What no validator reads (descriptions, titles, examples) is left out: it is five sixths.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from gatehouse.adapters.definitions.asyncapi import validation

NOTES = frozenset({"description", "examples", "title", "$comment"})
_NAMING = frozenset({"properties", "patternProperties", "definitions", "dependencies"})
"""Keywords of JSON Schema whose members are names, not keywords."""


def write(package: Path, folder: Path) -> None:
    """One file a version, and the licence."""
    for version in validation.VERSIONS:
        text = (package / "schemas" / f"{version}-without-$id.json").read_text()
        schema = json.dumps(without_notes(json.loads(text)), separators=(",", ":"))
        (folder / f"{version}.json").write_text(schema + "\n")
    for name in ("LICENSE", "NOTICE"):
        (folder / name).write_text((package / name).read_text())


def without_notes(node: Any, *, naming: bool = False) -> Any:
    """A schema without what is written for people. `naming` says that the members of this object are names."""
    if isinstance(node, list):
        return [without_notes(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        name: without_notes(part, naming=not naming and name in _NAMING)
        for name, part in node.items()
        if naming or name not in NOTES
    }


if __name__ == "__main__":
    write(Path(sys.argv[1]), validation.SCHEMAS)
