"""Conditional requests (RFC 9110 §13): who has the latest version already is told so, and nothing is sent."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from gatehouse.edge.http import Request


def tagged(request: Request, answer: Answer) -> Answer:
    """The answer with a tag made of its content, or 304 when the request names that tag in `If-None-Match`."""
    payload = answer.payload()
    content = payload.encode() if isinstance(payload, str) else payload
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**answer.headers, "ETag": tag}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Answer(status=304, headers=headers, media_type=answer.media_type)
    return replace(answer, headers=headers)
