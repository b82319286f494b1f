"""Conditional requests (RFC 9110 §13).

Who has the latest version already is told so, and nothing is sent; who wants to change another version than the latest is
refused, and nothing is lost.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.edge.http import DIGITS_MAX, Answer

if TYPE_CHECKING:
    from gatehouse.edge.http import Request

_TAG = re.compile(rf'"(\d{{1,{DIGITS_MAX}}})"', re.ASCII)


def versioned(answer: Answer, version: int) -> Answer:
    """The answer with the tag of what it shows, which is kept in this version."""
    return replace(answer, headers={**answer.headers, "ETag": f'"{version}"'})


def wanted_versions(request: Request) -> frozenset[int] | None:
    """The versions that `If-Match` allows to change; None for any. A tag that is none of ours, or weak, allows nothing."""
    named = request.headers.get("if-match", "*").strip()
    if named == "*":
        return None
    return frozenset(int(found[1]) for one in named.split(",") if (found := _TAG.fullmatch(one.strip())))


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
