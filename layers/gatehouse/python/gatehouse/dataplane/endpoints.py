"""Endpoints: which address of a backend a call goes to, in which order others are tried, and which are left alone.

The state is this environment's: rotation and suspension need no store, because every environment learns by itself within
a call. Sticky sessions need none either: the cookie or the header says where to go.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.publishing.deployed import EndpointKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatehouse.dataplane.call import Call
    from gatehouse.domain.publishing.deployed import Endpoint, EndpointGroup
    from gatehouse.ports.world import Clock

STICKY_COOKIE = "gatehouse-endpoint"
SUSPENDED_MAX = 10_000
"""How many endpoints an environment remembers failures of; the oldest go first."""

BY_COOKIE = "cookie"


@dataclass(frozen=True, slots=True)
class _Suspension:
    until: float
    seconds: float


class EndpointChoice:
    """Orders the members of a group for a call. Not for concurrent calls: an environment serves one at a time."""

    def __init__(self, clock: Clock, first: Callable[[int], int] = random.randrange) -> None:
        """`first` draws where a rotation of so many turns begins."""
        self._clock = clock
        self._first = first
        self._turns: dict[tuple[str, ...], int] = {}
        self._suspended: dict[str, _Suspension] = {}

    def order(self, group: EndpointGroup, call: Call) -> list[Endpoint]:
        """The members to try, the first choice first; [] when all of them are suspended."""
        if len(group.members) == 1 and not self._suspended:
            return list(group.members)
        usable = [member for member in group.members if not self._is_suspended(member)]
        if group.kind is not EndpointKind.LOAD_BALANCE or len(usable) < 2:  # noqa: PLR2004 -- one needs no balance
            return usable
        first = _sticky(group, usable, call) or self._next(group, usable)
        others = [member for member in usable if member is not first]
        return [first, *others] if group.fails_over else [first]

    def failed(self, endpoint: Endpoint, code: str) -> None:
        """Suspend the endpoint if it is configured to be, each time for longer."""
        if endpoint.suspend_seconds <= 0 or (endpoint.suspend_codes and code not in endpoint.suspend_codes):
            return
        before = self._suspended.pop(endpoint.url, None)
        seconds = endpoint.suspend_seconds
        if before is not None:
            seconds = min(before.seconds * max(1.0, endpoint.suspend_factor), endpoint.suspend_max_seconds)
        if len(self._suspended) >= SUSPENDED_MAX:
            del self._suspended[next(iter(self._suspended))]
        self._suspended[endpoint.url] = _Suspension(self._clock.now() + seconds, seconds)

    def succeeded(self, endpoint: Endpoint) -> None:
        """It is well again."""
        if self._suspended:
            self._suspended.pop(endpoint.url, None)

    def _is_suspended(self, endpoint: Endpoint) -> bool:
        suspension = self._suspended.get(endpoint.url)
        return suspension is not None and self._clock.now() < suspension.until

    def _next(self, group: EndpointGroup, usable: Sequence[Endpoint]) -> Endpoint:
        key = tuple(member.url for member in group.members)
        # Every environment begins somewhere else: many that see few calls each would all begin with the first member.
        turn = self._turns[key] if key in self._turns else self._first(sum(max(1, member.weight) for member in usable))
        if len(self._turns) >= SUSPENDED_MAX:
            self._turns.clear()
        self._turns[key] = turn + 1
        if not group.weighted:
            return usable[turn % len(usable)]
        return _weighted(usable, turn)


def sticky_cookie(group: EndpointGroup, endpoint: Endpoint) -> str:
    """The cookie that brings a client's next call to the same endpoint."""
    lifetime = f"; Max-Age={group.sticky_seconds}" if group.sticky_seconds else ""
    return f"{STICKY_COOKIE}={_name(endpoint)}; Path=/; HttpOnly; SameSite=Lax{lifetime}"


def _weighted(usable: Sequence[Endpoint], turn: int) -> Endpoint:
    """By its turn, each member gets as many calls in a row's worth as it weighs."""
    position = turn % sum(max(1, member.weight) for member in usable)
    for member in usable:
        position -= max(1, member.weight)
        if position < 0:
            return member
    return usable[-1]


def _sticky(group: EndpointGroup, usable: Sequence[Endpoint], call: Call) -> Endpoint | None:
    if not group.sticky:
        return None
    if group.sticky == BY_COOKIE:
        wanted = _cookie(call)
        return next((member for member in usable if _name(member) == wanted), None)
    value = call.headers.get(group.sticky.lower())
    if not value:
        return None
    # Rendezvous hashing: a member that comes or goes moves only its own clients.
    return max(usable, key=lambda member: hashlib.blake2b(f"{value}\0{member.url}".encode(), digest_size=8).digest())


def _cookie(call: Call) -> str:
    for part in call.headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == STICKY_COOKIE:
            return value
    return ""


def _name(endpoint: Endpoint) -> str:
    """What a client is told of an endpoint: nothing that it could use."""
    return hashlib.blake2b(endpoint.url.encode(), digest_size=6).hexdigest()
