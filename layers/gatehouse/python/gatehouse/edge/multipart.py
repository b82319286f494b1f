"""`multipart/form-data` (RFC 7578), parsed by the standard library's MIME parser."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from gatehouse.edge.http import Request

MULTIPART = "multipart/form-data"
PARTS_MAX = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a form. `file_name` is "" for one that is no file."""

    content: bytes
    file_name: str
    media_type: str

    @property
    def text(self) -> str:
        """What is written in it. Raises Invalid."""
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise Invalid.field("", "a part of the form is not valid UTF-8") from error


def parts(request: Request) -> dict[str, bytes]:
    """The contents of the parts of a form, by name; of repeated names the last. Raises Invalid when it is no such form."""
    return {name: part.content for name, part in sent_parts(request).items()}


def sent_parts(request: Request) -> dict[str, Part]:
    """The parts of a form, by name; of repeated names the last. Raises Invalid when it is no such form."""
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != MULTIPART:
        raise Invalid.field("Content-Type", f"must be {MULTIPART}")
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    found = message.get_payload() if message.is_multipart() else None
    if not isinstance(found, list) or not found:
        raise Invalid.field("", "the body is not a complete multipart form")
    if len(found) > PARTS_MAX:
        raise Invalid.field("", f"the form has more than {PARTS_MAX} parts")
    form: dict[str, Part] = {}
    for part in found:
        if not isinstance(part, Message):
            continue
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise Invalid.field("", "a part of the form has no name")
        form[name] = Part(content, part.get_filename() or "", part.get_content_type())
    return form
