"""A project is the folder of an archive that one API, product or application is in, as WSO2's tools lay it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.archive import MAJOR, VERSION, ArchiveRefused, Notation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.apis.archives import Archives

SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Project:
    """Files by their paths below the folder. `name` is that of the folder, "" when the files are not in one."""

    archives: Archives
    files: Mapping[str, bytes] = field(repr=False)
    name: str = ""

    def find(self, stem: str) -> str:
        """The path of the document of this name, in whatever notation; "" when there is none."""
        found = [stem + suffix for suffix in SUFFIXES if stem + suffix in self.files]
        if len(found) > 1:
            raise ArchiveRefused.entry(found[1], f"is there beside {found[0]}; one of them has to go")
        return found[0] if found else ""

    def document(self, stem: str) -> object:
        """What the document of this name says, None when there is none. Raises ArchiveRefused."""
        path = self.find(stem)
        return self.archives.parse(self.files[path], path) if path else None

    def data(self, stem: str, kind: str) -> object:
        """The data of a document of this kind, None when there is none. Raises ArchiveRefused for another kind or version."""
        document = self.document(stem)
        if document is None:
            return None
        path = self.find(stem)
        if not isinstance(document, dict) or "data" not in document or "type" not in document:
            raise ArchiveRefused.entry(
                path, "must have type, version and data; archives of version 3 have to be migrated"
            )
        if document["type"] != kind:
            raise ArchiveRefused.entry(path, f"is of type '{document['type']}', not '{kind}'")
        version = str(document.get("version") or VERSION)
        if not version.lower().startswith((MAJOR, MAJOR[1:])):
            raise ArchiveRefused.entry(path, f"is of version '{version}'; versions v4.0.0 to {VERSION} are understood")
        return document["data"]

    def below(self, folder: str) -> Project:
        """The files of a folder."""
        start = f"{folder}/"
        inside = {path.removeprefix(start): file for path, file in self.files.items() if path.startswith(start)}
        return Project(self.archives, inside, folder)

    def with_document(self, stem: str, document: object) -> Project:
        """The project with another document of this name."""
        files = {path: file for path, file in self.files.items() if path != self.find(stem)}
        files[stem + Notation.JSON.suffix] = self.archives.render(document, Notation.JSON)
        return Project(self.archives, files, self.name)


def opened(archives: Archives, content: bytes) -> Project:
    """The project in a zip, whether its files are in a folder or not. Raises ArchiveRefused."""
    return rooted(Project(archives, archives.unpack(content)))


def rooted(project: Project) -> Project:
    """The project itself, or what is in its only folder."""
    tops = {path.split("/", 1)[0] for path in project.files}
    only = next(iter(tops)) if len(tops) == 1 else ""
    return project.below(only) if only and only not in project.files else project


def enveloped(kind: str, data: object) -> dict[str, Any]:
    """Data as a document of an archive."""
    return {"type": kind, "version": VERSION, "data": data}


def listed(value: object, path: str) -> list[dict[str, Any]]:
    """A list of objects, [] for None. Raises ArchiveRefused."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ArchiveRefused.entry(path, "must be a list of objects")
    return value


def mapped(value: object, path: str) -> dict[str, Any]:
    """An object, {} for None. Raises ArchiveRefused."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ArchiveRefused.entry(path, "must be an object")
    return value


def text_of(value: object, path: str) -> str:
    """Text, "" for None; numbers as they were written. Raises ArchiveRefused."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ArchiveRefused.entry(path, "must be text")
    return str(value)
