"""Workloads: who calls when, and what the call is counted against."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import accumulate

from gatehouse.dataplane.throttle.meter import Entity, Meter

Entities = tuple[Entity, ...]
Draw = Callable[[random.Random], Entities]
"""The next call: what it is counted against."""

Workload = Callable[[random.Random], Iterator[tuple[float, Entities]]]
"""Calls in the order of their moments, in seconds since the run began."""

MINUTE = 60


def poisson(calls_per_second: float, seconds: float, draw: Draw) -> Workload:
    """Independent callers."""

    def calls(chance: random.Random) -> Iterator[tuple[float, Entities]]:
        moment = chance.expovariate(calls_per_second)
        while moment < seconds:
            yield moment, draw(chance)
            moment += chance.expovariate(calls_per_second)

    return calls


def steady(every_seconds: float, seconds: float, draw: Draw) -> Workload:
    """One client that calls again and again."""

    def calls(chance: random.Random) -> Iterator[tuple[float, Entities]]:
        for number in range(int(seconds / every_seconds)):
            yield (number + 0.5) * every_seconds, draw(chance)

    return calls


def surges(calls: int, within_seconds: float, starts: tuple[float, ...], draw: Draw) -> Workload:
    """Quiet, and then many calls in a moment; again at each of `starts`."""

    def all_calls(chance: random.Random) -> Iterator[tuple[float, Entities]]:
        for start in starts:
            for number in range(calls):
                yield start + number * within_seconds / calls, draw(chance)

    return all_calls


def one_key(limit: int, *, seconds: int = MINUTE) -> Draw:
    """Every call is counted against the same subscription."""
    entities = (_quota("S#orders", "subscription", limit, seconds=seconds),)
    return lambda _: entities


def zipf(keys: int, limit: int, *, exponent: float = 1.0, soft: bool = False) -> Draw:
    """Many subscriptions, few of which are called often."""
    entities = [(_quota(f"S#{number}", "subscription", limit, soft=soft),) for number in range(keys)]
    weights = list(accumulate(1 / (number + 1) ** exponent for number in range(keys)))
    return lambda chance: chance.choices(entities, cum_weights=weights)[0]


def four_policies(*, soft_users: bool = False, burst: int = 0) -> Draw:
    """API, subscription (with a burst per second, if any), user and custom rule: 5 applications, 300 users, 5 regions."""
    api = _quota("A#orders", "api", 50_000)
    bursts = (Meter("burst", "b", 1, burst, "900807"),) if burst else ()
    subscription = Meter("subscription", "r", MINUTE, 5000, "900804")
    subscriptions = [Entity(f"S#{number}", (subscription, *bursts)) for number in range(5)]
    users = [_quota(f"P#{number}", "application", 120, soft=soft_users) for number in range(300)]
    regions = [_quota(f"C#{number}", "custom", 20_000) for number in range(5)]

    def draw(chance: random.Random) -> Entities:
        user = chance.randrange(len(users))
        return api, subscriptions[user % len(subscriptions)], users[user], chance.choice(regions)

    return draw


def _quota(key: str, name: str, limit: int, *, seconds: int = MINUTE, soft: bool = False) -> Entity:
    return Entity(key, (Meter(name, "r", seconds, limit, "900804", soft=soft),))
