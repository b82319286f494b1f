"""Denials shut a call out before anything is counted: by API, application, user, address or subscription.

They are compiled once per change: the call asks a few dictionaries and, of ranges and inverted addresses only, one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.limits.attributes import full_context
from gatehouse.domain.applications.restriction import in_range, parsed_address
from gatehouse.domain.throttling.denial import DenialKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Grant
    from gatehouse.domain.throttling.denial import Denial

_ADDRESSES = frozenset({DenialKind.IP, DenialKind.IP_RANGE})


class Denials:
    """The deny policies of one tenant."""

    def __init__(self, denials: Iterable[Denial]) -> None:
        self._named: dict[tuple[DenialKind, str], list[Denial]] = {}
        self._scanned: list[Denial] = []
        for denial in denials:
            if denial.kind in _ADDRESSES and (denial.inverted or denial.kind is DenialKind.IP_RANGE):
                self._scanned.append(denial)
            elif denial.enabled:
                self._named.setdefault((denial.kind, _normal(denial)), []).append(denial)

    def __bool__(self) -> bool:
        return bool(self._named or self._scanned)

    def shuts_out(self, call: Call, grant: Grant) -> Denial | None:
        """The first denial that is about this call, None when none is."""
        now = call.received_at
        for name in _names(call, grant):
            for denial in self._named.get(name, ()):
                if _in_force(denial, now):
                    return denial
        return next((one for one in self._scanned if _in_force(one, now) and _is_about(one, call.address)), None)


def _names(call: Call, grant: Grant) -> Iterator[tuple[DenialKind, str]]:
    deployed = grant.caller.target.api.deployed
    context = full_context(deployed)
    yield DenialKind.API, context
    address = parsed_address(call.address)
    if address is not None:
        yield DenialKind.IP, str(address)
    if (user := grant.caller.identity.username) != "":
        yield DenialKind.USER, user
    if (application := grant.application) is not None:
        yield DenialKind.APPLICATION, f"{application.owner}:{application.name}"
        subscriber = f"{application.owner}-{application.name}"
        yield DenialKind.SUBSCRIPTION, f"{context}:{deployed.version}:{subscriber}:{grant.key_type}"


def _normal(denial: Denial) -> str:
    """An address in its one spelling, everything else as it is."""
    if denial.kind is not DenialKind.IP:
        return denial.value
    return str(parsed_address(denial.value) or denial.value)


def _is_about(denial: Denial, address: str) -> bool:
    first, _, last = denial.value.partition(" ")
    return in_range(first, last or first, address) is not denial.inverted


def _in_force(denial: Denial, now: float) -> bool:
    return denial.enabled and (denial.until == 0 or now < denial.until)
