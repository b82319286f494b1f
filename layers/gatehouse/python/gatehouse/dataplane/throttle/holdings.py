"""A holding is what this environment holds of one entity: a pocket per meter, and what it knows of the item.

Pockets with tokens are kept while they are worth something, even when many entities are served: see `Holdings`.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.pocket import Pocket

if TYPE_CHECKING:
    from gatehouse.dataplane.throttle.meter import Entity, Meter

HOLDINGS_MAX = 20_000
HOLDINGS_HARD_MAX = 2 * HOLDINGS_MAX
"""Beyond this even tokens are given up: they are lost to the clients of that window, never spent twice."""

_LOOKED_AT = 8
"""How many of the least recently used holdings are looked at to find one that is worthless."""


class Holding:
    """One entity's pockets by meter id, the counters of ended windows in its item, and whether upkeep runs or rests."""

    __slots__ = ("ended", "pockets", "upkeep_after", "upkeep_running")

    def __init__(self) -> None:
        self.pockets: dict[str, Pocket] = {}
        self.ended: tuple[str, ...] = ()
        self.upkeep_running = False
        self.upkeep_after = 0.0

    def pocket(self, meter: Meter) -> Pocket:
        """The pocket of this meter; a new and empty one the first time."""
        pocket = self.pockets.get(meter.id)
        if pocket is None:
            pocket = self.pockets[meter.id] = Pocket(meter.seconds)
        return pocket

    def is_worthless(self, now: float) -> bool:
        """Whether nothing would be lost with it."""
        return not self.upkeep_running and all(pocket.is_worthless(now) for pocket in self.pockets.values())


class Holdings:
    """All holdings of an environment, least recently used first. Not safe for threads: the engine locks."""

    def __init__(self) -> None:
        self._holdings: OrderedDict[str, Holding] = OrderedDict()

    def of(self, entity: Entity, now: float) -> Holding:
        """The holding of this entity, which is now the most recently used."""
        holding = self._holdings.get(entity.key)
        if holding is not None:
            self._holdings.move_to_end(entity.key)
            return holding
        self._make_room(now)
        holding = self._holdings[entity.key] = Holding()
        return holding

    def known(self, entity: Entity) -> Holding | None:
        """The holding of this entity, if there is one."""
        return self._holdings.get(entity.key)

    def all(self) -> list[tuple[str, Holding]]:
        """Every holding, by the key of its entity."""
        return list(self._holdings.items())

    def __len__(self) -> int:
        return len(self._holdings)

    def _make_room(self, now: float) -> None:
        if len(self._holdings) < HOLDINGS_MAX:
            return
        oldest = list(islice(self._holdings.items(), _LOOKED_AT))
        # Two for one, so that a crowd of live pockets is worked off once they have died.
        worthless = [key for key, holding in oldest if holding.is_worthless(now)][:2]
        if not worthless and len(self._holdings) >= HOLDINGS_HARD_MAX:
            worthless = [oldest[0][0]]
        for key in worthless:
            del self._holdings[key]
