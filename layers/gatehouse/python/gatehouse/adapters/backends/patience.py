"""Patience: how long one `send` may take, in total and in silence. Deadlines within a call are monotonic."""

from __future__ import annotations

from time import monotonic

from gatehouse.ports.backends import BackendConnectTimeout, BackendTimeout


class Patience:
    """What is left of one `send`, from the moment this is made."""

    __slots__ = ("_connect_seconds", "_deadline", "_read_seconds")

    def __init__(self, connect_seconds: float, read_seconds: float, answer_seconds: float) -> None:
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._deadline = monotonic() + answer_seconds

    def silence(self) -> float:
        """The seconds that the backend may be silent now. Raises BackendTimeout when the whole answer is overdue."""
        left = self._deadline - monotonic()
        if left <= 0:
            raise BackendTimeout("the whole answer took too long")
        return min(self._read_seconds, left)

    def connect_deadline(self) -> float:
        """When the connection that is opened now must stand, in monotonic seconds."""
        return min(monotonic() + self._connect_seconds, self._deadline)


def left_until(deadline: float) -> float:
    """The seconds until a deadline of connecting. Raises BackendConnectTimeout."""
    left = deadline - monotonic()
    if left <= 0:
        raise BackendConnectTimeout("connecting took too long")
    return left
