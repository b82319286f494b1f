"""Reading: what comes in as files becomes a policy. What cannot be run is kept all the same, with the reason."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.operation_policies.described import (
    GATEWAYS,
    attribute_names,
    checked_data,
    unusable_pattern,
)
from gatehouse.controlplane.operation_policies.steps import NotTranslatable, check_steps, read_steps
from gatehouse.controlplane.operation_policies.synapse import is_template
from gatehouse.controlplane.operation_policies.translation import translated
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.errors import FieldError, Invalid
from gatehouse.domain.publishing.operation_policy import PolicyInvalid, SpecificationInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gatehouse.domain.publishing.operation_policy import Step
    from gatehouse.ports.apis.archives import Archives

KIND = "operation_policy_specification"
SYNAPSE, CHOREO = "j2", "gotmpl"
"""How the files of definitions end in archives: those for this gateway, whatever they are written in, and others."""

DEFINITION_BYTES_MAX = 50_000
"""Of a specification, too. What is read of both stands in one row, and again in that of each revision which uses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a definition says: its steps, or the problem that they cannot be told."""

    steps: tuple[Step, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A policy that has been read and is not kept yet. `files` are the definitions by suffix."""

    data: dict[str, Any] = field(hash=False)
    files: Mapping[str, bytes] = field(hash=False)
    definition: Definition

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.data["name"])

    @property
    def version(self) -> str:
        """Which of its name it is."""
        return str(self.data["version"])

    @property
    def fingerprint(self) -> str:
        """Changes when anything of it does; clients compare it, nothing is secured by it."""
        return fingerprint(self.data, self.files)


def fingerprint(data: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """An MD5 of a specification and its definitions."""
    digest = hashlib.md5(json.dumps(data, sort_keys=True, default=str).encode(), usedforsecurity=False)
    for suffix in sorted(files):
        digest.update(suffix.encode() + files[suffix])
    return digest.hexdigest()


def draft_of(archives: Archives, specification: bytes, files: Mapping[str, bytes], where: str) -> Draft:
    """The policy of these files; `where` names the specification. Raises SpecificationInvalid, PolicyInvalid."""
    if not files:
        raise PolicyInvalid.field(where, "a definition is needed beside the specification")
    if any(len(content) > DEFINITION_BYTES_MAX for content in (specification, *files.values())):
        raise PolicyInvalid.field(where, f"it and each definition may have at most {DEFINITION_BYTES_MAX} bytes")
    data = _data(archives, specification, where)
    definition = Definition(problem="it has no definition for this gateway, only for another one")
    if SYNAPSE in files and set(GATEWAYS) & set(data["supportedGateways"]):
        definition = definition_of(archives, files[SYNAPSE], attribute_names(data))
    problem = unusable_pattern(data)
    return Draft(data=data, files=files, definition=Definition(problem=problem) if problem else definition)


def definition_of(archives: Archives, content: bytes, attributes: Collection[str]) -> Definition:
    """What a definition says. Never raises: the problem is part of what it is."""
    try:
        text = content.decode("utf-8-sig")
        steps = translated(text) if is_template(text) else read_steps(archives.parse(content, _named(text)))
        check_steps(steps, attributes)
    except UnicodeDecodeError as error:
        return Definition(problem=f"it is not UTF-8: {error.reason} at byte {error.start}")
    except ArchiveRefused as error:
        return Definition(problem=error.description)
    except NotTranslatable as error:
        return Definition(problem=str(error))
    return Definition(steps=tuple(step for _, step in steps))


def _named(text: str) -> str:
    return "definition.json" if text.lstrip().startswith("{") else "definition.yaml"


def _data(archives: Archives, content: bytes, where: str) -> dict[str, Any]:
    try:
        name = f"{where}.json" if content.lstrip().startswith(b"{") else f"{where}.yaml"
        document = archives.parse(content, name)
    except ArchiveRefused as error:
        raise SpecificationInvalid(error.description, fields=error.fields) from error
    data = document.get("data", document) if isinstance(document, dict) else None
    if not isinstance(data, dict):
        raise SpecificationInvalid.field(where, "must be an object, or have one as its data")
    try:
        return checked_data(data)
    except Invalid as error:
        fields = tuple(FieldError(f"{where}.{one.path}", one.problem) for one in error.fields)
        raise type(error)("; ".join(f"{one.path}: {one.problem}" for one in fields), fields=fields) from error
