"""Sequence backends: what answers an API's calls at the gateway itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher import views
from functions.publisher.routes import scopes as s
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.sequence_backend import sequences_of
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.multipart import MULTIPART, sent_parts

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.kinds.sequence_backends import SequenceBackends
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

ALL, ONE = "/apis/{apiId}/sequence-backend", "/apis/{apiId}/sequence-backend/{type}"
_READ = (s.EXPORT, s.MANAGE, s.PRODUCT_EXPORT, s.VIEW)
_WRITE = (s.CREATE, s.MANAGE, s.PUBLISH)
_DELETE = (s.DELETE, s.EXPORT, s.MANAGE)


def routes(sequences: SequenceBackends, design: Design) -> tuple[Operation, ...]:
    """List, keep, read, delete."""

    def api(request: Request) -> Api:
        return design.get(request.principal, request.path["apiId"])

    def listed(request: Request) -> Answer:
        found = api(request)
        lines = [
            {"sequenceId": one.id, "sequenceName": f"{found.id}-{side}", "sequenceType": side.value}
            for side, one in sequences_of(found.document).items()
        ]
        return Answer(body={"count": len(lines), "list": lines})

    def put(request: Request) -> Answer:
        sent = sent_parts(request)
        for name in ("type", "sequence"):
            if name not in sent or not sent[name].content:
                raise Invalid.field(name, "is required")
        kept = sequences.put(request.principal, api(request), sent["type"].text.strip(), sent["sequence"].content)
        return Answer(body=views.api(kept, design.uses(kept)))

    def content(request: Request) -> Answer:
        sequence, media_type = sequences.content(api(request), request.path["type"])
        return Answer(body=sequence, media_type=media_type)

    def delete(request: Request) -> Answer:
        sequences.remove(request.principal, api(request), request.path["type"])
        return Answer()

    line = Lines("APIs")
    return (
        line("GET", ALL, "getSequenceBackendData", "The sequences that answer in place of backends", listed, _READ),
        line(
            "PUT",
            ALL,
            "sequenceBackendUpdate",
            "Keep a sequence that answers in place of a backend",
            put,
            _WRITE,
            accepts=(MULTIPART,),
        ),
        line("GET", f"{ONE}/content", "getSequenceBackendContent", "A sequence as it was sent", content, _READ),
        line("DELETE", ONE, "sequenceBackendDelete", "Delete a sequence", delete, _DELETE),
    )
