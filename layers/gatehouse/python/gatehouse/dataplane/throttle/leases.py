"""A lease moves tokens from the store's counters into pockets: one conditional write per entity.

What the store leased is known only from its reply. A lost reply loses its tokens; they are never assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.sizing import lease_size
from gatehouse.ports.throttling.counters import Ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.dataplane.throttle.holdings import Holding
    from gatehouse.dataplane.throttle.meter import Entity, Meter
    from gatehouse.dataplane.throttle.pocket import Pocket
    from gatehouse.dataplane.throttle.rules import Rules
    from gatehouse.ports.throttling.counters import Ledger

FORGOTTEN_AT_ONCE = 40
"""How many counters of ended windows one lease removes."""

KEPT_AFTER_SECONDS = 2 * 86_400
"""How long an item outlives the last window of its entity's meters (TTL)."""


class Outcome(Enum):
    """What came of a lease: tokens, too little left, try later, or no answer."""

    GRANTED = auto()
    FULL = auto()
    BUSY = auto()
    DOWN = auto()


@dataclass(frozen=True, slots=True)
class Lease:
    """What to lease: tokens of some meters of an entity, for the window of `now` or the next one.

    Of the meters in `debts` no more is leased than is owed, and that whatever is left: it was used already.
    """

    entity: Entity
    holding: Holding
    now: float
    next_window: bool = False
    tokens: dict[Meter, int] = field(default_factory=dict)
    debts: set[Meter] = field(default_factory=set)

    def add(self, rules: Rules, meter: Meter, pocket: Pocket, need: int) -> None:
        """Lease what this pocket lacks to hold `need` tokens, and some more when there is plenty."""
        pocket.report()
        missing = need - pocket.tokens
        if not meter.soft and pocket.tokens < 0 and missing > pocket.left:
            self.debts.add(meter)
            self.tokens[meter] = -pocket.tokens
        else:
            self.tokens[meter] = lease_size(rules, meter, pocket, missing, self.now)

    def window(self, meter: Meter) -> int:
        """The number of the window that is leased."""
        return int(self.now // meter.seconds) + self.next_window

    def expires_at(self) -> int:
        """When the item may go: after the windows of all meters, for it holds their counters too."""
        return max((self.window(meter) + 1) * meter.seconds for meter in self.entity.meters) + KEPT_AFTER_SECONDS

    def asks(self) -> list[Ask]:
        """What the store is asked for."""
        return [
            Ask(
                counter=meter.counter(self.window(meter)),
                lessees=meter.lessees(self.window(meter)),
                tokens=tokens,
                limit=None if meter.soft or meter in self.debts else meter.limit,
                join=self.next_window or not self.holding.pocket(meter).joined,
            )
            for meter, tokens in self.tokens.items()
        ]

    def forgets(self, asks: list[Ask]) -> list[str]:
        """The counters of ended windows that are removed on the way; never one that is asked for."""
        asked = {name for ask in asks for name in (ask.counter, ask.lessees)}
        return [name for name in self.holding.ended if name not in asked][:FORGOTTEN_AT_ONCE]

    def settle(self, ledger: Ledger, now: float) -> None:
        """Put what was granted into the pockets, and remember what the store said of all meters of the entity."""
        counts = ledger.counts
        for meter in self.entity.meters:
            pocket = self.holding.pocket(meter)
            said = counts.get(meter.counter(pocket.window)), counts.get(meter.lessees(pocket.window), 0)
            if said[0] is not None or meter in self.tokens:
                pocket.observe(said[0] or 0, said[1], now)
        for meter, tokens in self.tokens.items():
            self._settle(meter, tokens, counts, granted=ledger.granted)

    def _settle(self, meter: Meter, tokens: int, counts: Mapping[str, int], *, granted: bool) -> None:
        pocket, window = self.holding.pocket(meter), self.window(meter)
        if meter in self.debts:
            if granted:
                pocket.pay(tokens)
                pocket.joined = pocket.joined or window == pocket.window
        elif window == pocket.window:
            if granted:
                pocket.receive(tokens)
            else:
                pocket.refusals += 1
        elif granted and window == pocket.window + 1:
            pocket.next_window, pocket.next_tokens = window, tokens
            pocket.next_count = counts.get(meter.counter(window), 0)
            pocket.next_lessees = counts.get(meter.lessees(window), 0)
