"""Cross-origin resource sharing (Fetch standard, CORS protocol): preflights are answered here, other replies are marked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from gatehouse.dataplane.call import Reply

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.dataplane.call import Call
    from gatehouse.domain.publishing.deployed import Cors

ANY_ORIGIN = "*"
ALLOW_ORIGIN = "access-control-allow-origin"

Headers = tuple[tuple[str, str], ...]


def preflight(call: Call, cors: Cors, verbs: Collection[str]) -> Reply:
    """The answer to OPTIONS on a path that does not define it: 200, without permission for an origin that has none."""
    allowed = origin_headers(call, cors)
    if allowed:
        methods = [verb for verb in sorted(verbs) if not cors.methods or verb in cors.methods]
        allowed += (("access-control-allow-methods", ",".join(methods)),)
        allowed += (("access-control-allow-headers", ",".join(cors.headers)),)
    return Reply(status=200, headers=allowed, body=b"")


def origin_headers(call: Call, cors: Cors) -> Headers:
    """The headers that let a browser read the answer; () for an origin that may not."""
    if ANY_ORIGIN in cors.origins:
        return ((ALLOW_ORIGIN, ANY_ORIGIN),)
    origin = call.headers.get("origin", "")
    if not any(_matches(pattern, origin) for pattern in cors.origins):
        return ()
    headers: Headers = ((ALLOW_ORIGIN, origin), ("vary", "Origin"))
    return (*headers, ("access-control-allow-credentials", "true")) if cors.credentials else headers


def _matches(pattern: str, origin: str) -> bool:
    return _compiled(pattern).fullmatch(origin) is not None


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    # A wildcard stands for a host name's characters: `https://*.example.com` must not open `https://evil.com/.example.com`.
    return re.compile("[A-Za-z0-9.-]+".join(re.escape(part) for part in pattern.split("*")))
