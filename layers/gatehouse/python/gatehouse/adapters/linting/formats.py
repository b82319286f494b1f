"""Formats: what kind of document a rule is about."""

from __future__ import annotations

import re
from typing import Any

_NAMES = re.compile(
    r"oas2|oas3|oas3[._][01]|aas2|asyncapi2|aas2[._][0-6]|asyncapi3|aas3|aas3[._]0|"
    r"json-schema(?:-loose|-draft[4-7]|-draft-?2019-09|-draft-?2020-12)?|arazzo1?"
)


def is_known(name: object) -> bool:
    """Whether rules may name this format."""
    return isinstance(name, str) and _NAMES.fullmatch(name) is not None


def is_of(document: Any, name: str) -> bool:
    """Whether the document is of the format."""
    if not isinstance(document, dict):
        return False
    wanted = name.replace("_", ".").replace("asyncapi", "aas")
    versions = {
        "oas": str(document.get("openapi") or document.get("swagger") or ""),
        "aas": str(document.get("asyncapi") or ""),
    }
    version = versions.get(wanted[:3], "")
    return bool(version) and (f"{version}.").startswith(f"{wanted[3:]}.")
