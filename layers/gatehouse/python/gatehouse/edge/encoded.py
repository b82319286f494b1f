"""Names in paths that may hold any character: they are sent in base64url."""

from __future__ import annotations

import base64
import binascii

from gatehouse.domain.errors import Invalid


def decoded(text: str, path: str) -> str:
    """A name that a path carries in base64url, with or without padding. Raises Invalid."""
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        return base64.b64decode(padded.translate(bytes.maketrans(b"-_", b"+/")), validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise Invalid.field(path, "is not base64url of UTF-8") from error
