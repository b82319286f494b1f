"""A return gives tokens back that nobody here will spend: the environment ends, or their limit was lowered.

They leave the pocket before they are sent, and each return has a number of its own by which the store knows it when it
arrives twice. So a token is in a pocket or on its way, never both; if it gets lost on the way, it stays counted.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from gatehouse.domain.throttling.counter import counter

if TYPE_CHECKING:
    from gatehouse.dataplane.throttle.holdings import Holding, Holdings

WORTHWHILE_SECONDS = 1.0
"""Tokens of a window that ends sooner are not given back: nobody could lease them again."""


class Return(NamedTuple):
    """Tokens of one entity by their counters. `value` is what share of their limits they are."""

    key: str
    tokens: dict[str, int]
    value: float
    request: str


def surplus(key: str, holding: Holding, now: float) -> Return | None:
    """What limits that were lowered left over; it is nowhere else from now on."""
    return _return(key, holding, now, everything=False)


def everything(holdings: Holdings, now: float) -> list[Return]:
    """All that an environment holds, the most valuable first; its pockets are empty from now on."""
    returns = (_return(key, holding, now, everything=True) for key, holding in holdings.all())
    return sorted(filter(None, returns), key=lambda one: one.value, reverse=True)


def _return(key: str, holding: Holding, now: float, *, everything: bool) -> Return | None:
    tokens: dict[str, int] = {}
    value = 0.0
    for meter, pocket in holding.pockets.items():
        taken = pocket.surplus + pocket.emptied() if everything else pocket.surplus
        pocket.surplus = ()
        for window, count in taken:
            if (window + 1) * pocket.seconds - now >= WORTHWHILE_SECONDS:
                name = counter(meter, window)
                tokens[name] = tokens.get(name, 0) + count
                value += count / max(1, pocket.limit)
    # Not `random`: after a restore from a snapshot it says the same in many environments.
    return Return(key, tokens, value, os.urandom(16).hex()) if tokens else None
