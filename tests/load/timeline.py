"""Virtual time: events in the order of their moments, and activities (greenlets) that sleep until theirs.

Code under load is ordinary blocking code. Where it would wait, its greenlet yields to the timeline, which goes on with
whatever comes next anywhere: so the store sees the operations of all environments in the order of their moments.
"""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING

from greenlet import getcurrent, greenlet

if TYPE_CHECKING:
    from collections.abc import Callable

    Action = Callable[[], object]


class Timeline:
    """`now` is in epoch seconds. Made and run by one greenlet, the hub; activities are its children."""

    def __init__(self, start: float) -> None:
        self.now = start
        self._hub = getcurrent()
        self._events: list[tuple[float, int, Action]] = []
        self._order = count()

    def at(self, moment: float, action: Action) -> None:
        """Do this then, on the hub: it must not sleep. What is due at the same moment is done in the order of asking."""
        heapq.heappush(self._events, (moment, next(self._order), action))

    def start(self, activity: Action) -> None:
        """Begin an activity now, as soon as the one that asks sleeps."""
        self.at(self.now, greenlet(activity, parent=self._hub).switch)

    def yields(self) -> None:
        """Leave the activity that calls this, until somebody switches to it."""
        self._hub.switch()

    def run(self, until: float) -> None:
        """Let everything happen up to this moment."""
        events = self._events
        while events and events[0][0] <= until:
            self.now, _, action = heapq.heappop(events)
            action()
        self.now = until
