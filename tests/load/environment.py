"""An execution environment: it serves one call at a time and is frozen in between, with everything in it."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenlet import greenlet

    from tests.load.timeline import Timeline


class Environment:
    """Its clock is off by `skew_seconds`. What wakes while it is frozen goes on when the next call comes."""

    def __init__(self, timeline: Timeline, *, skew_seconds: float = 0.0) -> None:
        self.timeline = timeline
        self.skew_seconds = skew_seconds
        self._frozen = True
        self._waiting: list[greenlet] = []

    def now(self) -> float:
        """Epoch seconds, as this environment believes: it is a `ports.world.Clock`."""
        return self.timeline.now + self.skew_seconds

    def thaw(self) -> None:
        self._frozen = False
        for sleeper in self._waiting:
            self.timeline.at(self.timeline.now, sleeper.switch)
        self._waiting.clear()

    def freeze(self) -> None:
        self._frozen = True

    def sleep(self, seconds: float) -> None:
        """Wait, and longer while frozen."""
        sleeper = getcurrent()
        self.timeline.at(self.timeline.now + seconds, lambda: self._wake(sleeper))
        self.timeline.yields()

    def wait(self, future: Future[Any], seconds: float) -> None:
        """Wait until this is done, at most so long."""
        sleeper, timeline = getcurrent(), self.timeline
        pending = [sleeper]

        def wake() -> None:
            if pending:
                self._wake(pending.pop())

        if not future.done():
            future.add_done_callback(lambda _: timeline.at(timeline.now, wake))
            timeline.at(timeline.now + seconds, wake)
            timeline.yields()

    def _wake(self, sleeper: greenlet) -> None:
        if self._frozen:
            self._waiting.append(sleeper)
        else:
            sleeper.switch()


class Beside(Executor):
    """Runs work beside the caller's, in the same environment.

    `in_turn` runs it before `submit` returns: `concurrent.futures.wait` would stop the thread, and with it all time.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.in_turn = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = _Task(self._environment)

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except Exception as error:
                future.set_exception(error)

        if self.in_turn:
            work()
        else:
            self._environment.timeline.start(work)
        return future


class _Task(Future[Any]):
    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self._environment = environment

    def result(self, timeout: float | None = None) -> Any:
        self._environment.wait(self, 1e9 if timeout is None else timeout)
        return super().result(0)
