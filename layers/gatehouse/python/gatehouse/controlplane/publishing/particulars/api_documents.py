"""Documents of APIs and products: what they say of themselves, and their content, which is a blob or stands elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.controlplane.currency import require_current
from gatehouse.domain.apis.wording import shortened
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.portal.document import (
    FILE_BYTES_MAX,
    OTHER,
    OWNER_ONLY,
    SEARCHED_CHARACTERS_MAX,
    TEXT,
    WRITTEN,
    ContentNotFound,
    DocumentExists,
    DocumentNotFound,
    NameIllegal,
    ParameterMissing,
    Source,
    source_of,
)
from gatehouse.domain.record import Kind, Record, new_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Blobs, Clock

_NAME = re.compile(r"""[^~!@#;:%^*+={}|\\<>"',&$\[\]/]+""")

CONTENT, MEDIA_TYPE, FILE_NAME = "content", "mediaType", "fileName"
"""Properties of a document's body that its interface does not set, as is `TEXT`: the blob, and what it is."""
_KEPT = (CONTENT, MEDIA_TYPE, FILE_NAME, TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The documents of a tenant's APIs and products, which callers have read before (`Designs.get`)."""

    records: Records
    blobs: Blobs
    clock: Clock

    def all(self, principal: Principal, api: Api) -> list[Record]:
        """Every document that the caller may see, by name."""
        found = [one for one in self.records.all(api.tenant, Kind.DOCUMENT, api.id) if may_see(principal, one)]
        return sorted(found, key=lambda document: document.name.lower())

    def get(self, principal: Principal, api: Api, document_id: str, wanted: Collection[int] | None = None) -> Record:
        """One, in one of the versions that are wanted. Raises DocumentNotFound, Outdated."""
        found = self.records.get(api.tenant, Kind.DOCUMENT, document_id, api.id)
        if found is None or not may_see(principal, found):
            raise DocumentNotFound.by_id(document_id)
        require_current(found.id, found.version, wanted)
        return found

    def exists(self, api: Api, name: str) -> bool:
        """Whether the API has a document of this name, whoever may see it."""
        return self.records.named(api.tenant, Kind.DOCUMENT, name, api.id) is not None

    def add(
        self, principal: Principal, api: Api, name: str, body: Mapping[str, Any], text: str | None = None
    ) -> Record:
        """A new one, with what is written in it if it is known already. Raises Invalid, DocumentExists."""
        now, user = self._now(), display_username(principal.tenant, principal.user)
        document = Record(
            tenant=api.tenant,
            kind=Kind.DOCUMENT,
            owner=api.id,
            id=new_id(),
            name=_checked(name, body),
            body=dict(body),
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )
        if text is not None:
            document = self._written(document, text)
        return self.records.add(document, taken=_taken(name))

    def update(
        self, principal: Principal, before: Record, name: str, body: Mapping[str, Any], text: str | None = None
    ) -> Record:
        """Replace what one that was read says of itself; its content stays, unless it comes from elsewhere now.

        Raises Invalid, DocumentExists, Changed.
        """
        kept = {key: before.body[key] for key in _KEPT if key in before.body}
        document = replace(before, name=_checked(name, body), body={**body, **kept})
        if source_of(document) is not source_of(before) and not {source_of(document), source_of(before)} <= WRITTEN:
            document = replace(document, body=dict(body))
        if text is not None:
            document = self._written(document, text)
        return self.records.replace(before, self._touched(principal, document), taken=_taken(name))

    def remove(self, document: Record) -> None:
        """Forget one that was read. Raises Changed."""
        self.records.remove([document])

    def write(self, principal: Principal, before: Record, text: str) -> Record:
        """Replace what is written in one that was read. Raises Invalid, Changed."""
        return self._replace(principal, before, self._written(before, text))

    def send(self, principal: Principal, before: Record, content: bytes, file_name: str, media_type: str) -> Record:
        """Replace the file of one that was read. Raises Invalid, Changed."""
        if source_of(before) is not Source.FILE:
            raise Invalid.field("file", f"the content of a document of source {source_of(before)} is no file")
        if len(content) > FILE_BYTES_MAX:
            raise Invalid.field("file", f"is larger than {FILE_BYTES_MAX // 1024 // 1024} MiB")
        if not file_name:
            raise Invalid.field("file", "needs a file name")
        key = self.blobs.put(before.tenant, content)
        text = _readable(content) if media_type.startswith("text/") else ""
        body = {**before.body, CONTENT: key, FILE_NAME: file_name, MEDIA_TYPE: media_type, TEXT: text}
        return self._replace(principal, before, replace(before, body=body))

    def content(self, document: Record) -> bytes:
        """What is in it. Raises ContentNotFound; of those that stand elsewhere too."""
        key = document.body.get(CONTENT)
        if not key:
            raise ContentNotFound(f"The document '{document.name}' has no content yet")
        return self.blobs.get(document.tenant, str(key))

    def _written(self, document: Record, text: str) -> Record:
        if source_of(document) not in WRITTEN:
            raise Invalid.field("inlineContent", f"is not for a document of source {source_of(document)}")
        key = self.blobs.put(document.tenant, text.encode())
        return replace(document, body={**document.body, CONTENT: key, TEXT: shortened(text, SEARCHED_CHARACTERS_MAX)})

    def _replace(self, principal: Principal, before: Record, document: Record) -> Record:
        return self.records.replace(before, self._touched(principal, document), taken=_taken(document.name))

    def _touched(self, principal: Principal, document: Record) -> Record:
        user = display_username(principal.tenant, principal.user)
        return replace(document, updated_at=self._now(), updated_by=user)

    def _now(self) -> int:
        return int(self.clock.now() * 1000)


def may_see(principal: Principal, document: Record) -> bool:
    """Whether a provider may: those that are their owner's alone are for nobody else but admins."""
    own = document.by == display_username(principal.tenant, principal.user)
    return document.body.get("visibility") != OWNER_ONLY or own or principal.is_admin


def _checked(name: str, body: Mapping[str, Any]) -> str:
    """The name. Raises Invalid for a name or properties that do not make a document."""
    if not _NAME.fullmatch(name) or name != name.strip():
        raise NameIllegal.field("name", """must have none of ~!@#;:%^*+={}|\\<>"',&$[]/ and no space at its ends""")
    if body["type"] == OTHER and not body.get("otherTypeName"):
        raise ParameterMissing.field("otherTypeName", f"is required when the type is {OTHER}")
    if body["sourceType"] == Source.URL:
        url = urlsplit(str(body.get("sourceUrl") or ""))
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise Invalid.field("sourceUrl", "must be an http or https URL when the source is URL")
    return name


def _readable(content: bytes) -> str:
    return shortened(content.decode(errors="replace"), SEARCHED_CHARACTERS_MAX)


def _taken(name: str) -> DocumentExists:
    return DocumentExists(f"name: the API has a document '{name}' already")
