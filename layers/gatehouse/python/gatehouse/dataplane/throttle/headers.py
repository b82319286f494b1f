"""The limit headers of an answer: the common `X-RateLimit-*`, and `RateLimit`/`RateLimit-Policy` of the IETF draft.

draft-ietf-httpapi-ratelimit-headers-10. `Retry-After` is delta seconds (RFC 9110 §10.2.3).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gatehouse.domain.throttling.limit import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.dataplane.throttle.meter import Standing

Headers = tuple[tuple[str, str], ...]

NAMES = frozenset({"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "ratelimit-policy"})

_UNITS = {
    Unit.BYTES: ';qu="content-bytes"',
    Unit.PROMPT_TOKENS: ';qu="tokens"',
    Unit.COMPLETION_TOKENS: ';qu="tokens"',
    Unit.TOTAL_TOKENS: ';qu="tokens"',
}
"""The quota unit of a policy; requests are the default. The draft has not registered tokens."""


def limit_headers(standings: Sequence[Standing]) -> Headers:
    """The headers for these standings; none when nothing limits the call."""
    if not standings:
        return ()
    nearest = tightest(standings)
    policies = ", ".join(f'"{s.name}";q={s.limit}{_UNITS.get(s.unit, "")};w={s.window}' for s in standings)
    limits = ", ".join(f'"{s.name}";r={s.remaining};t={s.reset}' for s in standings)
    return (
        ("x-ratelimit-limit", str(nearest.limit)),
        ("x-ratelimit-remaining", str(nearest.remaining)),
        ("x-ratelimit-reset", str(nearest.reset)),
        ("ratelimit-policy", policies),
        ("ratelimit", limits),
    )


def tightest(standings: Sequence[Standing]) -> Standing:
    """The limit of which the smallest share is left; of several, the one that lasts longest."""
    return min(standings, key=lambda standing: (standing.remaining / max(1, standing.limit), -standing.reset))


def next_access_time(second: int) -> str:
    """WSO2's form: `2026-Jan-01 00:01:00+0000 UTC`."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%b-%d %H:%M:%S%z UTC")
