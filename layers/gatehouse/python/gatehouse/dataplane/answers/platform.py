"""The platform's limits: a Lambda function takes and gives 6 MB at most, and what it gives is JSON."""

from __future__ import annotations

import json

REQUEST_BYTES_MAX = 4_500_000
"""A Lambda event holds 6 MB, and a binary body is a third larger in base64."""

TEXT_BYTES_MAX = 5_500_000
BINARY_BYTES_MAX = 4_300_000
"""What Lambda's 6 MB leave of a response's body, beside its headers, as it is and in base64."""

_ESCAPED_MAX = 6
"""One character of text may become so many in JSON."""


def can_carry(body: bytes) -> bool:
    """Whether Lambda can give the body back: as text, or in base64, which is a third larger."""
    return len(body) <= BINARY_BYTES_MAX or (len(body) <= TEXT_BYTES_MAX and as_text(body) is not None)


def as_text(body: bytes) -> str | None:
    """The body as text that JSON does not make too large; None when it must go out in base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if len(body) * _ESCAPED_MAX <= TEXT_BYTES_MAX or len(json.dumps(text)) <= TEXT_BYTES_MAX else None
