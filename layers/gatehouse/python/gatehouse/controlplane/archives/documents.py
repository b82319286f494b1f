"""Documents in a project: a folder each, with what it says of itself and its content."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.project import enveloped, mapped
from gatehouse.controlplane.publishing.particulars.api_documents import CONTENT, FILE_NAME
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.portal.document import OWNER_ONLY, PRIVATE, WRITTEN, Source, source_of
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.publishing.particulars.api_documents import Documents
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.record import Record
    from gatehouse.ports.apis.archives import Archives

FOLDER = "Docs"
STEM = "document"
UNKNOWN_TYPE = "application/octet-stream"
WRITTEN_BEFORE = "InlineContents"
"""Where older versions put what is written in a document."""


@dataclass(frozen=True, slots=True)
class Described:
    """A document's name, what else it says of itself, and what is written in it if that stands there."""

    name: str
    body: dict[str, Any]
    text: str | None


Describe = Callable[[Mapping[str, Any], str], Described]


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """`Docs/`. `describe` checks what `document.yaml` says; it is told where that stands. Raises Invalid.

    With `for_everybody`, those that not everybody who sees the API may read are left out.
    """

    documents: Documents
    archives: Archives
    describe: Describe
    for_everybody: bool = False

    def written(self, principal: Principal, api: Api, notation: Notation) -> dict[str, bytes]:
        """The files of every document that the caller may see."""
        files: dict[str, bytes] = {}
        for document in self.documents.all(principal, api):
            if self.for_everybody and document.body.get("visibility") in {OWNER_ONLY, PRIVATE}:
                continue
            folder = f"{FOLDER}/{document.name}"
            data = {"name": document.name, **{k: v for k, v in document.body.items() if k in _SAID}}
            files[f"{folder}/{STEM}{notation.suffix}"] = self.archives.render(enveloped(STEM, data), notation)
            if document.body.get(CONTENT):
                name = document.body.get(FILE_NAME) if source_of(document) is Source.FILE else document.name
                files[f"{folder}/{name}"] = self.documents.content(document)
        return files

    def check(self, principal: Principal, project: Project) -> None:  # noqa: ARG002 -- they are the API's own
        """Raises ArchiveRefused, Invalid."""
        for _ in self._given(project):
            pass

    def take(self, principal: Principal, api: Api, project: Project) -> None:
        """Add those that are new, and replace those that are not."""
        for folder, described in self._given(project):
            before = self.documents.records.named(api.tenant, Kind.DOCUMENT, described.name, api.id)
            document = self._saved(principal, api, before, described)
            if source_of(document) is Source.FILE and (name := _content_of(folder, described)):
                media_type = mimetypes.guess_type(name)[0] or UNKNOWN_TYPE
                self.documents.send(principal, document, folder.files[name], name.rpartition("/")[2], media_type)

    def _saved(self, principal: Principal, api: Api, before: Record | None, described: Described) -> Record:
        name, body, text = described.name, described.body, described.text
        if before is None:
            return self.documents.add(principal, api, name, body, text)
        return self.documents.update(principal, self.documents.get(principal, api, before.id), name, body, text)

    def _given(self, project: Project) -> Iterator[tuple[Project, Described]]:
        top = project.below(FOLDER)
        for name in sorted({path.split("/", 1)[0] for path in top.files}):
            folder, where = top.below(name), f"{FOLDER}/{name}/{STEM}"
            if not folder.find(STEM):
                raise ArchiveRefused.entry(f"{FOLDER}/{name}", f"has no {STEM}.yaml")
            described = self.describe(mapped(folder.data(STEM, STEM), where), where)
            if described.body.get("sourceType") in WRITTEN and described.text is None:
                described = Described(described.name, described.body, _text(folder, described, where))
            yield folder, described


_SAID = ("type", "summary", "sourceType", "sourceUrl", "otherTypeName", "visibility", FILE_NAME)


def _content_of(folder: Project, described: Described) -> str:
    """The path of the file that is the content, "" when there is none."""
    for name in (str(described.body.get(FILE_NAME) or ""), described.name, f"{WRITTEN_BEFORE}/{described.name}"):
        if name in folder.files:
            return name
    others = [path for path in folder.files if path != folder.find(STEM)]
    return others[0] if len(others) == 1 else ""


def _text(folder: Project, described: Described, where: str) -> str | None:
    name = _content_of(folder, described)
    try:
        return folder.files[name].decode("utf-8-sig") if name else None
    except UnicodeDecodeError:
        raise ArchiveRefused.entry(where, f"its content '{name}' is not UTF-8") from None
