"""Documents of APIs and of API products."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Any

from functions.publisher.particulars.wire_documents import DocumentBody, view
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from functions.publisher.routes.sorts import API
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.domain.portal.document import DocumentNotFound
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import Answer, created
from gatehouse.edge.multipart import MULTIPART, sent_parts
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.shared.contents import OCTETS, content_answer

if TYPE_CHECKING:
    from collections.abc import Collection

    from functions.publisher.routes.sorts import Sort
    from gatehouse.controlplane.contents import Contents
    from gatehouse.controlplane.publishing.designs import Designs
    from gatehouse.controlplane.publishing.particulars.api_documents import Documents
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request
    from gatehouse.ports.uploads import Uploads

CONTENT = "documents/{documentId}/content"


def routes(
    documents: Documents, designs: Designs, sort: Sort, contents: Contents, uploads: Uploads
) -> tuple[Operation, ...]:
    """List, add, read, change, delete; send and read content; ask whether a name is taken."""
    routed = _Documents(documents, designs, sort, contents, uploads)
    read, write, add = _scopes(sort)
    noun, tag = sort.noun, f"{sort.tag} Documents"
    all_of, one = f"{sort.path}/documents", f"{sort.path}/documents/{{documentId}}"

    def operation(method: str, path: str, name: str, summary: str, scopes: tuple[str, ...], **more: Any) -> Operation:
        route = getattr(routed, name.partition(" ")[0])
        return Operation(method=method, path=path, route=route, summary=summary, tag=tag, scopes=scopes, **more)

    found = (
        operation(
            "GET",
            all_of,
            "list",
            "An API's documents, by name",
            read,
            id=f"get{noun}Documents",
            query=("limit", "offset"),
        ),
        operation(
            "POST", all_of, "add", "Add a document", add, id=f"add{noun}Document", body=DocumentBody, answers=(201,)
        ),
        operation("GET", one, "get", "A document", read, id=_named(sort, "get", "ByDocumentId")),
        operation("PUT", one, "update", "Change a document", write, id=f"update{noun}Document", body=DocumentBody),
        operation("DELETE", one, "delete", "Delete a document", write, id=f"delete{noun}Document"),
        operation(
            "GET",
            f"{one}/content",
            "content",
            "What is in a document",
            read,
            id=_named(sort, "get", "ContentByDocumentId", content=True),
            answers=(200, 303),
        ),
        operation(
            "POST",
            f"{one}/content",
            "send",
            "Write a document, or send its file",
            add,
            id=f"add{noun}DocumentContent",
            accepts=(MULTIPART,),
            query=("fileName", "uploadId"),
            answers=(201,),
        ),
    )
    if sort is not API:
        return found
    validate = operation(
        "POST", f"{all_of}/validate", "validate", "Whether a name is taken", add, id="validateDocument", query=("name",)
    )
    return (*found, validate)


class _Documents:
    def __init__(
        self, documents: Documents, designs: Designs, sort: Sort, contents: Contents, uploads: Uploads
    ) -> None:
        self._documents = documents
        self._designs = designs
        self._sort = sort
        self._contents = contents
        self._uploads = uploads

    def list(self, request: Request) -> Answer:
        wanted, api = request.slice(), self._api(request)
        page = page_of(self._documents.all(request.principal, api), wanted)
        return Answer(body=envelope(page, view, resource=f"{self._sort.collection}/{api.id}/documents"))

    def add(self, request: Request, body: DocumentBody) -> Answer:
        api = self._api(request)
        made = self._documents.add(request.principal, api, body.name, body.body(), body.inlineContent)
        address = f"{ROOT}{self._sort.collection}/{api.id}/documents/{made.id}"
        return versioned(created(address, view(made)), made.version)

    def get(self, request: Request) -> Answer:
        return _shown(self._document(request))

    def update(self, request: Request, body: DocumentBody) -> Answer:
        before = self._document(request, wanted_versions(request))
        return _shown(self._documents.update(request.principal, before, body.name, body.body(), body.inlineContent))

    def delete(self, request: Request) -> Answer:
        self._documents.remove(self._document(request, wanted_versions(request)))
        return Answer()

    def content(self, request: Request) -> Answer:
        document = self._document(request)
        return versioned(content_answer(self._contents.of(document)), document.version)

    def send(self, request: Request) -> Answer:
        if upload_id := request.query.get("uploadId"):
            return self._send_upload(request, upload_id)
        form = sent_parts(request)
        file, text = form.get("file"), form.get("inlineContent")
        before = self._document(request, wanted_versions(request))
        if file is not None and text is None:
            sent = file.content, file.file_name, file.media_type
            document = self._documents.send(request.principal, before, *sent)
        elif text is not None and file is None:
            document = self._documents.write(request.principal, before, text.text)
        else:
            raise Invalid.field("file", "send one of file and inlineContent")
        return self._sent(document)

    def _send_upload(self, request: Request, upload_id: str) -> Answer:
        """A file that is too large for a request (`routes.uploads`)."""
        before = self._document(request, wanted_versions(request))
        name = request.required("fileName")
        content = self._uploads.read(request.principal.tenant, upload_id)
        media_type = mimetypes.guess_type(name)[0] or OCTETS
        return self._sent(self._documents.send(request.principal, before, content, name, media_type))

    def _sent(self, document: Record) -> Answer:
        where = f"{ROOT}{self._sort.collection}/{document.owner}/documents/{document.id}/content"
        return versioned(created(where, view(document)), document.version)

    def validate(self, request: Request) -> Answer:
        api, name = self._api(request), request.required("name")
        if not self._documents.exists(api, name):
            raise DocumentNotFound(f"The API has no document '{name}'")
        return Answer()

    def _document(self, request: Request, wanted: Collection[int] | None = None) -> Record:
        return self._documents.get(request.principal, self._api(request), request.path["documentId"], wanted)

    def _api(self, request: Request) -> Api:
        return self._designs.get(request.principal, request.path[self._sort.parameter])


def _shown(document: Record) -> Answer:
    return versioned(Answer(body=view(document)), document.version)


def _scopes(sort: Sort) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """To read, to change, to add."""
    if sort is API:
        write = (s.CREATE, s.MANAGE, s.DOCUMENT_MANAGE)
        return (s.MANAGE, s.VIEW, s.DOCUMENT_MANAGE), write, (*write, s.DOCUMENT_CREATE)
    return (s.MANAGE, s.PUBLISH, s.VIEW), (s.MANAGE, s.PUBLISH), (s.MANAGE, s.PUBLISH)


def _named(sort: Sort, verb: str, rest: str, *, content: bool = False) -> str:
    """WSO2 names these two operations of products otherwise than those of APIs."""
    if sort is API:
        return f"{verb}APIDocument{rest}"
    return f"{verb}APIProductDocument{'Content' if content else ''}"
