"""Transfers: services leave as archives and come in as archives, a folder each.

In a folder are what describes the service (`metadata.yaml`) and what defines it (`definition.*`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.project import Project
from gatehouse.controlplane.service_catalog.services import keyed
from gatehouse.domain.apis.archive import ArchiveRefused, Notation
from gatehouse.domain.apis.service import DefinitionType, ImportRefused, fingerprint, service_id
from gatehouse.domain.errors import Changed, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.service_catalog.services import Services
    from gatehouse.domain.apis.service import Described, Service
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.archives import Archives

METADATA, DEFINITION = "metadata", "definition"
SERVICES_MAX = 100
"""How many services one archive may hold: they are written one by one."""

_SUFFIXES = {
    DefinitionType.GRAPHQL_SDL: ".graphql",
    DefinitionType.WSDL1: ".wsdl",
    DefinitionType.WSDL2: ".wsdl",
}

_ZIP = b"PK\x03\x04"

Shape = Callable[["Mapping[str, Any]", str], "Described"]
"""Checks what describes a service; the second argument is the file it stands in."""

Show = Callable[["Described"], "dict[str, Any]"]
"""What describes a service, as it is written."""


@dataclass(frozen=True, slots=True)
class _Brought:
    described: Described
    metadata: bytes
    definition: bytes

    @property
    def md5(self) -> str:
        return fingerprint(self.metadata, self.definition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """Imports and exports."""

    services: Services
    archives: Archives
    shape: Shape
    show: Show

    def export(self, tenant: str, name: str, version: str) -> tuple[str, bytes]:
        """The name of the folder, and the zip that holds it. Raises ServiceNotFound."""
        service = self.services.get(tenant, service_id(tenant, name, version))
        folder = f"{name}-{version}"
        definition = self.services.definition(service)
        files = {
            f"{METADATA}.yaml": self.archives.render(self.show(service.described), Notation.YAML),
            f"{DEFINITION}{suffix_of(service.described.definition_type, definition)}": definition,
        }
        return folder, self.archives.pack({f"{folder}/{path}": file for path, file in files.items()})

    def take(self, principal: Principal, content: bytes, *, overwrite: bool, seen: Mapping[str, str]) -> list[Service]:
        """Add the services of a zip, or change those that are there; what is the same already stays as it is.

        `seen` are the `md5` of services as the importer read them, by key. Everything is checked before anything is written.
        Raises ArchiveRefused, ImportRefused, Changed for one that is not what was seen any more, and what adding raises.
        """
        brought = [self._brought(one) for one in _folders(Project(self.archives, self.archives.unpack(content)))]
        tenant = principal.tenant
        known = {one.described.key: keyed(self.services.records, tenant, one.described.key) for one in brought}
        if len(known) < len(brought):
            raise ArchiveRefused.entry("file", "holds two services of one key")
        there = [key for key, service in known.items() if service]
        if there and not overwrite:
            raise ImportRefused(f"There are services already, and overwrite is not set: {', '.join(there)}")
        for key, service in known.items():
            if service and key in seen and seen[key] != service.md5:
                raise Changed(f"'{key}' is not what the verifier says any more. Read it again and repeat the import.")
        for one in brought:
            self.services.contents.check(one.described.definition_type, one.definition)
        return [self._taken(principal, one, known[one.described.key]) for one in brought]

    def _taken(self, principal: Principal, one: _Brought, before: Service | None) -> Service:
        if before is None:
            return self.services.add(principal, one.described, one.definition, metadata=one.metadata)
        if before.md5 == one.md5:
            return before
        return self.services.change(principal, before, one.described, one.definition, metadata=one.metadata)

    def _brought(self, project: Project) -> _Brought:
        path = project.find(METADATA)
        data = project.document(METADATA)
        where = f"{project.name}/{path}"
        if not isinstance(data, dict):
            raise ArchiveRefused.entry(where, "must be an object")
        found = [name for name in project.files if name.partition(".")[0] == DEFINITION and "/" not in name]
        if len(found) != 1:
            raise ArchiveRefused.entry(project.name, f"must hold one definition.*, and holds {len(found)}")
        return _Brought(self.shape(data, where), project.files[path], project.files[found[0]])


def suffix_of(kind: DefinitionType, content: bytes) -> str:
    """The end of the name of a file with a definition."""
    if content.startswith(_ZIP):  # a WSDL in several files
        return ".zip"
    if kind in _SUFFIXES:
        return _SUFFIXES[kind]
    return ".json" if content.lstrip().startswith(b"{") else ".yaml"


def verified(text: bytes) -> dict[str, str]:
    """What a verifier says: `[{key, md5}]` as JSON → md5 by key. Raises Invalid."""
    try:
        listed = json.loads(text) if text.strip() else []
    except ValueError as error:
        raise Invalid.field("verifier", f"is not JSON: {error}") from error
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Invalid.field("verifier", "must be a list of objects with key and md5")
    for index, one in enumerate(listed):
        if not isinstance(one.get("key"), str) or not isinstance(one.get("md5"), str):
            raise Invalid.field(f"verifier.{index}", "must have key and md5, both text")
    return {one["key"]: one["md5"] for one in listed}


def _folders(project: Project) -> list[Project]:
    """Every folder that has metadata, wherever in the archive. Raises ArchiveRefused."""
    folders = sorted({path.rpartition("/")[0] for path in project.files if _is_metadata(path)})
    if not folders:
        raise ArchiveRefused.entry("file", f"holds no folder with a {METADATA}.yaml")
    if len(folders) > SERVICES_MAX:
        raise ArchiveRefused.entry("file", f"holds {len(folders)} services; at most {SERVICES_MAX} may be")
    return [project.below(folder) if folder else project for folder in folders]


def _is_metadata(path: str) -> bool:
    return path.rpartition("/")[2] in {f"{METADATA}.yaml", f"{METADATA}.yml", f"{METADATA}.json"}
