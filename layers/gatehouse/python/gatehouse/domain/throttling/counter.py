"""A counter is one attribute of the item of what is counted together: what was leased of one meter in one window.

Its name tells all of it: `r60.29000000` counts requests (`r`) in the 29,000,000th minute (60 seconds) since 1970. A new
window is a new name, so nothing is ever reset. `mr60.29000000` counts the environments that leased in that window.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatehouse.domain.throttling.limit import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

BURST = "b"
"""The kind of a burst limit, which counts requests beside a quota of requests."""

KINDS: Mapping[Unit, str] = {
    Unit.REQUESTS: "r",
    Unit.BYTES: "bw",
    Unit.EVENTS: "ev",
    Unit.PROMPT_TOKENS: "tp",
    Unit.COMPLETION_TOKENS: "tc",
    Unit.TOTAL_TOKENS: "tt",
}
"""The kind of a quota by what it counts. None begins with an `m`."""

_NAME = re.compile(r"[a-z]+([1-9]\d*)\.(\d+)", re.ASCII)


def meter_id(kind: str, seconds: int) -> str:
    """What a meter is called within its item, `r60`."""
    return f"{kind}{seconds}"


def counter(meter: str, window: int) -> str:
    """The attribute that counts the tokens leased of a meter, such as `r60`, in a window."""
    return f"{meter}.{window}"


def lessees(meter: str, window: int) -> str:
    """The attribute that counts the environments that leased of a meter in a window."""
    return f"m{meter}.{window}"


def window_end(name: str) -> tuple[int, int] | None:
    """When the window of a counter ends (epoch seconds), and its length in seconds; None for a name of another form."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    seconds, window = int(match[1]), int(match[2])
    return (window + 1) * seconds, seconds
